package dev.sluice.testkit.fake;

import java.util.PriorityQueue;

/** What a fake cluster will do by itself, by time; things due at one time happen in the order they were put down. */
final class Agenda {
    private record Item(long at, long number, Runnable what) implements Comparable<Item> {
        @Override
        public int compareTo(Item other) {
            int byTime = Long.compare(at, other.at);
            return byTime != 0 ? byTime : Long.compare(number, other.number);
        }
    }

    /** {@link #nextAt} when there is nothing to come. */
    static final long NEVER = Long.MAX_VALUE;

    private final PriorityQueue<Item> items = new PriorityQueue<>();
    private long numbers;
    private long now;

    Agenda(long start) {
        now = start;
    }

    /** Milliseconds of the epoch; while an item happens, its own time. */
    long now() {
        return now;
    }

    void at(long time, Runnable what) {
        items.add(new Item(Math.max(time, now), numbers++, what));
    }

    void in(long ms, Runnable what) {
        at(now + ms, what);
    }

    long nextAt() {
        Item next = items.peek();
        return next == null ? NEVER : next.at();
    }

    void advanceTo(long time) {
        for (Item next = items.peek(); next != null && next.at() <= time; next = items.peek()) {
            items.remove();
            now = Math.max(now, next.at());
            next.what().run();
        }
        if (time < now) {
            throw new IllegalArgumentException("time went back from " + now + " to " + time);
        }
        now = time;
    }
}
