package dev.sluice.policy.trace;

import dev.sluice.cluster.CapacityReading.Amount;
import dev.sluice.cluster.CapacityReading.PartitionCapacity;
import dev.sluice.cluster.Supply;
import dev.sluice.cluster.Supply.Ownership;
import dev.sluice.job.ClusterName;
import dev.sluice.job.InvalidValue;
import dev.sluice.policy.plan.ClusterView;
import dev.sluice.policy.plan.Health;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A cluster of a simulation: alike nodes, whose CPUs, memory and GPUs are one pool, so that nothing is lost to bits of nodes that
 * no job fits into.
 *
 * @param kind how its own queue is served
 * @param each what one node has
 * @param maxTime the longest limit of a job, whole minutes
 * @param natives whose jobs others than Sluice hand in here; none on an owned cluster
 */
public record ModelCluster(
        ClusterName name,
        Kind kind,
        Ownership ownership,
        int nodes,
        Amount each,
        Duration maxTime,
        Optional<Takes> natives) {
    public static final int MOST_NODES = 1_000_000;

    /** How a cluster serves its own queue, in which jobs of ours wait only where more is handed over than fits. */
    public enum Kind {
        /** In the order of arrival, and what delays the first by nobody's limit goes before it (EASY backfill). */
        SLURM,
        /** In the order of arrival whatever fits: nothing is kept for what does not. */
        KUBERNETES
    }

    public ModelCluster {
        if (nodes < 1 || nodes > MOST_NODES) {
            throw new InvalidValue("nodes", "1 to " + MOST_NODES, Integer.toString(nodes));
        }
        if (each.cpus() < 1) {
            throw new InvalidValue("cpus", "at least 1 a node", Long.toString(each.cpus()));
        }
        if (maxTime.toMinutes() < 1) {
            throw new InvalidValue("max time", "1 minute or more", maxTime.toString());
        }
        if (ownership == Ownership.OWNED && natives.isPresent()) {
            throw new InvalidValue("native", "none on an owned cluster", "some on " + name);
        }
    }

    /** An owned one of CPUs alone, with as much memory as anybody asks for. */
    public static ModelCluster owned(String name, Kind kind, int nodes, int cpus) {
        return new ModelCluster(
                new ClusterName(name),
                kind,
                Ownership.OWNED,
                nodes,
                Amount.of(cpus, 1L << 40),
                Duration.ofDays(365),
                Optional.empty());
    }

    /** The same where others hand in jobs, too. */
    public ModelCluster guest(Takes takes) {
        return new ModelCluster(name, kind, Ownership.GUEST, nodes, each, maxTime, Optional.of(takes));
    }

    Amount total() {
        SortedMap<String, Long> gpus = new TreeMap<>();
        each.gpus().forEach((type, count) -> gpus.put(type, count * nodes));
        return new Amount(each.cpus() * nodes, each.memory() * nodes, gpus);
    }

    /**
     * As a planner sees it.
     *
     * @param others what others run there
     * @param natives how many jobs of theirs run and wait there
     */
    ClusterView view(Amount others, Supply.Others natives) {
        Supply.Terms terms = new Supply.Terms(
                Supply.PartitionState.UP,
                maxTime.toMinutes(),
                OptionalInt.empty(),
                Supply.NodeCounts.NONE,
                Optional.of(natives));
        return new ClusterView(
                        name,
                        Health.UP,
                        List.of(new PartitionCapacity(name.value(), total(), others, each, maxTime.toMinutes(), terms)))
                .withOwnership(ownership)
                .withQueue(
                        switch (kind) {
                            case SLURM -> Supply.Queue.KEEPS_ROOM;
                            case KUBERNETES -> Supply.Queue.STARTS_WHAT_FITS;
                        });
    }
}
