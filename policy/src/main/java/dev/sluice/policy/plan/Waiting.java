package dev.sluice.policy.plan;

import dev.sluice.job.UserName;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What of one project itself waits: its buckets by their first entry, so the highest class first, then by age. */
final class Waiting {
    private final TreeSet<Bucket> buckets = new TreeSet<>(Bucket.ORDER);
    /** The first of them; null where there is none. */
    private @Nullable Bucket first;
    /** The same of each user. */
    private final Map<UserName, OfUser> users = new HashMap<>();
    /** How many of the buckets are of each fit. */
    private final Map<Fit, Integer> fits = new HashMap<>();

    /** What of one user waits in a project. */
    static final class OfUser {
        private static final Bucket[] NONE = {};

        final UserName name;
        /** By their first entries; a new array with each change, as they are few and there are many users. */
        private Bucket[] buckets = NONE;
        /** A memo, and no part of what a planner knows. */
        private @Nullable Account account;

        OfUser(UserName name) {
            this.name = name;
        }

        Bucket[] buckets() {
            return buckets;
        }

        private void add(Bucket bucket) {
            int at = -Arrays.binarySearch(buckets, bucket, Bucket.ORDER) - 1;
            Bucket[] more = Arrays.copyOf(buckets, buckets.length + 1);
            System.arraycopy(buckets, at, more, at + 1, buckets.length - at);
            more[at] = bucket;
            buckets = more;
        }

        /** Whether any are left. */
        private boolean remove(Bucket bucket) {
            int at = Arrays.binarySearch(buckets, bucket, Bucket.ORDER);
            Bucket[] fewer = Arrays.copyOf(buckets, buckets.length - 1);
            System.arraycopy(buckets, at + 1, fewer, at, fewer.length - at);
            buckets = fewer;
            return fewer.length > 0;
        }

        /** Who pays for it: always the same. */
        Account account(Ledger ledger, Branch project) {
            Account known = account;
            if (known == null) {
                known = ledger.user(project, name);
                account = known;
            }
            return known;
        }
    }

    /** A bucket with entries; its first stays the same until it is {@linkplain #remove removed}. */
    void add(Bucket bucket) {
        buckets.add(bucket);
        first = buckets.first();
        users.computeIfAbsent(bucket.kind.user(), OfUser::new).add(bucket);
        fits.merge(bucket.fit(), 1, Integer::sum);
    }

    void remove(Bucket bucket) {
        buckets.remove(bucket);
        first = buckets.isEmpty() ? null : buckets.first();
        users.computeIfPresent(bucket.kind.user(), (user, ofUser) -> ofUser.remove(bucket) ? ofUser : null);
        fits.computeIfPresent(bucket.fit(), (fit, count) -> count == 1 ? null : count - 1);
    }

    boolean isEmpty() {
        return buckets.isEmpty();
    }

    /** Its oldest entry of the highest class; there is one. */
    Entry first() {
        return Objects.requireNonNull(first).first();
    }

    Collection<Bucket> buckets() {
        return buckets;
    }

    /** In no order that means anything. */
    Collection<OfUser> users() {
        return users.values();
    }

    /** Of one of its users. */
    OfUser of(UserName user) {
        return Objects.requireNonNull(users.get(user));
    }

    /** In no order that means anything. */
    Collection<Fit> fits() {
        return fits.keySet();
    }
}
