package dev.sluice.slurm;

import dev.sluice.cluster.CapacityReading;
import dev.sluice.cluster.CapacityReading.Amount;
import dev.sluice.cluster.CapacityReading.Capacity;
import dev.sluice.cluster.CapacityReading.NativeUse;
import dev.sluice.cluster.CapacityReading.PartitionCapacity;
import dev.sluice.cluster.Supply.NodeCounts;
import dev.sluice.cluster.Supply.Others;
import dev.sluice.cluster.Supply.PartitionState;
import dev.sluice.cluster.Supply.Terms;
import dev.sluice.sbatch.HostList;
import dev.sluice.slurm.door.Indices;
import dev.sluice.slurm.door.Inventory;
import dev.sluice.slurm.door.Inventory.Node;
import dev.sluice.slurm.door.Inventory.Partition;
import dev.sluice.slurm.door.JobRow;
import dev.sluice.spec.Ask;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** What a cluster has, by partition: of its nodes those that can run something. */
final class Capacities {
    /** A look at the queue that is older says nothing of what runs now. */
    private static final Duration RECENT = Duration.ofMinutes(5);

    private Capacities() {}

    /** @param look at the whole queue, the last one; empty before the first */
    static CapacityReading of(Inventory inventory, Optional<Watch.Rows> look, SlurmSettings settings) {
        Instant now = settings.clock().instant();
        Optional<List<JobRow>> rows = look.map(Watch.Rows::all);
        List<JobRow> ours = rows.orElse(List.of()).stream()
                .filter(row -> isOurs(row, settings))
                .filter(Capacities::isOnNodes)
                .toList();
        Optional<List<JobRow>> natives = rows.map(
                all -> all.stream().filter(row -> !isOurs(row, settings)).toList());
        List<PartitionCapacity> partitions = inventory.partitions().stream()
                .map(partition -> of(partition, inventory.nodes(), ours, natives))
                .toList();
        Optional<String> usual = inventory.partitions().stream()
                .filter(Partition::isDefault)
                .map(Partition::name)
                .findFirst();
        boolean recent = look.map(last -> Duration.between(last.asOf(), now).compareTo(RECENT) <= 0)
                .orElse(false);
        return new Capacity(
                now,
                partitions,
                usual,
                Supplies.of(inventory, new Reserved(inventory, ours, now), settings),
                recent ? uses(natives.orElse(List.of())) : List.of());
    }

    /** What natives hold, row by row: not by partition, as nodes may be in several. Who has no account is not told. */
    private static List<NativeUse> uses(List<JobRow> natives) {
        return NativeUse.summed(natives.stream()
                .filter(Capacities::isOnNodes)
                .filter(row -> !row.place().account().isEmpty())
                .map(row -> new NativeUse(
                        row.place().account(), Tres.parse(row.place().tres())))
                .toList());
    }

    private static boolean isOurs(JobRow row, SlurmSettings settings) {
        return Tag.of(row.comment())
                .filter(tag -> tag.attempt().realm() == settings.realm())
                .isPresent();
    }

    private static boolean isOnNodes(JobRow row) {
        return !row.place().nodes().isEmpty() && row.ended().isEmpty();
    }

    private static PartitionCapacity of(
            Partition partition, List<Node> nodes, List<JobRow> ours, Optional<List<JobRow>> natives) {
        Set<String> names = new HashSet<>();
        Amount total = Amount.of(0, 0);
        Amount others = Amount.of(0, 0);
        Amount largest = Amount.of(0, 0);
        NodeCounts counts = NodeCounts.NONE;
        for (Node node : nodes) {
            if (!node.partitions().contains(partition.name())) {
                continue;
            }
            counts = counts.plus(Supplies.count(node));
            if (Supplies.isAway(node)) {
                continue;
            }
            Amount all = new Amount(node.cpus(), node.memory(), node.gpus());
            names.add(node.name());
            total = plus(total, all);
            others = plus(others, new Amount(node.allocatedCpus(), node.allocatedMemory(), node.allocatedGpus()));
            largest = all.cpus() > largest.cpus() ? all : largest;
        }
        for (JobRow row : ours) {
            List<String> on = HostList.parse(row.place().nodes()).names();
            long here = on.stream().filter(names::contains).count();
            if (here > 0) {
                others = minus(others, part(Tres.parse(row.place().tres()), here, on.size()));
            }
        }
        long minutes = partition.maxTime().orElse(Ask.UNLIMITED).toMinutes();
        Terms terms = new Terms(
                state(partition.state()),
                // slurm.conf(5), DefaultTime: "If not set then MaxTime will be used."
                partition.defaultTime().map(Duration::toMinutes).orElse(minutes),
                partition.maxNodes().map(OptionalInt::of).orElse(OptionalInt.empty()),
                counts,
                natives.map(rows -> others(partition, rows)));
        return new PartitionCapacity(partition.name(), total, others, largest, minutes, terms);
    }

    private static PartitionState state(String word) {
        return switch (word) {
            case "UP" -> PartitionState.UP;
            case "DOWN" -> PartitionState.DOWN;
            case "DRAIN" -> PartitionState.DRAIN;
            case "INACTIVE" -> PartitionState.INACTIVE;
            default -> PartitionState.UNKNOWN;
        };
    }

    /** What waits may name several partitions, and is ahead in each. */
    private static Others others(Partition partition, List<JobRow> natives) {
        long running = 0;
        long ahead = 0;
        for (JobRow row : natives) {
            if (!List.of(row.place().partition().split(",")).contains(partition.name())) {
                continue;
            }
            if (isOnNodes(row)) {
                running += tasks(row);
            } else if (States.isAhead(row)) {
                ahead += tasks(row);
            }
        }
        return new Others(running, ahead);
    }

    private static int tasks(JobRow row) {
        return switch (row.indices()) {
            case Indices.Sole sole -> 1;
            case Indices.Of of -> of.tasks().size();
            // How many they are was cut off.
            case Indices.Rest rest -> 1;
        };
    }

    /** What a job has on some of its nodes, rounded down: SLURM tells its queue's readers only of all. */
    static Amount part(Amount all, long nodes, long of) {
        SortedMap<String, Long> gpus = new TreeMap<>(all.gpus());
        gpus.replaceAll((type, count) -> count * nodes / of);
        return new Amount(all.cpus() * nodes / of, all.memory() / of * nodes, gpus);
    }

    /** Never below nothing: nodes and jobs are read one after the other. */
    static Amount minus(Amount all, Amount part) {
        SortedMap<String, Long> gpus = new TreeMap<>(all.gpus());
        part.gpus().forEach((type, count) -> gpus.computeIfPresent(type, (same, had) -> Math.max(0, had - count)));
        return new Amount(Math.max(0, all.cpus() - part.cpus()), Math.max(0, all.memory() - part.memory()), gpus);
    }

    private static Amount plus(Amount a, Amount b) {
        SortedMap<String, Long> gpus = new TreeMap<>(a.gpus());
        b.gpus().forEach((type, count) -> gpus.merge(type, count, Long::sum));
        return new Amount(a.cpus() + b.cpus(), a.memory() + b.memory(), gpus);
    }
}
