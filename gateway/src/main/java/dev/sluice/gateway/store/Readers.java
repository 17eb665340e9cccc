package dev.sluice.gateway.store;

import dev.sluice.engine.StoreLost;
import dev.sluice.gateway.store.codec.Unreadable;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Sessions that only read, for any thread. Each reading is one short snapshot, so that no reader keeps a checkpoint from
 * getting on for long.
 *
 * <p>SQLite is native code, which holds on to the thread that carries a virtual one. So virtual threads hand their reading to
 * threads of this class, {@value #MOST} of them, and wait.
 */
final class Readers implements AutoCloseable {
    private static final int MOST = 4;

    /** A place in it is a session, or the right to open one. */
    private record Place(@Nullable Session session) {}

    /** What is done within a snapshot. */
    interface Work<T> {
        T on(Session session) throws SQLException;
    }

    private final Path database;
    private final BlockingQueue<Place> places = new ArrayBlockingQueue<>(MOST);
    private final ExecutorService threads = Executors.newFixedThreadPool(
            MOST, Thread.ofPlatform().daemon().name("store-read-", 1).factory());
    private volatile boolean closed;

    Readers(Path database) {
        this.database = database;
        for (int i = 0; i < MOST; i++) {
            places.add(new Place(null));
        }
    }

    /** @throws StoreLost when it cannot be read, or the calling thread is interrupted meanwhile */
    <T> T read(Work<T> work) throws StoreLost {
        try {
            return Thread.currentThread().isVirtual()
                    ? threads.submit(() -> here(work)).get()
                    : here(work);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreLost("database %s: the reading was interrupted".formatted(database), e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof StoreLost lost) {
                throw lost;
            }
            if (e.getCause() instanceof RuntimeException bug) {
                throw bug;
            }
            throw new IllegalStateException(e.getCause());
        } catch (RejectedExecutionException e) {
            throw closed();
        }
    }

    private StoreLost closed() {
        return new StoreLost("database %s: the store is closed".formatted(database));
    }

    private <T> T here(Work<T> work) throws StoreLost, InterruptedException {
        if (closed) {
            throw closed();
        }
        Session session = places.take().session();
        Session sound = null;
        try {
            if (session == null) {
                session = Session.reading(database);
            }
            session.snapshot();
            T result = work.on(session);
            session.end();
            sound = session;
            return result;
        } catch (SQLException e) {
            throw Loss.of(database, e);
        } catch (Unreadable e) {
            throw Loss.of(database, e);
        } finally {
            if (session != null && (sound == null || closed)) {
                session.close();
                sound = null;
            }
            places.add(new Place(sound));
        }
    }

    /** Closes all sessions, and waits for those that are in use; they are opened again when they are wanted. */
    void reopen() {
        int taken = 0;
        try {
            while (taken < MOST) {
                Session session = places.take().session();
                taken++;
                if (session != null) {
                    session.close();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            for (int i = 0; i < taken; i++) {
                places.add(new Place(null));
            }
        }
    }

    /** Closes what is not in use; the rest is closed when its reading is over. */
    @Override
    public void close() {
        closed = true;
        threads.shutdown();
        for (Place place = places.poll(); place != null; place = places.poll()) {
            if (place.session() != null) {
                place.session().close();
            }
        }
        for (int i = 0; i < MOST; i++) {
            // Whoever waits for a place comes to know that it is closed.
            if (!places.offer(new Place(null))) {
                return;
            }
        }
    }
}
