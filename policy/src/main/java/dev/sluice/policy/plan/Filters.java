package dev.sluice.policy.plan;

import dev.sluice.policy.load.Load;
import dev.sluice.spec.Ask;
import dev.sluice.spec.Routing;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What rules a place out for an ask whatever else runs there: pure functions, each refusal a reason. */
final class Filters {
    private Filters() {}

    /** What rules out the whole cluster, but for its own word. */
    static List<Reason> ofCluster(Ask ask, ClusterView cluster) {
        List<Reason> reasons = new ArrayList<>();
        switch (cluster.health()) {
            case UP -> {}
            case DOWN -> reasons.add(new Reason.Down());
            case DRAINED -> reasons.add(new Reason.Drained());
        }
        Routing routing = ask.routing();
        if (routing.refused().contains(cluster.name())) {
            reasons.add(new Reason.RefusedByJob());
        } else if (!routing.permits(cluster.name())) {
            reasons.add(new Reason.NotAllowed());
        }
        // What nobody has said of a cluster rules nothing out.
        if (!cluster.fileSystems().isEmpty()) {
            List<String> missing = ask.needs().fileSystems().stream()
                    .filter(root -> !cluster.fileSystems().contains(root))
                    .toList();
            if (!missing.isEmpty()) {
                reasons.add(new Reason.FileSystems(missing, cluster.fileSystems()));
            }
        }
        Reason.Modules.of(ask.needs(), cluster.modules()).ifPresent(reasons::add);
        if (cluster.partitions().isEmpty()) {
            reasons.add(new Reason.CapacityUnknown());
        } else if (cluster.partitions().stream().noneMatch(p -> wanted(routing, cluster, p.name()))) {
            reasons.add(new Reason.UnknownPartition(
                    asked(routing, cluster),
                    cluster.partitions().stream().map(p -> p.name()).toList()));
        }
        return reasons;
    }

    /** Whether the ask is for this partition: by name, else as the cluster's default, else any will do. */
    static boolean wanted(Routing routing, ClusterView cluster, String partition) {
        List<String> asked = asked(routing, cluster);
        return asked.isEmpty() || asked.contains(partition);
    }

    private static List<String> asked(Routing routing, ClusterView cluster) {
        Optional<String> ownDefault = cluster.defaultPartition();
        return routing.partitions().isEmpty() ? ownDefault.map(List::of).orElse(List.of()) : routing.partitions();
    }

    /** What rules out one partition even when it is empty. */
    static List<Reason> ofPartition(Shape shape, Spot spot) {
        List<Reason> reasons = new ArrayList<>();
        // What a partition gives by default is no longer than what it allows.
        shape.ask.limit().ifPresent(limit -> {
            long minutes = Math.ceilDiv(limit.toSeconds(), 60);
            if (minutes > spot.capacity().maxMinutes()) {
                reasons.add(new Reason.TimeLimit(minutes, spot.capacity().maxMinutes()));
            }
        });
        Load need = spot.need(shape);
        for (String type : need.types().keySet()) {
            if (spot.total().gpusOf(type) == 0) {
                reasons.add(new Reason.GpuType(
                        type, List.copyOf(spot.total().types().keySet())));
            }
        }
        if (!reasons.isEmpty()) {
            return reasons;
        }
        for (Load.Lack lack : spot.usable().lacks(need)) {
            long total = spot.total().of(lack.dimension());
            reasons.add(
                    lack.need() > total
                            ? new Reason.TooLarge(lack.dimension(), lack.need(), total)
                            : new Reason.OverPart(lack.dimension(), lack.need(), lack.has()));
        }
        for (Load.Lack lack : spot.largest().lacks(shape.demand.node())) {
            reasons.add(new Reason.LargestNode(lack.dimension(), lack.need(), lack.has()));
        }
        return reasons;
    }
}
