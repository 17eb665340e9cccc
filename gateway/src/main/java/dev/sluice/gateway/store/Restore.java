package dev.sluice.gateway.store;

import dev.sluice.engine.Image;
import dev.sluice.engine.StoreLost;
import dev.sluice.gateway.store.codec.Codec;
import dev.sluice.job.JobId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;

/**
 * Puts a backup where a gateway will find it.
 *
 * <p>Job ids that were given out after the backup was made must not be given again: people and other jobs still name them. So
 * the next id is raised by a margin. The realm stays: objects of our jobs on the clusters carry it, and with another one the
 * gateway would take its own jobs, those of the backup too, for a stranger's, start them a second time and never clean up. Keys
 * of attempts need no margin, since their other half is random.
 */
public final class Restore {
    /** More ids than are given out between two backups, unless the site says otherwise. */
    public static final int MARGIN = 100_000;

    private static final Codec<Image> IMAGE = Codec.of(Image.class);
    private static final Codec<Image.Key> KEY = Codec.of(Image.Key.class);
    private static final String IDS = KEY.write(new Image.Key.OfIds());

    private Restore() {}

    /** What becomes of a database that is there already. */
    public enum Existing {
        REFUSED,
        /** It stays in the directory under another name. */
        MOVED_ASIDE
    }

    /**
     * What was restored.
     *
     * @param aside where the database went that was there before
     * @param nextId the first job id that will be given out
     */
    public record Restored(Optional<Path> aside, int nextId) {}

    /**
     * Restores a backup.
     *
     * @param margin by how much the next job id is raised, at least 0
     * @param now names what is moved aside
     * @throws StoreLost when a gateway runs there, when a database is there that is to stay, or when the backup is no good
     */
    public static Restored from(Path backup, DataDirectory directory, Existing existing, int margin, Instant now)
            throws StoreLost {
        if (!Files.isRegularFile(backup)) {
            throw new StoreLost("backup %s: expected a file, found none".formatted(backup));
        }
        Backup.check(backup);
        Path database = directory.database();
        boolean there = Files.exists(database);
        directory.create();
        try (DataLock lock = DataLock.take(directory)) {
            if (there && existing == Existing.REFUSED) {
                throw new StoreLost(
                        "data directory %s: expected no database, found %s; name an empty directory, or have the database moved aside"
                                .formatted(directory.path(), database.getFileName()));
            }
            Path part = directory.path().resolve("restore.part");
            Files.deleteIfExists(part);
            DataDirectory.createPrivate(part);
            Files.copy(backup, part, StandardCopyOption.REPLACE_EXISTING);
            DataDirectory.makePrivate(part);
            int next = raise(part, margin);
            Backup.sync(part);
            Optional<Path> aside = there ? Optional.of(moveAside(directory, now)) : Optional.empty();
            Files.move(part, database, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            Backup.sync(directory.path());
            return new Restored(aside, next);
        } catch (IOException e) {
            throw new StoreLost(
                    "data directory %s: expected to restore into it, found %s; check its permissions and free space"
                            .formatted(directory.path(), Loss.plain(e)),
                    e);
        }
    }

    /** With its log, without which it may be worth nothing. */
    private static Path moveAside(DataDirectory directory, Instant now) throws IOException {
        String suffix = ".before-restore-" + now.getEpochSecond();
        Path aside = directory.path().resolve("sluice.db" + suffix);
        Path log = directory.log();
        if (Files.exists(log)) {
            Files.move(log, directory.path().resolve("sluice.db" + suffix + "-wal"));
        }
        Files.deleteIfExists(directory.path().resolve("sluice.db-shm"));
        Files.move(directory.database(), aside);
        return aside;
    }

    /** Raises the next id, and forgets how long archive files were: purges since the backup have written to them. */
    private static int raise(Path database, int margin) throws StoreLost {
        try (Session session = Session.alone(database)) {
            session.begin();
            int next = session.text("SELECT body FROM rest WHERE key = ?", IDS)
                    .map(body -> ((Image.OfIds) IMAGE.read(body)).next())
                    .orElse(JobId.FIRST);
            int raised = (int) Math.min((long) next + margin, Integer.MAX_VALUE - 1L);
            session.row("INSERT INTO rest (key, body) VALUES (?, ?) ON CONFLICT DO UPDATE SET body = excluded.body")
                    .put(IDS)
                    .put(IMAGE.write(new Image.OfIds(raised)))
                    .write();
            session.execute("DELETE FROM archives");
            session.end();
            return raised;
        } catch (SQLException e) {
            throw Loss.of(database, e);
        }
    }
}
