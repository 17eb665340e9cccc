package dev.sluice.gateway.http;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** The newest events, without a gap. One thread writes; any may read at the same time, and is told when it came too late. */
final class Ring {
    private final AtomicReferenceArray<@Nullable Happening> slots;
    private volatile long oldest;
    private volatile long newest;

    /** Empty, and about to take what follows this sequence. */
    Ring(int size, long behind) {
        this.slots = new AtomicReferenceArray<>(size);
        restart(behind);
    }

    /** Forgets all, and goes on behind this sequence. */
    void restart(long behind) {
        oldest = behind + 1;
        newest = behind;
    }

    /** The sequence of the newest. */
    long newest() {
        return newest;
    }

    void add(Happening event) {
        if (event.sequence() != newest + 1) {
            restart(event.sequence() - 1);
        }
        slots.set(slot(event.sequence()), event);
        newest = event.sequence();
        if (newest - oldest >= slots.length()) {
            oldest = newest - slots.length() + 1;
        }
    }

    /** Whether it has all that follows this sequence. */
    boolean reaches(long behind) {
        return behind + 1 >= oldest;
    }

    /** The event with this sequence; null when it is no longer there. */
    @Nullable
    Happening get(long sequence) {
        Happening event = slots.get(slot(sequence));
        return event != null && event.sequence() == sequence ? event : null;
    }

    private int slot(long sequence) {
        return (int) (sequence % slots.length());
    }
}
