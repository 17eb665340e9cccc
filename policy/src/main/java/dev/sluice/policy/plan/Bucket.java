package dev.sluice.policy.plan;

import dev.sluice.job.ProjectPath;
import dev.sluice.job.UserName;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Entries of the queue that are alike in all but age: what one of them does not find, none of them does. */
final class Bucket {
    /** By their first entries; both have some. */
    static final Comparator<Bucket> ORDER = (one, other) -> Entry.ORDER.compare(one.first(), other.first());

    private static final Entry[] NONE = {};

    final Kind kind;
    private final Fit fit;
    /** By age from {@link #from} to {@link #to}: those that come are young, and those that go old, so that few ever move. */
    private Entry[] entries = NONE;

    private int from;
    private int to;
    /** The oldest, kept here as it is looked at far more often than all others; null where there is none. */
    private @Nullable Entry first;

    /** What they have in common. */
    record Kind(int priorityClass, ProjectPath project, UserName user, Fit fit) {}

    Bucket(Kind kind) {
        this.kind = kind;
        this.fit = kind.fit();
    }

    Fit fit() {
        return fit;
    }

    boolean isEmpty() {
        return from == to;
    }

    int size() {
        return to - from;
    }

    /** The oldest; there is one. */
    Entry first() {
        return Objects.requireNonNull(first);
    }

    /** From 0 for the oldest. */
    Entry get(int index) {
        return entries[from + index];
    }

    /** How many go before one that may be of another bucket. */
    int before(Entry entry) {
        int at = Arrays.binarySearch(entries, from, to, entry, Entry.ORDER);
        return (at < 0 ? -at - 1 : at) - from;
    }

    void add(Entry entry) {
        int at = from + before(entry);
        if (to == entries.length) {
            Entry[] room = new Entry[Math.max(2, size() + size() / 2)];
            System.arraycopy(entries, from, room, 0, size());
            at -= from;
            to -= from;
            from = 0;
            entries = room;
        }
        System.arraycopy(entries, at, entries, at + 1, to - at);
        entries[at] = entry;
        to++;
        first = entries[from];
    }

    /** It is one of them. */
    void remove(Entry entry) {
        int at = from + before(entry);
        if (at - from < to - at) {
            System.arraycopy(entries, from, entries, from + 1, at - from);
            clear(from++);
        } else {
            System.arraycopy(entries, at + 1, entries, at, to - at - 1);
            clear(--to);
        }
        if (size() < entries.length / 4) {
            entries = Arrays.copyOfRange(entries, from, to);
            to -= from;
            from = 0;
        }
        first = isEmpty() ? null : entries[from];
    }

    // The place is empty now, and is no entry until it is filled again.
    @SuppressWarnings("NullAway")
    private void clear(int at) {
        entries[at] = null;
    }
}
