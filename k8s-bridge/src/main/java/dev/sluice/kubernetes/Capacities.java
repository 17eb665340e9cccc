package dev.sluice.kubernetes;

import dev.sluice.cluster.CapacityReading;
import dev.sluice.cluster.CapacityReading.Amount;
import dev.sluice.cluster.CapacityReading.Capacity;
import dev.sluice.cluster.CapacityReading.NativeUse;
import dev.sluice.cluster.CapacityReading.PartitionCapacity;
import dev.sluice.cluster.Supply;
import dev.sluice.cluster.Supply.NodeCounts;
import dev.sluice.cluster.Supply.NodeGroup;
import dev.sluice.kubernetes.manifest.Obstacles;
import dev.sluice.kubernetes.manifest.Placing;
import dev.sluice.kubernetes.manifest.Placing.Pool;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a cluster has, from its nodes and pods: a partition for each pool, or one of the cluster's own name. A pod takes what it
 * requests, as the scheduler counts it.
 */
final class Capacities {
    private static final Duration USUAL = Duration.ofHours(1);

    private final KubernetesSettings settings;
    private final List<Machine> machines;
    private final Map<String, Load> loads;
    private final SortedMap<String, Room> natives;

    /**
     * A node.
     *
     * @param free whether pods of ours may be put on it
     * @param allocatable what of it pods may have
     */
    record Machine(
            String name, SortedMap<String, String> labels, List<String> taints, boolean free, Room allocatable) {}

    /** Quantities of a pod or a node: CPUs in thousandths, memory in bytes, GPUs by type. */
    record Room(long cpuMillis, long memory, SortedMap<String, Long> gpus) {
        static final Room NONE = new Room(0, 0, new TreeMap<>());

        Room plus(Room other) {
            SortedMap<String, Long> both = new TreeMap<>(gpus);
            other.gpus.forEach((type, count) -> both.merge(type, count, Long::sum));
            return new Room(cpuMillis + other.cpuMillis, memory + other.memory, both);
        }

        /** What is there, of which a started CPU is none. */
        Amount down() {
            return new Amount(Math.floorDiv(cpuMillis, 1000), memory, gpus);
        }

        /** What is taken, of which a started CPU is one. */
        Amount up() {
            return new Amount(Math.ceilDiv(cpuMillis, 1000), memory, gpus);
        }
    }

    /** What runs on a node, ours and that of others. */
    record Load(Room ours, Room others, long otherPods) {
        static final Load NONE = new Load(Room.NONE, Room.NONE, 0);
    }

    private Capacities(
            KubernetesSettings settings,
            List<Machine> machines,
            Map<String, Load> loads,
            SortedMap<String, Room> natives) {
        this.settings = settings;
        this.machines = machines;
        this.loads = loads;
        this.natives = natives;
    }

    /** @param loads by the name of a node; natives: what others' pods hold, by namespace */
    static CapacityReading of(
            Instant asOf,
            KubernetesSettings settings,
            List<Machine> machines,
            Map<String, Load> loads,
            SortedMap<String, Room> natives) {
        return new Capacities(settings, machines, loads, natives).read(asOf);
    }

    private CapacityReading read(Instant asOf) {
        SortedMap<String, Pool> pools = settings.site().placing().pools();
        List<PartitionCapacity> partitions = new ArrayList<>();
        String whole = settings.site().cluster().value();
        if (pools.isEmpty()) {
            partitions.add(partition(
                    whole,
                    machines.stream().filter(each -> each.taints().isEmpty()).toList()));
        } else {
            pools.forEach((name, pool) -> partitions.add(partition(name, of(pool))));
        }
        Optional<String> usual = pools.isEmpty() ? Optional.of(whole) : Optional.empty();
        return new Capacity(
                asOf,
                partitions,
                usual,
                new Supply(
                        Optional.of(settings.ownership()),
                        settings.fileSystems(),
                        settings.modules(),
                        groups(pools, whole),
                        List.of(),
                        Supply.Queue.STARTS_WHAT_FITS),
                uses());
    }

    private List<NativeUse> uses() {
        return NativeUse.summed(natives.entrySet().stream()
                .map(namespace ->
                        new NativeUse(namespace.getKey(), namespace.getValue().up()))
                .toList());
    }

    private List<Machine> of(Pool pool) {
        List<String> tolerated =
                pool.tolerated().stream().map(Placing.Taint::key).toList();
        return machines.stream()
                .filter(each ->
                        each.labels().entrySet().containsAll(pool.nodeSelector().entrySet()))
                .filter(each -> tolerated.containsAll(each.taints()))
                .toList();
    }

    private PartitionCapacity partition(String name, List<Machine> its) {
        Room total = Room.NONE;
        Room others = Room.NONE;
        Amount largest = Amount.of(0, 0);
        NodeCounts counts = NodeCounts.NONE;
        long running = 0;
        for (Machine machine : its) {
            counts = counts.plus(count(machine));
            Load load = loads.getOrDefault(machine.name(), Load.NONE);
            if (machine.free()) {
                total = total.plus(machine.allocatable());
                others = others.plus(load.others());
                running += load.otherPods();
                largest = larger(largest, machine.allocatable().down());
            }
        }
        long minutes = settings.longest().toMinutes();
        long usual = settings.site().habits().usualLimit().orElse(USUAL).toMinutes();
        Supply.Terms terms = new Supply.Terms(
                Supply.PartitionState.UP,
                Math.min(Math.max(1, usual), minutes),
                OptionalInt.of(Obstacles.MOST_NODES),
                counts,
                Optional.of(new Supply.Others(running, 0)));
        Amount all = total.down();
        Amount taken = others.up();
        Amount within =
                new Amount(Math.min(all.cpus(), taken.cpus()), Math.min(all.memory(), taken.memory()), taken.gpus());
        return new PartitionCapacity(name, all, within, largest, minutes, terms);
    }

    private static Amount larger(Amount one, Amount other) {
        SortedMap<String, Long> gpus = new TreeMap<>(one.gpus());
        other.gpus().forEach((type, count) -> gpus.merge(type, count, Math::max));
        return new Amount(Math.max(one.cpus(), other.cpus()), Math.max(one.memory(), other.memory()), gpus);
    }

    private NodeCounts count(Machine machine) {
        if (!machine.free()) {
            return new NodeCounts(0, 0, 0, 1);
        }
        Load load = loads.getOrDefault(machine.name(), Load.NONE);
        long used = load.ours().cpuMillis() + load.others().cpuMillis();
        if (used == 0) {
            return new NodeCounts(1, 0, 0, 0);
        }
        return machine.allocatable().cpuMillis() - used < 1000
                ? new NodeCounts(0, 0, 1, 0)
                : new NodeCounts(0, 1, 0, 0);
    }

    private List<NodeGroup> groups(SortedMap<String, Pool> pools, String whole) {
        record Kind(Amount each, SortedSet<String> partitions) {}
        Map<Kind, NodeCounts> counts = new LinkedHashMap<>();
        for (Machine machine : machines) {
            SortedSet<String> in = new TreeSet<>();
            if (pools.isEmpty() && machine.taints().isEmpty()) {
                in.add(whole);
            }
            pools.forEach((name, pool) -> {
                if (of(pool).contains(machine)) {
                    in.add(name);
                }
            });
            if (!in.isEmpty()) {
                counts.merge(new Kind(machine.allocatable().down(), in), count(machine), NodeCounts::plus);
            }
        }
        List<NodeGroup> groups = new ArrayList<>();
        counts.forEach((kind, count) ->
                groups.add(new NodeGroup(kind.each(), new TreeMap<>(), new TreeSet<>(), kind.partitions(), count)));
        return groups;
    }
}
