package dev.sluice.gateway.store;

import dev.sluice.engine.StoreLost;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.sqlite.ProgressHandler;

/**
 * Copies of a database at one instant, made while a gateway works on it, in this process or another.
 *
 * <p>The copy is what one reader sees, so that no commit waits for it; it is dense, and needs no log beside it. It counts as
 * made when it has been read through and is on disk: until then its file is called {@code .part}.
 */
public final class Backup {
    /** Steps of SQLite between two looks at the progress. */
    private static final int STEPS = 100_000;

    private Backup() {}

    /** Is told how far it is, every now and then, on the caller's thread. */
    public interface Progress {
        Progress UNWATCHED = (done, whole) -> {};

        /** @param done bytes; whole: about how many there will be */
        void at(long done, long whole);
    }

    /**
     * Copies a database to a file that is not there yet.
     *
     * @throws StoreLost when the database cannot be read, or the file not be written, or the copy is damaged
     */
    public static void to(Path database, Path target, Progress progress) throws StoreLost {
        Path part = target.resolveSibling(target.getFileName() + ".part");
        if (Files.exists(target)) {
            throw new StoreLost(
                    "backup %s: expected a file that is not there yet, found one; name another".formatted(target));
        }
        if (!Files.isRegularFile(database)) {
            throw new StoreLost(
                    "database %s: expected a database to back up, found none; name the right directory with --data"
                            .formatted(database));
        }
        try {
            Files.deleteIfExists(part);
            DataDirectory.createPrivate(part);
            copy(database, part, progress);
            check(part);
            sync(part);
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
            sync(java.util.Objects.requireNonNull(target.toAbsolutePath().getParent(), "a file is in a directory"));
        } catch (IOException e) {
            throw new StoreLost(
                    "backup %s: expected to write it, found %s; check its directory and the free space there"
                            .formatted(target, Loss.plain(e)),
                    e);
        } finally {
            part.toFile().delete();
        }
    }

    private static void copy(Path database, Path part, Progress progress) throws StoreLost {
        try (Session session = Session.reading(database)) {
            Schema.check(database, session);
            long pages = session.number("PRAGMA page_count").orElse(0L)
                    - session.number("PRAGMA freelist_count").orElse(0L);
            long whole = pages * session.number("PRAGMA page_size").orElse(0L);
            ProgressHandler.setHandler(session.connection(), STEPS, new ProgressHandler() {
                @Override
                protected int progress() {
                    progress.at(part.toFile().length(), whole);
                    return 0;
                }
            });
            try (PreparedStatement vacuum = session.connection().prepareStatement("VACUUM INTO ?")) {
                vacuum.setString(1, part.toString());
                vacuum.execute();
            }
            ProgressHandler.clearHandler(session.connection());
            progress.at(part.toFile().length(), part.toFile().length());
        } catch (SQLException e) {
            throw Loss.of(database, e);
        }
    }

    /** Reads a database through. @throws StoreLost when it is damaged, another program's, or of a newer release */
    static void check(Path database) throws StoreLost {
        try (Session session = Session.reading(database)) {
            if (Schema.check(database, session) == 0) {
                throw new StoreLost("database %s: expected one of Sluice, found an empty file".formatted(database));
            }
            String found = session.text("PRAGMA integrity_check").orElse("nothing");
            if (!found.equals("ok")) {
                throw new StoreLost("database %s: it is damaged: %s; use another backup"
                        .formatted(database, found.lines().findFirst().orElse("")));
            }
        } catch (SQLException e) {
            throw Loss.of(database, e);
        }
    }

    static void sync(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
