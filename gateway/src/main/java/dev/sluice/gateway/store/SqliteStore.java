package dev.sluice.gateway.store;

import dev.sluice.engine.Batch;
import dev.sluice.engine.Image;
import dev.sluice.engine.JobQuery;
import dev.sluice.engine.JobRecord;
import dev.sluice.engine.JobStore;
import dev.sluice.engine.StaleEpoch;
import dev.sluice.engine.StoreLost;
import dev.sluice.engine.StoredEvent;
import dev.sluice.job.JobId;
import dev.sluice.spec.JobSpec;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The store on SQLite: one file with its log, in a directory that one gateway has to itself.
 *
 * <p>A commit is one transaction with one sync of the log (WAL, synchronous FULL), under the epoch, which lies in the database
 * too. One thread at a time writes; readers never wait for it, nor it for them. When a commit fails the store takes no other
 * until {@link #lead}, which opens the database anew: so whoever lost his store drops what he knows, and tries to lead until he
 * can.
 */
public final class SqliteStore implements JobStore, History {
    private static final long MANY_WORDS = 10_000;

    private final DataDirectory directory;
    private final DataLock lock;
    private final Words words = new Words();
    private final Writer writer;
    private final Readers readers;
    private final Checkpoints checkpoints;
    /** What the writer knows of the database as long as this epoch is its epoch; guarded by the writer's turn. */
    private long known = -1;

    private long sequence;
    private @Nullable Loading loading;

    private SqliteStore(DataDirectory directory, DataLock lock) {
        this.directory = directory;
        this.lock = lock;
        this.writer = new Writer(directory);
        this.readers = new Readers(directory.database());
        this.checkpoints = new Checkpoints(directory.database(), writer);
    }

    /**
     * Opens the store of a directory, and makes both where there are none.
     *
     * @throws StoreLost when another gateway has it, when it is of a newer release, or when it cannot be opened
     */
    public static SqliteStore open(DataDirectory directory) throws StoreLost {
        directory.create();
        DataLock lock = DataLock.take(directory);
        boolean sound = false;
        try {
            Schema.migrate(directory.database());
            SqliteStore store = new SqliteStore(directory, lock);
            try {
                store.writer.open(() -> {});
                sound = true;
                return store;
            } finally {
                if (!sound) {
                    store.close();
                }
            }
        } finally {
            if (!sound) {
                lock.close();
            }
        }
    }

    /** The installation, drawn once when the database was made: what every attempt id carries. */
    public long realm() throws StoreLost {
        return readers.read(session -> session.number("SELECT realm FROM lead").orElseThrow());
    }

    @Override
    public long lead() throws StoreLost {
        writer.open(() -> {
            endLoading();
            readers.reopen();
        });
        return this.<Long, RuntimeException>written(session -> {
            session.execute("UPDATE lead SET epoch = epoch + 1");
            sweepWords(session);
            known = -1;
            return epoch(session);
        });
    }

    /** Takes away asks and rules that no job has, when there are many: only now does nobody know their numbers. */
    private static void sweepWords(Session session) throws SQLException {
        long words = session.number("SELECT count(*) FROM words WHERE kind IN ('ASK', 'RULES')")
                .orElse(0L);
        if (words > MANY_WORDS) {
            session.execute("DELETE FROM words WHERE kind IN ('ASK', 'RULES')"
                    + " AND id NOT IN (SELECT ask FROM jobs UNION SELECT rules FROM jobs)");
        }
    }

    private static long epoch(Session session) throws SQLException {
        return session.number("SELECT epoch FROM lead").orElseThrow();
    }

    /** Runs a transaction, after whose failure nothing that was known of the database counts. */
    private <T, E extends Exception> T written(Writer.Work<T, E> work) throws StoreLost, E {
        boolean sound = false;
        try {
            T result = writer.write(work);
            sound = true;
            return result;
        } finally {
            if (!sound) {
                writer.pause(() -> known = -1);
            }
        }
    }

    @Override
    public void commit(Batch batch) throws StoreLost, StaleEpoch {
        checkpoints.wrote(written(session -> {
            commit(batch, session);
            return session.takeWritten();
        }));
    }

    private void commit(Batch batch, Session session) throws SQLException, StaleEpoch {
        long epoch = epoch(session);
        if (batch.epoch() < epoch) {
            throw new StaleEpoch(batch.epoch(), epoch);
        }
        if (known != epoch) {
            words.forgetNumbers();
            sequence = new Reading(session, words).newest();
            known = epoch;
        }
        sequence = new Writing(session, words, batch, sequence).write();
    }

    @Override
    public Iterable<Image> load() throws StoreLost {
        // Said now rather than with the first row.
        readers.read(session -> session.number("SELECT count(*) FROM lead"));
        return () -> {
            try {
                return restarted();
            } catch (SQLException e) {
                throw new LoadingFailed(Loss.of(directory.database(), e));
            }
        };
    }

    private synchronized void endLoading() {
        Loading open = loading;
        loading = null;
        if (open != null) {
            open.close();
        }
    }

    /** One loading at a time: an earlier one that nobody finished is over. */
    private synchronized Loading restarted() throws SQLException {
        endLoading();
        Loading fresh = new Loading(directory.database(), Session.reading(directory.database()), words);
        loading = fresh;
        return fresh;
    }

    @Override
    public Optional<JobSpec> spec(JobId id) throws StoreLost {
        return readers.read(session -> new Reading(session, words).spec(id));
    }

    @Override
    public List<StoredEvent> events(long after, int max) throws StoreLost {
        return readers.read(session -> new Reading(session, words).events(after, max));
    }

    @Override
    public List<StoredEvent> eventsOf(JobId job, long after, int max) throws StoreLost {
        return readers.read(session -> new Reading(session, words).eventsOf(job, after, max));
    }

    @Override
    public long newest() throws StoreLost {
        return readers.read(session -> new Reading(session, words).newest());
    }

    @Override
    public long oldest() throws StoreLost {
        return readers.read(session -> new Reading(session, words).oldest());
    }

    @Override
    public Optional<JobRecord> job(JobId id) throws StoreLost {
        return readers.read(session -> new Reading(session, words).job(id));
    }

    @Override
    public List<JobRecord> jobs(JobQuery query) throws StoreLost {
        return readers.read(session -> new Reading(session, words).jobs(query));
    }

    /** For tests of what goes wrong with it. */
    Writer writer() {
        return writer;
    }

    /** What webhooks are to be told. */
    public Outbox outbox() {
        return new SqliteOutbox(writer, readers);
    }

    /**
     * Takes away for good what was kept long enough: archived jobs by age and number, and events from the front of their
     * sequence. To be called now and then, on a thread of its own; commits go on meanwhile.
     *
     * @throws StoreLost when the database or the archive's directory fails; what was purged until then is
     */
    public Purged purge(Instant now, StoreSettings settings) throws StoreLost {
        Purged purged = new Retention(directory.database(), writer, readers, words).purge(now, settings);
        checkpoints.wrote(4_000L * purged.jobs() + 500L * purged.events());
        return purged;
    }

    /** Waits for a transaction that is under way; what is read meanwhile may end in {@link StoreLost}. */
    @Override
    public void close() {
        checkpoints.close();
        endLoading();
        readers.close();
        writer.close();
        lock.close();
    }
}
