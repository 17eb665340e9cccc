package dev.sluice.gateway.http;

import dev.sluice.engine.JobStore;
import dev.sluice.engine.StoreLost;
import dev.sluice.engine.StoredEvent;
import dev.sluice.gateway.loop.Pulse;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads each new event once for all who follow, and wakes them: a thousand followers cost the store what one costs. While nobody
 * follows it reads nothing. Its thread is the only one that writes the ring.
 */
final class EventFeed implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EventFeed.class);
    private static final int PAGE = 512;
    private static final long STORE_PAUSE_MS = 500;

    private final JobStore store;
    private final Pulse pulse;
    private final Narrator narrator;
    private final Ring ring;
    private final Set<Runnable> listeners = ConcurrentHashMap.newKeySet();
    private final Semaphore signal = new Semaphore(0);
    private final Runnable silence;
    private final Thread thread;
    private volatile boolean open = true;

    EventFeed(JobStore store, Pulse pulse, Narrator narrator, int recent) {
        this.store = store;
        this.pulse = pulse;
        this.narrator = narrator;
        this.ring = new Ring(recent, pulse.newest());
        this.silence = pulse.listen(sequence -> signal.release());
        this.thread = Thread.ofVirtual().name("http-events").start(this::run);
    }

    Ring ring() {
        return ring;
    }

    /** The sequence of the newest event on disk. */
    long newest() {
        return pulse.newest();
    }

    /** Calls this, on the feed's thread, whenever there is more in the ring. */
    void listen(Runnable listener) {
        listeners.add(listener);
        signal.release();
    }

    void unlisten(Runnable listener) {
        listeners.remove(listener);
    }

    private void run() {
        while (open) {
            signal.acquireUninterruptibly();
            signal.drainPermits();
            try {
                if (listeners.isEmpty()) {
                    continue;
                }
                read();
            } catch (StoreLost e) {
                LOG.warn("followers of events wait: the store does not answer", e);
                retryLater();
            } catch (RuntimeException e) {
                LOG.error("followers of events wait: an event could not be read", e);
                retryLater();
            }
        }
    }

    private void retryLater() {
        try {
            // Whatever comes first: another beat, or the pause.
            boolean unused = signal.tryAcquire(STORE_PAUSE_MS, TimeUnit.MILLISECONDS);
            signal.release();
        } catch (InterruptedException e) {
            open = false;
        }
    }

    private void read() throws StoreLost {
        long newest = pulse.newest();
        if (newest - ring.newest() > PAGE * 16L) {
            // Nobody followed for a while: whoever is behind reads the store himself.
            ring.restart(newest);
            listeners.forEach(Runnable::run);
        }
        while (open && ring.newest() < pulse.newest()) {
            List<StoredEvent> page = store.events(ring.newest(), PAGE);
            if (page.isEmpty()) {
                return;
            }
            narrator.tell(page).forEach(ring::add);
            listeners.forEach(Runnable::run);
        }
    }

    @Override
    public void close() {
        open = false;
        silence.run();
        signal.release();
    }
}
