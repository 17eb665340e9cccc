package dev.sluice.policy.place;

import dev.sluice.job.InvalidValue;
import dev.sluice.job.ProjectPath;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What is so of one cluster.
 *
 * @param prices what an hour there costs
 * @param near roots of those file systems whose data lies there, of all that its nodes mount; empty where each is as near as any
 * @param part how much of each of its partitions tasks of ours may hold, in percent, 1 to 100
 * @param natives which project is charged for what an account of the cluster's own runs there beside us; others' use is nobody's
 */
public record ClusterTerms(
        Prices prices, Optional<SortedSet<String>> near, int part, SortedMap<String, ProjectPath> natives) {
    public static final int WHOLE = 100;

    public static final ClusterTerms PLAIN =
            new ClusterTerms(Prices.FREE, Optional.empty(), WHOLE, Collections.emptySortedMap());

    /** @throws InvalidValue for a part that is none */
    public ClusterTerms {
        near = near.map(TreeSet::new);
        natives = Collections.unmodifiableSortedMap(new TreeMap<>(natives));
        if (part < 1 || part > WHOLE) {
            throw new InvalidValue("part of a cluster", "1 to " + WHOLE + " percent", Integer.toString(part));
        }
    }

    public ClusterTerms withPrices(Prices value) {
        return new ClusterTerms(value, near, part, natives);
    }

    public ClusterTerms withNear(SortedSet<String> value) {
        return new ClusterTerms(prices, Optional.of(value), part, natives);
    }

    public ClusterTerms withPart(int value) {
        return new ClusterTerms(prices, near, value, natives);
    }

    public ClusterTerms withNatives(SortedMap<String, ProjectPath> value) {
        return new ClusterTerms(prices, near, part, value);
    }

    /** Which part of these file systems is near, 0 to 1; of none all. */
    public double nearness(SortedSet<String> fileSystems) {
        if (near.isEmpty() || fileSystems.isEmpty()) {
            return 1;
        }
        long count = fileSystems.stream().filter(near.get()::contains).count();
        return (double) count / fileSystems.size();
    }
}
