package dev.sluice.engine;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * When the attempts and leftovers of one cluster are to be looked at again. What changed is due at once; what is on the cluster
 * already goes before what has not left yet, so that a long queue of new jobs delays neither a release nor a cancel.
 */
final class Agenda {
    private record Entry(Instant due, long order, AgendaKey key) {}

    private static final Comparator<Entry> BY_TIME =
            Comparator.comparing(Entry::due).thenComparingLong(Entry::order);

    private final TreeSet<Entry> onTheirWay = new TreeSet<>(BY_TIME);
    private final Map<AgendaKey, Entry> byKey = new HashMap<>();
    /** In the order in which they came. */
    private final Set<AgendaKey> fresh = new LinkedHashSet<>();

    private long order;

    /** It is due then, and not at any other time. */
    void put(AgendaKey key, Instant due) {
        remove(key);
        Entry entry = new Entry(due, order++, key);
        onTheirWay.add(entry);
        byKey.put(key, entry);
    }

    /** It is due at once. */
    void now(AgendaKey key) {
        put(key, Instant.EPOCH);
    }

    /** It is due at once, behind all that is on its way and due; what waits so already keeps its place. */
    void queue(AgendaKey key) {
        removeTimed(key);
        fresh.add(key);
    }

    void remove(AgendaKey key) {
        fresh.remove(key);
        removeTimed(key);
    }

    private void removeTimed(AgendaKey key) {
        Entry old = byKey.remove(key);
        if (old != null) {
            onTheirWay.remove(old);
        }
    }

    /**
     * What is due, in its order; it stays on the agenda.
     *
     * @param most how many at most of those on their way
     * @param mostFresh and of those that have not left yet
     */
    List<AgendaKey> due(Instant now, int most, int mostFresh) {
        List<AgendaKey> due = new ArrayList<>();
        for (Entry entry : onTheirWay) {
            if (entry.due().isAfter(now) || due.size() == most) {
                break;
            }
            due.add(entry.key());
        }
        fresh.stream().limit(mostFresh).forEach(due::add);
        return due;
    }

    /** When the next is due; null when nothing is. */
    @Nullable
    Instant first() {
        if (!fresh.isEmpty()) {
            return Instant.EPOCH;
        }
        return onTheirWay.isEmpty() ? null : onTheirWay.first().due();
    }
}
