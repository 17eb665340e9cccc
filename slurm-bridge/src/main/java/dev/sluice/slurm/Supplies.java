package dev.sluice.slurm;

import dev.sluice.cluster.CapacityReading.Amount;
import dev.sluice.cluster.Supply;
import dev.sluice.cluster.Supply.NodeCounts;
import dev.sluice.cluster.Supply.NodeGroup;
import dev.sluice.cluster.Supply.Purpose;
import dev.sluice.slurm.door.Inventory;
import dev.sluice.slurm.door.Inventory.Node;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;

/** What people are shown of a cluster: its nodes by what they have, and what is set aside. */
final class Supplies {
    /** States and flags (scontrol(1), "show node") of a node that takes no job now. */
    private static final Set<String> AWAY = Set.of(
            "DOWN", "ERROR", "FUTURE", "UNKNOWN", "DRAIN", "FAIL", "NOT_RESPONDING", "POWERED_DOWN", "MAINTENANCE");

    private static final String MAINTENANCE = "MAINT";

    private Supplies() {}

    static Supply of(Inventory inventory, Reserved reserved, SlurmSettings settings) {
        return new Supply(
                Optional.of(settings.ownership()),
                settings.fileSystems(),
                settings.modules(),
                groups(inventory.nodes()),
                inventory.reservations().stream()
                        .map(reservation -> reservation(reservation, reserved.amounts(reservation)))
                        .sorted(Comparator.comparing(Supply.Reservation::start))
                        .toList(),
                Supply.Queue.KEEPS_ROOM);
    }

    static boolean isAway(Node node) {
        return node.states().stream().anyMatch(AWAY::contains);
    }

    /** That one node, by how busy it is. */
    static NodeCounts count(Node node) {
        if (isAway(node)) {
            return new NodeCounts(0, 0, 0, 1);
        }
        boolean used = node.allocatedCpus() > 0 || node.allocatedMemory() > 0;
        if (!used) {
            return new NodeCounts(1, 0, 0, 0);
        }
        return node.allocatedCpus() < node.cpus() ? new NodeCounts(0, 1, 0, 0) : new NodeCounts(0, 0, 1, 0);
    }

    /** What makes nodes alike. */
    private record Kind(
            Amount each, SortedMap<String, Long> gres, SortedSet<String> features, SortedSet<String> partitions) {}

    /** In the order of their first nodes. */
    private static List<NodeGroup> groups(List<Node> nodes) {
        Map<Kind, NodeCounts> counts = new LinkedHashMap<>();
        for (Node node : nodes) {
            Kind kind = new Kind(
                    new Amount(node.cpus(), node.memory(), node.gpus()),
                    node.otherGres(),
                    node.features(),
                    node.partitions());
            counts.merge(kind, count(node), NodeCounts::plus);
        }
        List<NodeGroup> groups = new ArrayList<>();
        counts.forEach((kind, count) ->
                groups.add(new NodeGroup(kind.each(), kind.gres(), kind.features(), kind.partitions(), count)));
        return groups;
    }

    private static Supply.Reservation reservation(
            Inventory.Reservation reservation, SortedMap<String, Amount> amounts) {
        return new Supply.Reservation(
                reservation.name(),
                reservation.start(),
                Optional.of(reservation.end()).filter(end -> !end.equals(Instant.MAX)),
                reservation.nodeList(),
                reservation.nodes().size(),
                reservation.flags().contains(MAINTENANCE) ? Purpose.MAINTENANCE : Purpose.JOBS,
                amounts);
    }
}
