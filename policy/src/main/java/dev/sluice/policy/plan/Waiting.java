package dev.sluice.policy.plan;

import dev.sluice.job.UserName;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** What of one project itself waits: its buckets by their first entry, so the highest class first, then by age. */
final class Waiting {
    private final TreeMap<Entry, Bucket> buckets = new TreeMap<>(Entry.ORDER);
    private final Map<UserName, TreeMap<Entry, Bucket>> users = new HashMap<>();
    /** How many of the buckets are of each fit. */
    private final Map<Fit, Integer> fits = new HashMap<>();

    void add(Bucket bucket) {
        Entry first = bucket.entries.first();
        buckets.put(first, bucket);
        users.computeIfAbsent(bucket.kind.user(), user -> new TreeMap<>(Entry.ORDER))
                .put(first, bucket);
        fits.merge(bucket.fit(), 1, Integer::sum);
    }

    void remove(Bucket bucket) {
        Entry first = bucket.entries.first();
        buckets.remove(first);
        users.computeIfPresent(bucket.kind.user(), (user, ofUser) -> {
            ofUser.remove(first);
            return ofUser.isEmpty() ? null : ofUser;
        });
        fits.computeIfPresent(bucket.fit(), (fit, count) -> count == 1 ? null : count - 1);
    }

    boolean isEmpty() {
        return buckets.isEmpty();
    }

    TreeMap<Entry, Bucket> buckets() {
        return buckets;
    }

    Map<UserName, TreeMap<Entry, Bucket>> users() {
        return users;
    }

    /** In no order that means anything. */
    Collection<Fit> fits() {
        return fits.keySet();
    }
}
