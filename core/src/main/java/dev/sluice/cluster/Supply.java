package dev.sluice.cluster;

import dev.sluice.cluster.CapacityReading.Amount;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What people are shown of a cluster beside what is planned with.
 *
 * @param ownership empty where nobody has said
 * @param fileSystems roots of those that its nodes mount, absolute, as a site has named them
 * @param modules environment modules that jobs find there
 * @param nodes groups of nodes that are alike, each node in one
 * @param reservations by start
 * @param queue what the cluster does for those that wait there
 */
public record Supply(
        Optional<Ownership> ownership,
        List<String> fileSystems,
        AvailableModules modules,
        List<NodeGroup> nodes,
        List<Reservation> reservations,
        Queue queue) {
    /** Nothing is told. */
    public static final Supply UNTOLD =
            new Supply(Optional.empty(), List.of(), AvailableModules.UNKNOWN, List.of(), List.of(), Queue.KEEPS_ROOM);

    public Supply {
        fileSystems = List.copyOf(fileSystems);
        nodes = List.copyOf(nodes);
        reservations = List.copyOf(reservations);
    }

    /** Who hands jobs in to a cluster. */
    public enum Ownership {
        /** Only Sluice. */
        OWNED,
        /** Others, too. */
        GUEST
    }

    /** What a cluster does for a job that waits in its own queue for more than is free. */
    public enum Queue {
        /** It keeps room for it, and starts others around it: SLURM's backfill scheduler (slurm.conf(5), SchedulerType). */
        KEEPS_ROOM,
        /** It starts whatever fits: Kubernetes' scheduler. */
        STARTS_WHAT_FITS
    }

    /**
     * Nodes that have the same, in the same partitions.
     *
     * @param each what one of them has
     * @param gres generic resources but GPUs, by name or name:type
     * @param partitions several where they overlap
     */
    public record NodeGroup(
            Amount each,
            SortedMap<String, Long> gres,
            SortedSet<String> features,
            SortedSet<String> partitions,
            NodeCounts counts) {
        public NodeGroup {
            gres = Collections.unmodifiableSortedMap(new TreeMap<>(gres));
            features = Collections.unmodifiableSortedSet(new TreeSet<>(features));
            partitions = Collections.unmodifiableSortedSet(new TreeSet<>(partitions));
        }
    }

    /**
     * How many nodes are how busy, by whosever jobs; each is counted once.
     *
     * @param full without a free CPU
     * @param down those that take no job now: down, drained or about to be, in maintenance, or silent
     */
    public record NodeCounts(int free, int partly, int full, int down) {
        public static final NodeCounts NONE = new NodeCounts(0, 0, 0, 0);

        public NodeCounts plus(NodeCounts other) {
            return new NodeCounts(free + other.free, partly + other.partly, full + other.full, down + other.down);
        }

        public int all() {
            return free + partly + full + down;
        }
    }

    /** Whether a partition takes jobs and starts them. */
    public enum PartitionState {
        UP,
        /** It takes jobs and starts none. */
        DOWN,
        /** It starts what it has and takes no more. */
        DRAIN,
        /** Neither. */
        INACTIVE,
        /** In a word that we do not know: nothing is sent there. */
        UNKNOWN
    }

    /**
     * What a partition says of itself besides its size.
     *
     * @param defaultMinutes the time limit of a job that asks for none
     * @param maxNodes of one job; empty for no limit
     * @param others jobs that are not ours; empty where nobody has looked yet
     */
    public record Terms(
            PartitionState state,
            long defaultMinutes,
            OptionalInt maxNodes,
            NodeCounts nodes,
            Optional<Others> others) {
        /** Those of a partition that has no other limit than its longest, and tells no more. */
        static Terms plain(long maxMinutes) {
            return new Terms(PartitionState.UP, maxMinutes, OptionalInt.empty(), NodeCounts.NONE, Optional.empty());
        }
    }

    /**
     * Jobs of others than us, each task of an array one.
     *
     * @param running those that have nodes
     * @param ahead those that wait for nodes and nothing else: what is held, waits for another job, for its begin or for others
     *     of its own array is not among them
     */
    public record Others(long running, long ahead) {}

    /**
     * Nodes that are set aside.
     *
     * @param end empty for never
     * @param nodes as a host list, {@code n[1-3,7]}
     * @param nodeCount how many those are
     * @param amounts by partition, what nobody holds of it; before it begins, what others' jobs leave of it
     */
    public record Reservation(
            String name,
            Instant start,
            Optional<Instant> end,
            String nodes,
            int nodeCount,
            Purpose purpose,
            SortedMap<String, Amount> amounts) {
        public Reservation {
            amounts = Collections.unmodifiableSortedMap(new TreeMap<>(amounts));
        }
    }

    /** Why nodes are set aside. */
    public enum Purpose {
        /** The cluster's people work on them, and no job runs. */
        MAINTENANCE,
        /** For some users' jobs. */
        JOBS
    }
}
