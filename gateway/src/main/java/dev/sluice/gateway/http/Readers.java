package dev.sluice.gateway.http;

import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Where blocking work goes: a virtual thread each, so many at once, some more waiting, and no more. For any thread.
 */
final class Readers {
    private final int most;
    private final Semaphore places;
    private final AtomicInteger taken = new AtomicInteger();

    Readers(int places, int waiting) {
        this.most = places + waiting;
        this.places = new Semaphore(places, true);
    }

    /** Runs it soon, on a thread that may block; false when there are too many already. It must not throw. */
    boolean run(Runnable work) {
        if (taken.incrementAndGet() > most) {
            taken.decrementAndGet();
            return false;
        }
        Thread.ofVirtual().name("http-read").start(() -> {
            places.acquireUninterruptibly();
            try {
                work.run();
            } finally {
                places.release();
                taken.decrementAndGet();
            }
        });
        return true;
    }
}
