package dev.sluice.gateway.store;

import dev.sluice.engine.StoreLost;
import dev.sluice.gateway.store.codec.Unreadable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.SQLException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The one session that writes, for one transaction at a time. A failure ends it: nobody knows what of the transaction is on
 * disk, and until {@link #open} nothing more is written.
 *
 * <p>Everything in this process that writes does it here, so that none waits for SQLite's own lock, which is asked for in
 * growing pauses, and none makes the other's cached pages stale.
 */
final class Writer implements AutoCloseable {
    /** What is done within a transaction. */
    interface Work<T, E extends Exception> {
        T on(Session session) throws SQLException, E;
    }

    private final DataDirectory directory;
    private final ReentrantLock turn = new ReentrantLock(true);
    private @Nullable Session session;
    /** Whether the session is of no use any more; it is closed when the next one is opened. */
    private boolean lost;

    private @Nullable Object databaseKey;
    private @Nullable Object logKey;

    Writer(DataDirectory directory) {
        this.directory = directory;
    }

    private Path database() {
        return directory.database();
    }

    /**
     * Opens a session where there is none that is sound.
     *
     * @param others closes all other sessions of the process. If the log was removed underneath, the last session that is
     *     closed saves what it held, and it has to be one that can write
     */
    void open(Runnable others) throws StoreLost {
        turn.lock();
        try {
            if (session != null && !lost) {
                return;
            }
            others.run();
            drop();
            Session opened = Session.writing(database());
            boolean sound = false;
            try {
                // The log is there from the first statement that writes.
                opened.begin();
                opened.execute("UPDATE lead SET epoch = epoch");
                opened.end();
                databaseKey = key(database());
                logKey = key(directory.log());
                session = opened;
                lost = false;
                sound = true;
            } finally {
                if (!sound) {
                    opened.close();
                }
            }
        } catch (SQLException e) {
            throw Loss.of(database(), e);
        } finally {
            turn.unlock();
        }
    }

    /**
     * Runs a transaction: on return it is on disk; when the work itself throws {@code E}, nothing of it is.
     *
     * @throws StoreLost when it may be there or not
     */
    <T, E extends Exception> T write(Work<T, E> work) throws StoreLost, E {
        turn.lock();
        try {
            Session on = session;
            if (on == null || lost) {
                throw new StoreLost("database %s: it was lost before, and is opened again with the next lead"
                        .formatted(database()));
            }
            boolean sound = false;
            try {
                checkPlace();
                on.begin();
                T result;
                boolean done = false;
                try {
                    result = work.on(on);
                    done = true;
                } finally {
                    if (!done) {
                        on.rollback();
                    }
                }
                on.end();
                sound = true;
                return result;
            } catch (SQLException e) {
                throw Loss.of(database(), e);
            } catch (Unreadable e) {
                throw Loss.of(database(), e);
            } catch (StoreLost e) {
                throw e;
            } catch (Exception refused) {
                // Of the work's own: it was rolled back, and the session is as good as before.
                sound = true;
                throw refused;
            } finally {
                lost = !sound;
            }
        } finally {
            turn.unlock();
        }
    }

    /** Runs something while nobody writes, outside of any transaction and on no session of the writer's. */
    void pause(Runnable work) {
        turn.lock();
        try {
            work.run();
        } finally {
            turn.unlock();
        }
    }

    /** Whether the files are still those that were opened: SQLite goes on writing to files that are no longer there. */
    private void checkPlace() throws StoreLost {
        if (!same(databaseKey, key(database())) || !same(logKey, key(directory.log()))) {
            throw new StoreLost(
                    "database %s: it or its log (%s) was removed or replaced while in use; stop the gateway, "
                                    .formatted(database(), directory.log().getFileName())
                            + "and restore the newest backup with 'sluice restore' unless you put the files back");
        }
    }

    private static boolean same(@Nullable Object a, @Nullable Object b) {
        return a != null && a.equals(b);
    }

    private static @Nullable Object key(Path file) {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        } catch (IOException e) {
            return null;
        }
    }

    private void drop() {
        Session old = session;
        session = null;
        if (old != null) {
            old.close();
        }
    }

    @Override
    public void close() {
        turn.lock();
        try {
            drop();
        } finally {
            turn.unlock();
        }
    }
}
