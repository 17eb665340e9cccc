package dev.sluice.policy.plan;

import dev.sluice.cluster.AvailableModules;
import dev.sluice.cluster.CapacityReading.Amount;
import dev.sluice.cluster.CapacityReading.PartitionCapacity;
import dev.sluice.cluster.Supply.Ownership;
import dev.sluice.cluster.Supply.Queue;
import dev.sluice.cluster.Supply.Reservation;
import dev.sluice.cluster.Supply.Terms;
import dev.sluice.job.ClusterName;
import dev.sluice.job.InvalidValue;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What planning knows of a cluster.
 *
 * @param partitions empty until its capacity was read; a cluster without partitions has one of its own name
 * @param defaultPartition where a job goes that names no partition; empty where any will do
 * @param mostTasks how many tasks of ours it takes at once, waiting ones included; {@link #UNLIMITED} for no limit
 * @param ownership whether what is free there is ours to keep free: guarantees, reservations and reclaim hold on owned ones only
 * @param modules environment modules that jobs find there
 * @param whole what its healthy nodes have, each counted once in however many partitions it is
 * @param fileSystems roots of those that its nodes mount; empty where nobody has said
 * @param maintenance when the whole cluster is next taken out of service; empty for not as far as is known
 * @param queue what the cluster does for those that wait there
 * @param blocks its nodes by the partitions that they are in; none where nobody has said: then no two have nodes in common
 * @param reservations nodes that only some may use for a time, or nobody, other than all of them for {@code maintenance}
 */
public record ClusterView(
        ClusterName name,
        Health health,
        List<PartitionCapacity> partitions,
        Optional<String> defaultPartition,
        int mostTasks,
        Ownership ownership,
        List<String> fileSystems,
        AvailableModules modules,
        Amount whole,
        Optional<Instant> maintenance,
        Queue queue,
        List<Block> blocks,
        List<Reservation> reservations) {
    /**
     * Nodes that are in the same partitions.
     *
     * @param amount what they have together
     */
    public record Block(SortedSet<String> partitions, Amount amount) {
        public Block {
            partitions = Collections.unmodifiableSortedSet(new TreeSet<>(partitions));
        }
    }

    public static final int UNLIMITED = Integer.MAX_VALUE;

    public ClusterView {
        partitions = List.copyOf(partitions);
        fileSystems = List.copyOf(fileSystems);
        blocks = List.copyOf(blocks);
        reservations = List.copyOf(reservations);
        Set<String> names = new HashSet<>();
        for (PartitionCapacity partition : partitions) {
            if (!names.add(partition.name())) {
                throw new InvalidValue("partitions of " + name, "each name once", partition.name());
            }
        }
        if (mostTasks < 0) {
            throw new InvalidValue("most tasks of " + name, "0 or more", Integer.toString(mostTasks));
        }
    }

    /** An owned cluster without a limit and without a default partition. */
    public ClusterView(ClusterName name, Health health, List<PartitionCapacity> partitions) {
        this(
                name,
                health,
                partitions,
                Optional.empty(),
                UNLIMITED,
                Ownership.OWNED,
                List.of(),
                AvailableModules.UNKNOWN,
                sum(partitions),
                Optional.empty(),
                Queue.KEEPS_ROOM,
                List.of(),
                List.of());
    }

    private static Amount sum(List<PartitionCapacity> partitions) {
        Amount sum = Amount.of(0, 0);
        for (PartitionCapacity partition : partitions) {
            sum = sum.plus(partition.total(), 1);
        }
        return sum;
    }

    /** One that is like another but for what is set in it. */
    private static final class Draft {
        private final ClusterView like;
        private List<PartitionCapacity> partitions;
        private Optional<String> defaultPartition;
        private int mostTasks;
        private Ownership ownership;
        private List<String> fileSystems;
        private AvailableModules modules;
        private Optional<Instant> maintenance;
        private Queue queue;
        private List<Block> blocks;
        private List<Reservation> reservations;

        Draft(ClusterView like) {
            this.like = like;
            this.partitions = like.partitions;
            this.defaultPartition = like.defaultPartition;
            this.mostTasks = like.mostTasks;
            this.ownership = like.ownership;
            this.fileSystems = like.fileSystems;
            this.modules = like.modules;
            this.maintenance = like.maintenance;
            this.queue = like.queue;
            this.blocks = like.blocks;
            this.reservations = like.reservations;
        }

        ClusterView view() {
            return new ClusterView(
                    like.name,
                    like.health,
                    partitions,
                    defaultPartition,
                    mostTasks,
                    ownership,
                    fileSystems,
                    modules,
                    like.whole,
                    maintenance,
                    queue,
                    blocks,
                    reservations);
        }
    }

    public ClusterView withOwnership(Ownership value) {
        Draft draft = new Draft(this);
        draft.ownership = value;
        return draft.view();
    }

    public ClusterView withFileSystems(List<String> value) {
        Draft draft = new Draft(this);
        draft.fileSystems = value;
        return draft.view();
    }

    public ClusterView withModules(AvailableModules value) {
        Draft draft = new Draft(this);
        draft.modules = value;
        return draft.view();
    }

    public ClusterView withMaintenance(Instant value) {
        Draft draft = new Draft(this);
        draft.maintenance = Optional.of(value);
        return draft.view();
    }

    public ClusterView withQueue(Queue value) {
        Draft draft = new Draft(this);
        draft.queue = value;
        return draft.view();
    }

    public ClusterView withBlocks(List<Block> value) {
        Draft draft = new Draft(this);
        draft.blocks = value;
        return draft.view();
    }

    public ClusterView withReservations(List<Reservation> value) {
        Draft draft = new Draft(this);
        draft.reservations = value;
        return draft.view();
    }

    /** Which part of the CPUs of one partition is on nodes of another, 0 to 1. */
    double overlap(String of, String with) {
        long all = 0;
        long common = 0;
        for (Block block : blocks) {
            if (block.partitions().contains(of)) {
                all += block.amount().cpus();
                common += block.partitions().contains(with) ? block.amount().cpus() : 0;
            }
        }
        return all == 0 ? 0 : (double) common / all;
    }

    public ClusterView withDefaultPartition(String value) {
        Draft draft = new Draft(this);
        draft.defaultPartition = Optional.of(value);
        return draft.view();
    }

    public ClusterView withMostTasks(int value) {
        Draft draft = new Draft(this);
        draft.mostTasks = value;
        return draft.view();
    }

    /** Whether all is as it was, but for what others than Sluice run there, how busy nodes are, and when some are set aside. */
    boolean hasAllOf(ClusterView before) {
        if (partitions.size() != before.partitions.size()) {
            return false;
        }
        Draft same = new Draft(this);
        same.reservations = before.reservations;
        same.partitions = new ArrayList<>();
        for (int i = 0; i < partitions.size(); i++) {
            same.partitions.add(withBusinessOf(partitions.get(i), before.partitions.get(i)));
        }
        return same.view().equals(before);
    }

    private static PartitionCapacity withBusinessOf(PartitionCapacity now, PartitionCapacity before) {
        Terms terms = now.terms();
        return new PartitionCapacity(
                now.name(),
                now.total(),
                before.others(),
                now.largest(),
                now.maxMinutes(),
                new Terms(
                        terms.state(),
                        terms.defaultMinutes(),
                        terms.maxNodes(),
                        before.terms().nodes(),
                        before.terms().others()));
    }

    /** How moves and charges name this partition: by nothing where it only stands for the cluster. */
    Optional<String> named(PartitionCapacity partition) {
        boolean standsForCluster = partitions.size() == 1 && partition.name().equals(name.value());
        return standsForCluster ? Optional.empty() : Optional.of(partition.name());
    }

    /** The partition that a charge is for: by its name, else the default, else the only one; empty when it is unknown. */
    Optional<PartitionCapacity> resolve(Optional<String> named) {
        Optional<String> wanted = named.or(() -> defaultPartition);
        if (wanted.isEmpty() && partitions.size() == 1) {
            return Optional.of(partitions.getFirst());
        }
        return partitions.stream()
                .filter(p -> p.name().equals(wanted.orElse(name.value())))
                .findFirst();
    }
}
