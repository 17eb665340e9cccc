package dev.sluice.policy.place;

import dev.sluice.job.ClusterName;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Where jobs go rather than elsewhere.
 *
 * @param clusters those of which something is so
 */
public record Placement(Weights weights, SortedMap<ClusterName, ClusterTerms> clusters) {
    public static final Placement DEFAULT = new Placement(Weights.DEFAULT, Collections.emptySortedMap());

    public Placement {
        clusters = Collections.unmodifiableSortedMap(new TreeMap<>(clusters));
    }

    public ClusterTerms of(ClusterName cluster) {
        return clusters.getOrDefault(cluster, ClusterTerms.PLAIN);
    }

    public Placement withWeights(Weights value) {
        return new Placement(value, clusters);
    }

    public Placement with(ClusterName cluster, ClusterTerms terms) {
        TreeMap<ClusterName, ClusterTerms> all = new TreeMap<>(clusters);
        all.put(cluster, terms);
        return new Placement(weights, all);
    }
}
