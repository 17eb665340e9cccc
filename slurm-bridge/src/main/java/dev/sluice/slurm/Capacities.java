package dev.sluice.slurm;

import dev.sluice.cluster.CapacityReading;
import dev.sluice.cluster.CapacityReading.Amount;
import dev.sluice.cluster.CapacityReading.Capacity;
import dev.sluice.cluster.CapacityReading.PartitionCapacity;
import dev.sluice.slurm.door.Inventory;
import dev.sluice.slurm.door.Inventory.Node;
import dev.sluice.slurm.door.Inventory.Partition;
import dev.sluice.slurm.door.JobRow;
import dev.sluice.spec.Ask;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** What a cluster has, by partition: of its nodes those that can run something. */
final class Capacities {
    private static final Set<String> AWAY = Set.of(
            "DOWN", "ERROR", "FUTURE", "UNKNOWN", "DRAIN", "FAIL", "NOT_RESPONDING", "POWERED_DOWN", "MAINTENANCE");

    private Capacities() {}

    static CapacityReading of(Inventory inventory, List<JobRow> rows, SlurmSettings settings) {
        List<PartitionCapacity> partitions = new ArrayList<>();
        for (Partition partition : inventory.partitions()) {
            if (partition.state().equals("UP")) {
                partitions.add(of(partition, inventory.nodes()));
            }
        }
        return new Capacity(settings.clock().instant(), partitions);
    }

    private static PartitionCapacity of(Partition partition, List<Node> nodes) {
        Amount total = Amount.of(0, 0);
        Amount others = Amount.of(0, 0);
        Amount largest = Amount.of(0, 0);
        for (Node node : nodes) {
            if (!node.partitions().contains(partition.name())
                    || node.states().stream().anyMatch(AWAY::contains)) {
                continue;
            }
            Amount all = new Amount(node.cpus(), node.memory(), node.gpus());
            total = plus(total, all);
            others = plus(others, new Amount(node.allocatedCpus(), node.allocatedMemory(), node.allocatedGpus()));
            largest = all.cpus() > largest.cpus() ? all : largest;
        }
        long minutes = partition.maxTime().orElse(Ask.UNLIMITED).toMinutes();
        return new PartitionCapacity(partition.name(), total, others, largest, minutes);
    }

    private static Amount plus(Amount a, Amount b) {
        SortedMap<String, Long> gpus = new TreeMap<>(a.gpus());
        b.gpus().forEach((type, count) -> gpus.merge(type, count, Long::sum));
        return new Amount(a.cpus() + b.cpus(), a.memory() + b.memory(), gpus);
    }
}
