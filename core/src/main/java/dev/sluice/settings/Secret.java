package dev.sluice.settings;

import java.nio.file.Path;

/**
 * A secret that a configuration names by the file that holds it, so that no configuration file, command line or environment
 * ever holds one.
 *
 * <p>This is the name alone: who may read it, and when it is read (each time, so that it can be changed), is the gateway's. Its
 * {@code toString} tells nothing, so that it reaches neither a log nor a message by accident.
 */
public record Secret(Path file) {
    @Override
    public String toString() {
        return "***";
    }
}
