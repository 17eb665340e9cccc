package dev.sluice.engine;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * When the attempts and leftovers of one cluster are to be looked at again. What changed is due at once; of that, what is on the
 * cluster already goes before what has not left yet, so that a long queue of new jobs delays neither a release nor a cancel.
 */
final class Agenda {
    /** Which goes first of what is due at the same time. */
    private enum Turn {
        ON_ITS_WAY,
        NEW
    }

    private record Entry(Instant due, Turn turn, long order, AgendaKey key) {}

    private static final Comparator<Entry> BY_TIME =
            Comparator.comparing(Entry::due).thenComparing(Entry::turn).thenComparingLong(Entry::order);

    private final TreeSet<Entry> entries = new TreeSet<>(BY_TIME);
    private final Map<AgendaKey, Entry> byKey = new HashMap<>();
    private long order;

    /** It is due then, and not at any other time. */
    void put(AgendaKey key, Instant due) {
        put(key, due, Turn.ON_ITS_WAY);
    }

    /** It is due at once. */
    void now(AgendaKey key) {
        put(key, Instant.EPOCH, Turn.ON_ITS_WAY);
    }

    /** It is due at once, behind all that is on its way. */
    void queue(AgendaKey key) {
        put(key, Instant.EPOCH, Turn.NEW);
    }

    private void put(AgendaKey key, Instant due, Turn turn) {
        remove(key);
        Entry entry = new Entry(due, turn, order++, key);
        entries.add(entry);
        byKey.put(key, entry);
    }

    void remove(AgendaKey key) {
        Entry old = byKey.remove(key);
        if (old != null) {
            entries.remove(old);
        }
    }

    /** At most so many that are due, in their order; they stay on the agenda. */
    List<AgendaKey> due(Instant now, int most) {
        List<AgendaKey> due = new ArrayList<>();
        for (Entry entry : entries) {
            if (entry.due().isAfter(now) || due.size() == most) {
                break;
            }
            due.add(entry.key());
        }
        return due;
    }

    /** When the next is due; null when nothing is. */
    @Nullable
    Instant first() {
        return entries.isEmpty() ? null : entries.first().due();
    }
}
