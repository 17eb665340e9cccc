package dev.sluice.policy.plan;

import dev.sluice.cluster.CapacityReading.PartitionCapacity;
import dev.sluice.job.AttemptId;
import dev.sluice.job.ClusterName;
import dev.sluice.job.JobId;
import dev.sluice.job.TaskSet;
import dev.sluice.policy.load.Load;
import dev.sluice.spec.Ask;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** All clusters that were seen, their partitions, and what tasks of ours hold of them. */
final class Board {
    private record Held(Charge charge, Shape shape) {}

    private final Shape.Register shapes;
    private final TreeMap<ClusterName, ClusterView> clusters = new TreeMap<>();
    private final TreeMap<AttemptId, Held> charges = new TreeMap<>();
    private final Map<ClusterName, Long> tasks = new HashMap<>();
    private List<Spot> spots = List.of();
    private long version;

    Board(Shape.Register shapes) {
        this.shapes = shapes;
    }

    /** Grows with every cluster that is seen anew. */
    long version() {
        return version;
    }

    /** By cluster and the order of its partitions. */
    List<Spot> spots() {
        return spots;
    }

    TreeMap<ClusterName, ClusterView> clusters() {
        return clusters;
    }

    Collection<Charge> charges() {
        return charges.values().stream().map(Held::charge).toList();
    }

    /** How many tasks of ours a cluster has. */
    long tasks(ClusterName cluster) {
        return tasks.getOrDefault(cluster, 0L);
    }

    void see(ClusterView cluster) {
        clusters.put(cluster.name(), cluster);
        List<Spot> all = new ArrayList<>();
        for (ClusterView view : clusters.values()) {
            for (PartitionCapacity partition : view.partitions()) {
                Spot spot = new Spot(view, partition);
                spot.index = all.size();
                all.add(spot);
            }
        }
        spots = List.copyOf(all);
        charges.values().forEach(held -> hold(held, held.charge().tasks().size()));
        version++;
    }

    private void hold(Held held, long count) {
        spot(held.charge()).ifPresent(spot -> spot.hold(held.shape(), count));
    }

    private Optional<Spot> spot(Charge charge) {
        return spot(charge.cluster(), charge.partition());
    }

    private Optional<Spot> spot(ClusterName cluster, Optional<String> named) {
        ClusterView view = clusters.get(cluster);
        if (view == null) {
            return Optional.empty();
        }
        return view.resolve(named)
                .flatMap(partition -> spots.stream()
                        .filter(spot ->
                                spot.cluster() == view && spot.capacity().name().equals(partition.name()))
                        .findFirst());
    }

    /** Tasks of an attempt hold capacity; those it has already count once. */
    void charge(Charge charge) {
        Held before = charges.get(charge.attempt());
        TaskSet fresh = before == null
                ? charge.tasks()
                : charge.tasks().minus(before.charge().tasks());
        Held held = before == null
                ? new Held(charge, shapes.hold(charge.ask()))
                : new Held(before.charge().withTasks(before.charge().tasks().union(fresh)), before.shape());
        charges.put(charge.attempt(), held);
        hold(held, fresh.size());
        tasks.merge(charge.cluster(), (long) fresh.size(), Long::sum);
    }

    void started(AttemptId attempt, TaskSet fresh, Instant at) {
        charges.computeIfPresent(attempt, (id, held) -> new Held(held.charge().started(fresh, at), held.shape()));
    }

    void reclaimed(AttemptId attempt, TaskSet of, JobId by) {
        charges.computeIfPresent(attempt, (id, held) -> new Held(held.charge().claimed(of, by), held.shape()));
    }

    /** What one task of an ask holds there. */
    Load size(ClusterName cluster, Optional<String> partition, Ask ask) {
        Shape shape = shapes.hold(ask);
        try {
            return spot(cluster, partition).map(spot -> spot.need(shape)).orElse(shape.demand.total());
        } finally {
            shapes.letGo(shape);
        }
    }

    void release(AttemptId attempt, TaskSet gone) {
        Held held = charges.get(attempt);
        if (held == null) {
            return;
        }
        TaskSet freed = held.charge().tasks().intersect(gone);
        hold(held, -freed.size());
        tasks.merge(held.charge().cluster(), (long) -freed.size(), Long::sum);
        TaskSet rest = held.charge().tasks().minus(gone);
        if (rest.isEmpty()) {
            charges.remove(attempt);
            shapes.letGo(held.shape());
        } else {
            charges.put(attempt, new Held(held.charge().withTasks(rest), held.shape()));
        }
    }
}
