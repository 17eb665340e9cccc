package dev.sluice.slurm;

import dev.sluice.cluster.CapacityReading;
import dev.sluice.cluster.CapacityReading.Amount;
import dev.sluice.cluster.CapacityReading.Capacity;
import dev.sluice.cluster.CapacityReading.PartitionCapacity;
import dev.sluice.sbatch.HostList;
import dev.sluice.slurm.door.Inventory;
import dev.sluice.slurm.door.Inventory.Node;
import dev.sluice.slurm.door.Inventory.Partition;
import dev.sluice.slurm.door.JobRow;
import dev.sluice.spec.Ask;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** What a cluster has, by partition: of its nodes those that can run something. */
final class Capacities {
    private static final Set<String> AWAY = Set.of(
            "DOWN", "ERROR", "FUTURE", "UNKNOWN", "DRAIN", "FAIL", "NOT_RESPONDING", "POWERED_DOWN", "MAINTENANCE");

    private Capacities() {}

    static CapacityReading of(Inventory inventory, List<JobRow> rows, SlurmSettings settings) {
        List<JobRow> ours = rows.stream()
                .filter(row -> Tag.of(row.comment())
                        .filter(tag -> tag.attempt().realm() == settings.realm())
                        .isPresent())
                .filter(row -> !row.place().nodes().isEmpty() && row.ended().isEmpty())
                .toList();
        List<PartitionCapacity> partitions = new ArrayList<>();
        for (Partition partition : inventory.partitions()) {
            if (partition.state().equals("UP")) {
                partitions.add(of(partition, inventory.nodes(), ours));
            }
        }
        Optional<String> usual = inventory.partitions().stream()
                .filter(Partition::isDefault)
                .map(Partition::name)
                .findFirst();
        return new Capacity(settings.clock().instant(), partitions, usual);
    }

    private static PartitionCapacity of(Partition partition, List<Node> nodes, List<JobRow> ours) {
        Set<String> names = new HashSet<>();
        Amount total = Amount.of(0, 0);
        Amount others = Amount.of(0, 0);
        Amount largest = Amount.of(0, 0);
        for (Node node : nodes) {
            if (!node.partitions().contains(partition.name())
                    || node.states().stream().anyMatch(AWAY::contains)) {
                continue;
            }
            Amount all = new Amount(node.cpus(), node.memory(), node.gpus());
            names.add(node.name());
            total = plus(total, all);
            others = plus(others, new Amount(node.allocatedCpus(), node.allocatedMemory(), node.allocatedGpus()));
            largest = all.cpus() > largest.cpus() ? all : largest;
        }
        for (JobRow row : ours) {
            if (HostList.parse(row.place().nodes()).names().stream().anyMatch(names::contains)) {
                others = minus(others, Tres.parse(row.place().tres()));
            }
        }
        long minutes = partition.maxTime().orElse(Ask.UNLIMITED).toMinutes();
        return new PartitionCapacity(partition.name(), total, others, largest, minutes);
    }

    /** Never below nothing: nodes and jobs are read one after the other. */
    private static Amount minus(Amount all, Amount part) {
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
