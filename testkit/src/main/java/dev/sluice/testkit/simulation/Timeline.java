package dev.sluice.testkit.simulation;

import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;

/** What is yet to happen in virtual time, in its order; of the same instant, as it was put in. */
final class Timeline {
    private record Entry(long atNanos, long order, Runnable action) {}

    private static final Comparator<Entry> BY_TIME =
            Comparator.comparingLong(Entry::atNanos).thenComparingLong(Entry::order);

    private final PriorityQueue<Entry> entries = new PriorityQueue<>(BY_TIME);
    private long order;
    private Instant now;

    Timeline(Instant start) {
        now = start;
    }

    Instant now() {
        return now;
    }

    /** It happens then, or at once when that has passed. */
    void at(Instant time, Runnable action) {
        Instant due = time.isBefore(now) ? now : time;
        entries.add(new Entry(nanos(due), order++, action));
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    /** When the next thing happens; there is one. */
    Instant next() {
        return time(entries.element().atNanos());
    }

    /** Moves on to the next thing and lets it happen. */
    void step() {
        Entry next = entries.remove();
        now = time(next.atNanos());
        next.action().run();
    }

    private static Instant time(long nanos) {
        return Instant.ofEpochSecond(nanos / 1_000_000_000L, nanos % 1_000_000_000L);
    }

    private static long nanos(Instant time) {
        return Math.addExact(Math.multiplyExact(time.getEpochSecond(), 1_000_000_000L), time.getNano());
    }
}
