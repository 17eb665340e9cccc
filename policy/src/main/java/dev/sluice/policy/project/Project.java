package dev.sluice.policy.project;

import dev.sluice.job.ClusterName;
import dev.sluice.job.InvalidValue;
import dev.sluice.job.ProjectPath;
import java.util.Collections;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * One project of the tree: what it is promised, and what it may.
 *
 * @param weight its part among its siblings, 1 to {@value #MOST_WEIGHT}
 * @param clusters where its jobs may run; empty for all. Those below it may narrow that and not widen it
 * @param mostPriority the highest priority class that its jobs may have; empty for any. Those below it may lower it
 */
public record Project(
        ProjectPath path,
        int weight,
        SortedMap<Resource, Quota> quotas,
        Caps caps,
        SortedSet<ClusterName> clusters,
        OptionalInt mostPriority) {
    public static final int MOST_WEIGHT = 1_000_000;

    public Project {
        checkWeight(weight);
        quotas = Collections.unmodifiableSortedMap(new TreeMap<>(quotas));
        clusters = Collections.unmodifiableSortedSet(new TreeSet<>(clusters));
    }

    static void checkWeight(int weight) {
        if (weight < 1 || weight > MOST_WEIGHT) {
            throw new InvalidValue("weight", "1 to " + MOST_WEIGHT, Integer.toString(weight));
        }
    }

    /** One that is promised nothing and may everything, as a project is of which nobody has said anything. */
    public static Project plain(ProjectPath path) {
        return of(path, 1);
    }

    public static Project of(ProjectPath path, int weight) {
        return new Project(path, weight, new TreeMap<>(), Caps.NONE, Collections.emptySortedSet(), OptionalInt.empty());
    }

    public Project withQuota(Resource resource, Quota quota) {
        SortedMap<Resource, Quota> all = new TreeMap<>(quotas);
        all.put(resource, quota);
        return new Project(path, weight, all, caps, clusters, mostPriority);
    }

    public Project withCaps(Caps value) {
        return new Project(path, weight, quotas, value, clusters, mostPriority);
    }

    public Project withClusters(SortedSet<ClusterName> value) {
        return new Project(path, weight, quotas, caps, value, mostPriority);
    }

    public Project withMostPriority(int value) {
        return new Project(path, weight, quotas, caps, clusters, OptionalInt.of(value));
    }

    /** Its part of a resource against its siblings. */
    public int weightOf(Resource resource) {
        Quota quota = quotas.get(resource);
        return quota == null ? weight : quota.weight().orElse(weight);
    }
}
