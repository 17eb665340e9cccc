package dev.sluice.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Directories that a benchmark makes on the disk of the checkout, as a gateway's data would lie, and takes away again. */
final class Directories {
    private Directories() {}

    static Path make(String name) throws IOException {
        Path parent = Path.of("bench", "target", "data").toAbsolutePath();
        Files.createDirectories(parent);
        // Jobs run as another account where we are root, and have to pass.
        return Files.setPosixFilePermissions(
                Files.createTempDirectory(parent, name), PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    static void remove(Path directory) throws IOException {
        List<Path> deepestFirst;
        try (Stream<Path> all = Files.walk(directory)) {
            deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : deepestFirst) {
            Files.deleteIfExists(path);
        }
    }
}
