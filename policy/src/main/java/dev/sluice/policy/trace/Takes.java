package dev.sluice.policy.trace;

import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/** Which jobs of a trace somebody gets: those of these groups, users and queues; an empty set for any. */
public record Takes(SortedSet<String> groups, SortedSet<String> users, SortedSet<String> queues) {
    public static final Takes ALL =
            new Takes(Collections.emptySortedSet(), Collections.emptySortedSet(), Collections.emptySortedSet());

    public Takes {
        groups = Collections.unmodifiableSortedSet(new TreeSet<>(groups));
        users = Collections.unmodifiableSortedSet(new TreeSet<>(users));
        queues = Collections.unmodifiableSortedSet(new TreeSet<>(queues));
    }

    public static Takes group(String name) {
        SortedSet<String> one = new TreeSet<>();
        one.add(name);
        return new Takes(one, Collections.emptySortedSet(), Collections.emptySortedSet());
    }

    public boolean takes(TraceJob job) {
        return has(groups, job.group()) && has(users, job.user()) && has(queues, job.queue());
    }

    private static boolean has(SortedSet<String> wanted, String name) {
        return wanted.isEmpty() || wanted.contains(name);
    }
}
