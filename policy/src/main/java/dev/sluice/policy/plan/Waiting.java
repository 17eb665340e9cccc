package dev.sluice.policy.plan;

import dev.sluice.job.UserName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** What of one project itself waits: its buckets by their first entry, so the highest class first, then by age. */
final class Waiting {
    private final TreeSet<Bucket> buckets = new TreeSet<>(Bucket.ORDER);
    /** The same of each user, who has few. */
    private final Map<UserName, List<Bucket>> users = new HashMap<>();
    /** How many of the buckets are of each fit. */
    private final Map<Fit, Integer> fits = new HashMap<>();

    /** A bucket with entries; its first stays the same until it is {@linkplain #remove removed}. */
    void add(Bucket bucket) {
        buckets.add(bucket);
        List<Bucket> ofUser = users.computeIfAbsent(bucket.kind.user(), user -> new ArrayList<>(1));
        ofUser.add(-Collections.binarySearch(ofUser, bucket, Bucket.ORDER) - 1, bucket);
        fits.merge(bucket.fit(), 1, Integer::sum);
    }

    void remove(Bucket bucket) {
        buckets.remove(bucket);
        users.computeIfPresent(bucket.kind.user(), (user, ofUser) -> {
            ofUser.remove(Collections.binarySearch(ofUser, bucket, Bucket.ORDER));
            return ofUser.isEmpty() ? null : ofUser;
        });
        fits.computeIfPresent(bucket.fit(), (fit, count) -> count == 1 ? null : count - 1);
    }

    boolean isEmpty() {
        return buckets.isEmpty();
    }

    /** Its oldest entry of the highest class; there is one. */
    Entry first() {
        return buckets.first().first();
    }

    Collection<Bucket> buckets() {
        return buckets;
    }

    Map<UserName, List<Bucket>> users() {
        return users;
    }

    /** In no order that means anything. */
    Collection<Fit> fits() {
        return fits.keySet();
    }
}
