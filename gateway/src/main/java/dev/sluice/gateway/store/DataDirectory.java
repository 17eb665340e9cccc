package dev.sluice.gateway.store;

import dev.sluice.engine.StoreLost;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Where a gateway keeps what it knows: a directory of its own, which nobody else may read. */
public record DataDirectory(Path path) {
    /** The database; beside it SQLite keeps its log and an index of that, {@code -wal} and {@code -shm}. */
    public Path database() {
        return path.resolve("sluice.db");
    }

    Path log() {
        return path.resolve("sluice.db-wal");
    }

    Path lock() {
        return path.resolve("sluice.lock");
    }

    /** Makes the directory and an empty database file (0600) where there is none. The directory is 0711: jobs of this machine run as another
     * account below it, where nothing but their own is readable. */
    void create() throws StoreLost {
        try {
            if (!Files.isDirectory(path)) {
                Files.createDirectories(
                        path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx--x--x")));
            }
            createPrivate(database());
        } catch (IOException e) {
            throw new StoreLost(
                    "data directory %s: expected one that this account can write, found %s; make it, or name another with --data"
                            .formatted(path, Loss.plain(e)),
                    e);
        }
    }

    /** Takes everybody else's rights to a file. */
    static void makePrivate(Path file) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    /** Makes a file that its owner alone may read, unless it is there. SQLite gives the files beside it the same mode. */
    static void createPrivate(Path file) throws IOException {
        try {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } catch (FileAlreadyExistsException there) {
            // As it shall be.
            return;
        }
    }
}
