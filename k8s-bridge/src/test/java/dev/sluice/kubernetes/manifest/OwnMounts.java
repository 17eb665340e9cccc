package dev.sluice.kubernetes.manifest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a pod has mounted of ours, as directories of this machine. */
final class OwnMounts {
    private OwnMounts() {}

    /**
     * Makes them for a pod that has not started yet.
     *
     * @param pod an empty directory
     * @return that of its files; beside it lies where it writes down that it has started
     */
    static Path of(Path pod) throws IOException {
        Files.createDirectory(pod.resolve("sluice-once"));
        return Files.createDirectory(pod.resolve("sluice"));
    }
}
