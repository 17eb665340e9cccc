package dev.sluice.job;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The clusters that will never take a job, each with what it said.
 *
 * @param all one for each cluster, by its name
 */
public record Refusals(List<By> all) {
    /** No cluster has refused it. */
    public static final Refusals NONE = new Refusals(List.of());

    /** @param words why, for a person */
    public record By(ClusterName cluster, String words) {}

    public Refusals {
        all = all.stream().sorted(Comparator.comparing(By::cluster)).toList();
    }

    public boolean isEmpty() {
        return all.isEmpty();
    }

    /** What this cluster said; empty: it has not refused. */
    public Optional<String> of(ClusterName cluster) {
        return all.stream()
                .filter(by -> by.cluster().equals(cluster))
                .map(By::words)
                .findFirst();
    }

    public SortedSet<ClusterName> clusters() {
        if (all.isEmpty()) {
            return Collections.emptySortedSet();
        }
        SortedSet<ClusterName> clusters = new TreeSet<>();
        all.forEach(by -> clusters.add(by.cluster()));
        return clusters;
    }

    /** These and those: of a cluster in both what it said here. */
    public Refusals and(Refusals others) {
        if (others.isEmpty()) {
            return this;
        }
        List<By> both = new ArrayList<>(all);
        others.all.stream().filter(by -> of(by.cluster()).isEmpty()).forEach(both::add);
        return new Refusals(both);
    }

    /** These, and a cluster that refused it since. */
    public Refusals and(ClusterName cluster, String words) {
        return and(new Refusals(List.of(new By(cluster, words))));
    }
}
