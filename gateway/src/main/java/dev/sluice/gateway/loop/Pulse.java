package dev.sluice.gateway.loop;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongConsumer;

/** Tells whoever listens that events are on disk. Thread-safe. */
public final class Pulse {
    private final Set<LongConsumer> listeners = ConcurrentHashMap.newKeySet();
    private volatile long newest;

    public Pulse(long newest) {
        this.newest = newest;
    }

    /** The sequence of the newest event on disk. */
    public long newest() {
        return newest;
    }

    /** The loop calls this after a commit, in ascending order. */
    public void beat(long sequence) {
        newest = sequence;
        listeners.forEach(listener -> listener.accept(sequence));
    }

    /**
     * Calls the listener with each newest sequence from now on, on the loop's thread: it must neither block nor throw.
     *
     * @return ends it
     */
    public Runnable listen(LongConsumer listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }
}
