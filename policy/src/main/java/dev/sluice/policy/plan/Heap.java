package dev.sluice.policy.plan;

import java.util.Arrays;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * Picks in a binary heap, the best of them on top. Unlike {@link java.util.PriorityQueue} it lets the top sink in one pass when its key
 * became worse, as it does several times for each start, and takes no memory until there is something in it.
 */
final class Heap {
    private static final Pick[] NONE = {};

    private final Comparator<Pick> order;
    private Pick[] picks = NONE;
    private int size;

    /** @param order in which no two of them are equal */
    Heap(Comparator<Pick> order) {
        this.order = order;
    }

    @Nullable
    Pick top() {
        return size == 0 ? null : picks[0];
    }

    void add(Pick pick) {
        if (size == picks.length) {
            picks = Arrays.copyOf(picks, Math.max(2, 2 * size));
        }
        int at = size++;
        while (at > 0 && order.compare(pick, picks[(at - 1) / 2]) < 0) {
            picks[at] = picks[(at - 1) / 2];
            at = (at - 1) / 2;
        }
        picks[at] = pick;
    }

    /** There is one. */
    void removeTop() {
        size--;
        Pick last = picks[size];
        clear(size);
        if (size > 0) {
            sink(last);
        }
    }

    /** The key of the top became worse. */
    void sinkTop() {
        sink(picks[0]);
    }

    /** From the top, whatever was there. */
    private void sink(Pick pick) {
        int at = 0;
        for (int child = 1; child < size; child = 2 * at + 1) {
            if (child + 1 < size && order.compare(picks[child + 1], picks[child]) < 0) {
                child++;
            }
            if (order.compare(pick, picks[child]) <= 0) {
                break;
            }
            picks[at] = picks[child];
            at = child;
        }
        picks[at] = pick;
    }

    // The place is empty now, and is no pick until it is filled again.
    @SuppressWarnings("NullAway")
    private void clear(int at) {
        picks[at] = null;
    }
}
