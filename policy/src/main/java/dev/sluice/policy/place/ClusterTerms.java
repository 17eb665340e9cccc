package dev.sluice.policy.place;

import dev.sluice.job.InvalidValue;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What is so of one cluster.
 *
 * @param prices what an hour there costs
 * @param near roots of those file systems whose data lies there, of all that its nodes mount; empty where each is as near as any
 * @param part how much of each of its partitions tasks of ours may hold, in percent, 1 to 100
 */
public record ClusterTerms(Prices prices, Optional<SortedSet<String>> near, int part) {
    public static final int WHOLE = 100;

    public static final ClusterTerms PLAIN = new ClusterTerms(Prices.FREE, Optional.empty(), WHOLE);

    /** @throws InvalidValue for a part that is none */
    public ClusterTerms {
        near = near.map(TreeSet::new);
        if (part < 1 || part > WHOLE) {
            throw new InvalidValue("part of a cluster", "1 to " + WHOLE + " percent", Integer.toString(part));
        }
    }

    public ClusterTerms withPrices(Prices value) {
        return new ClusterTerms(value, near, part);
    }

    public ClusterTerms withNear(SortedSet<String> value) {
        return new ClusterTerms(prices, Optional.of(value), part);
    }

    public ClusterTerms withPart(int value) {
        return new ClusterTerms(prices, near, value);
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
