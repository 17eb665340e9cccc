package dev.sluice.slurm;

import dev.sluice.cluster.CapacityReading.Amount;
import dev.sluice.sbatch.HostList;
import dev.sluice.slurm.door.Inventory;
import dev.sluice.slurm.door.Inventory.Node;
import dev.sluice.slurm.door.Inventory.Reservation;
import dev.sluice.slurm.door.JobRow;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How much of each partition a reservation sets aside, of nodes that can run something.
 *
 * <p>Of one that has begun, what nobody holds: the rest is seen in what its jobs hold. Of one to come, what others leave: theirs end
 * before it or may stay, and ours will have ended, as SLURM starts nothing that would not.
 */
final class Reserved {
    private final Inventory inventory;
    /** What our jobs hold of each node. */
    private final Map<String, Amount> ours = new HashMap<>();

    private final Instant now;

    /** @param ours jobs of ours that are on nodes */
    Reserved(Inventory inventory, List<JobRow> ours, Instant now) {
        this.inventory = inventory;
        this.now = now;
        if (inventory.reservations().isEmpty()) {
            return;
        }
        for (JobRow row : ours) {
            List<String> on = HostList.parse(row.place().nodes()).names();
            Amount each = Capacities.part(Tres.parse(row.place().tres()), 1, on.size());
            on.forEach(node -> this.ours.merge(node, each, (sum, more) -> sum.plus(more, 1)));
        }
    }

    /** By partition. */
    SortedMap<String, Amount> amounts(Reservation reservation) {
        Set<String> names = new HashSet<>(reservation.nodes());
        List<Node> nodes = inventory.nodes().stream()
                .filter(node -> names.contains(node.name()))
                .toList();
        boolean toCome = reservation.start().isAfter(now);
        SortedMap<String, Amount> amounts = new TreeMap<>();
        for (Node node : nodes) {
            if (Supplies.isAway(node)) {
                continue;
            }
            Amount held = new Amount(node.allocatedCpus(), node.allocatedMemory(), node.allocatedGpus());
            if (toCome) {
                held = Capacities.minus(held, ours.getOrDefault(node.name(), Amount.of(0, 0)));
            }
            Amount left = Capacities.minus(new Amount(node.cpus(), node.memory(), node.gpus()), held);
            node.partitions().forEach(partition -> amounts.merge(partition, left, (sum, more) -> sum.plus(more, 1)));
        }
        long cpus = Tres.parse(reservation.tres()).cpus();
        if (cpus > 0 && cpus < nodes.stream().mapToLong(Node::cpus).sum()) {
            // Of single cores (CoreCnt): their nodes' memory and GPUs stay everybody's.
            amounts.replaceAll((partition, left) -> Amount.of(Math.min(left.cpus(), cpus), 0));
        }
        return amounts;
    }
}
