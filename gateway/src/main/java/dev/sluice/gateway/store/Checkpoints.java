package dev.sluice.gateway.store;

import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The thread that carries pages from the log to the database, so that no commit has to.
 *
 * <p>It works beside the writer. Only when the log has grown long although it did, because somebody always writes, does it
 * let the writer wait for what little is left, and the log begins anew.
 */
final class Checkpoints implements AutoCloseable {
    /** Written bytes, roughly, after which it works. */
    private static final long EVERY = 8L << 20;

    /** Pages in the log after which the writer waits: 64 MiB. */
    private static final long LONG = 16_384;

    private final Path database;
    private final Writer writer;
    private final AtomicLong written = new AtomicLong();
    private final Semaphore calls = new Semaphore(0);
    private final Thread thread;
    private volatile boolean closed;

    Checkpoints(Path database, Writer writer) {
        this.database = database;
        this.writer = writer;
        this.thread = Thread.ofPlatform().daemon().name("store-checkpoint").start(this::run);
    }

    /** So many bytes, roughly, were committed. Never blocks. */
    void wrote(long bytes) {
        if (written.addAndGet(bytes) >= EVERY) {
            written.set(0);
            calls.release();
        }
    }

    private void run() {
        while (!closed) {
            try {
                calls.acquire();
                calls.drainPermits();
            } catch (InterruptedException e) {
                return;
            }
            if (!closed) {
                work();
            }
        }
    }

    private void work() {
        try (Session session = Session.writing(database)) {
            if (checkpoint(session, "PASSIVE") > LONG) {
                session.execute("PRAGMA busy_timeout = 200");
                writer.pause(() -> {
                    try {
                        checkpoint(session, "TRUNCATE");
                    } catch (SQLException e) {
                        // A reader was in the way: the next one will do it.
                        return;
                    }
                });
            }
        } catch (SQLException e) {
            // What is wrong with the database the writer will be told too, by its next commit.
            return;
        }
    }

    /** How many pages the log had. */
    private static long checkpoint(Session session, String mode) throws SQLException {
        try (PreparedStatement statement =
                        session.connection().prepareStatement("PRAGMA wal_checkpoint(" + mode + ")");
                ResultSet row = statement.executeQuery()) {
            return row.next() ? row.getLong(2) : 0;
        }
    }

    @Override
    public void close() {
        closed = true;
        calls.release();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
