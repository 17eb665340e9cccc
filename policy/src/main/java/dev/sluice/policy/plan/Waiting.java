package dev.sluice.policy.plan;

import dev.sluice.job.UserName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
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
        final UserName name;
        /** By their first entries; few. */
        final List<Bucket> buckets = new ArrayList<>(1);
        /** A memo, and no part of what a planner knows. */
        private @Nullable Account account;

        OfUser(UserName name) {
            this.name = name;
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
        List<Bucket> ofUser = users.computeIfAbsent(bucket.kind.user(), OfUser::new).buckets;
        ofUser.add(-Collections.binarySearch(ofUser, bucket, Bucket.ORDER) - 1, bucket);
        fits.merge(bucket.fit(), 1, Integer::sum);
    }

    void remove(Bucket bucket) {
        buckets.remove(bucket);
        first = buckets.isEmpty() ? null : buckets.first();
        users.computeIfPresent(bucket.kind.user(), (user, ofUser) -> {
            ofUser.buckets.remove(Collections.binarySearch(ofUser.buckets, bucket, Bucket.ORDER));
            return ofUser.buckets.isEmpty() ? null : ofUser;
        });
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
