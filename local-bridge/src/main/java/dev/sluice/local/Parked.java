package dev.sluice.local;

import dev.sluice.job.AttemptId;
import dev.sluice.job.Binding;
import java.nio.file.Path;

/**
 * An attempt that lies in the bridge's directory.
 *
 * @param workplace the absolute directory that its jobs work in
 */
record Parked(AttemptId attempt, Order order, Binding binding, Path directory, String workplace) {
    Path journal() {
        return directory.resolve("journal");
    }

    Path runs() {
        return directory.resolve("runs");
    }
}
