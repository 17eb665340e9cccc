package dev.sluice.policy.plan;

import dev.sluice.cluster.CapacityReading.PartitionCapacity;
import dev.sluice.job.AttemptId;
import dev.sluice.job.ClusterName;
import dev.sluice.job.Refusals;
import dev.sluice.job.TaskSet;
import dev.sluice.policy.load.Load;
import dev.sluice.policy.place.Placement;
import dev.sluice.spec.Ask;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** All clusters that were seen, their partitions, and what tasks of ours hold of them. */
final class Board {
    private static final Comparator<Held> BY_AGE =
            Comparator.comparing((Held held) -> held.charge.since()).thenComparing(held -> held.charge.attempt());

    private final Shape.Register shapes;
    private final Ledger ledger;
    private final Placement placement;
    private final TreeMap<ClusterName, ClusterView> clusters = new TreeMap<>();
    private final TreeMap<AttemptId, Held> charges = new TreeMap<>();
    /** Those of which tasks wait in their cluster's queue, oldest first. */
    private final TreeSet<Held> queued = new TreeSet<>(BY_AGE);

    private final Map<ClusterName, Long> tasks = new HashMap<>();
    private List<Spot> spots = List.of();
    private long[] totals;
    private long version;

    Board(Shape.Register shapes, Ledger ledger, Placement placement) {
        this.shapes = shapes;
        this.ledger = ledger;
        this.placement = placement;
        this.totals = new long[ledger.lines.count()];
    }

    /** Grows with every cluster that is seen otherwise than before. */
    long version() {
        return version;
    }

    Placement placement() {
        return placement;
    }

    /** By cluster and the order of its partitions. */
    List<Spot> spots() {
        return spots;
    }

    /** What all clusters have together, line by line. */
    long[] totals() {
        return totals;
    }

    TreeMap<ClusterName, ClusterView> clusters() {
        return clusters;
    }

    Collection<Charge> charges() {
        return charges.values().stream().map(held -> held.charge).toList();
    }

    TreeSet<Held> queued() {
        return queued;
    }

    /** How many tasks of ours a cluster has. */
    long tasks(ClusterName cluster) {
        return tasks.getOrDefault(cluster, 0L);
    }

    void see(ClusterView cluster) {
        ClusterView before = clusters.put(cluster.name(), cluster);
        if (before == null || !cluster.hasAllOf(before)) {
            rebuild(cluster);
            return;
        }
        int partition = 0;
        for (Spot spot : spots) {
            if (spot.cluster() == before) {
                spot.see(cluster, cluster.partitions().get(partition));
                partition++;
            }
        }
    }

    private void rebuild(ClusterView cluster) {
        List<Spot> seen = new ArrayList<>();
        spots.stream()
                .filter(spot -> !spot.cluster().name().equals(cluster.name()))
                .forEach(seen::add);
        cluster.partitions().forEach(partition -> seen.add(new Spot(cluster, partition, placement.of(cluster.name()))));
        // Those of one cluster stay in the order of its partitions.
        seen.sort(Comparator.comparing(spot -> spot.cluster().name()));
        for (int i = 0; i < seen.size(); i++) {
            seen.get(i).index = i;
        }
        spots = List.copyOf(seen);
        overlap(cluster);
        totals = new long[ledger.lines.count()];
        for (ClusterView view : clusters.values()) {
            long[] has = ledger.lines.of(view.name(), Load.of(view.whole()));
            for (int line = 0; line < totals.length; line++) {
                totals[line] += has[line];
            }
        }
        version++;
        for (Held held : List.copyOf(charges.values())) {
            if (held.charge.cluster().equals(cluster.name())) {
                move(held);
            }
        }
    }

    private void overlap(ClusterView cluster) {
        if (cluster.blocks().isEmpty()) {
            return;
        }
        for (Spot spot : spots) {
            if (spot.cluster() == cluster) {
                spot.overlaps(spots.stream()
                        .filter(other -> other != spot && other.cluster() == cluster)
                        .map(other -> Spot.Overlap.between(spot, other))
                        .filter(overlap -> overlap.mine() > 0)
                        .toList());
            }
        }
    }

    /** A charge whose partition was made anew: in the books it stays what it is, unless a task takes something else there now. */
    private void move(Held held) {
        Held moved = held(held.charge, held.shape);
        if (!Arrays.equals(moved.counted, held.counted)) {
            detach(held);
            attach(held.charge, held.shape);
            return;
        }
        charges.put(held.charge.attempt(), moved);
        if (queued.remove(held)) {
            queued.add(moved);
        }
        if (moved.spot != null) {
            moved.spot.hold(moved, 1);
        }
    }

    private Held held(Charge charge, Shape shape) {
        return new Held(charge, shape, spot(charge.cluster(), charge.partition()), ledger.lines);
    }

    private void attach(Charge charge, Shape shape) {
        Held held = held(charge, shape);
        charges.put(charge.attempt(), held);
        if (held.unstarted() > 0) {
            queued.add(held);
        }
        count(held, 1);
    }

    private void detach(Held held) {
        charges.remove(held.charge.attempt());
        queued.remove(held);
        count(held, -1);
    }

    private void count(Held held, int sign) {
        Charge charge = held.charge;
        long times = (long) sign * held.tasks();
        tasks.merge(charge.cluster(), times, Long::sum);
        ledger.hold(charge.project(), charge.user(), held.counted, times);
        if (held.leaving() > 0) {
            ledger.leave(charge.project(), charge.user(), held.counted, (long) sign * held.leaving());
        }
        for (Charge.Run run : charge.runs()) {
            ledger.run(
                    charge.project(),
                    charge.user(),
                    ledger.ticks.at(run.started()),
                    held.counted,
                    (long) sign * run.tasks().size());
        }
        if (held.spot != null) {
            held.spot.hold(held, sign);
        }
    }

    private @Nullable Spot spot(ClusterName cluster, Optional<String> named) {
        ClusterView view = clusters.get(cluster);
        Optional<PartitionCapacity> partition = view == null ? Optional.empty() : view.resolve(named);
        if (partition.isEmpty()) {
            return null;
        }
        for (Spot spot : spots) {
            if (spot.cluster() == view
                    && spot.capacity().name().equals(partition.get().name())) {
                return spot;
            }
        }
        return null;
    }

    /** Tasks of an attempt hold capacity; those it has already count once. */
    void charge(Charge charge) {
        Held before = charges.get(charge.attempt());
        if (before == null) {
            attach(charge, shapes.hold(charge.ask()));
        } else {
            change(before, before.charge.withTasks(before.charge.tasks().union(charge.tasks())));
        }
    }

    private void change(Held held, Charge charge) {
        if (charge.equals(held.charge)) {
            return;
        }
        detach(held);
        attach(charge, held.shape);
    }

    void started(AttemptId attempt, TaskSet fresh, Instant at) {
        Held held = charges.get(attempt);
        if (held != null) {
            change(held, held.charge.started(fresh, at.truncatedTo(ChronoUnit.SECONDS)));
        }
    }

    void waits(AttemptId attempt, TaskSet of) {
        Held held = charges.get(attempt);
        if (held != null) {
            change(held, held.charge.waiting(of));
        }
    }

    void stays(AttemptId attempt, TaskSet of) {
        Held held = charges.get(attempt);
        if (held != null) {
            change(held, held.charge.staying(of));
        }
    }

    void leaving(AttemptId attempt, TaskSet of) {
        Held held = charges.get(attempt);
        if (held != null) {
            change(held, held.charge.leaving(of));
        }
    }

    void release(AttemptId attempt, TaskSet gone) {
        Held held = charges.get(attempt);
        if (held == null) {
            return;
        }
        TaskSet rest = held.charge.tasks().minus(gone);
        detach(held);
        if (rest.isEmpty()) {
            shapes.letGo(held.shape);
        } else {
            attach(held.charge.withTasks(rest), held.shape);
        }
    }

    /** Where one task of an ask would have room if nothing else ran there. */
    List<Fit.Place> places(Ask ask, Refusals refusedBy) {
        Shape shape = shapes.hold(ask);
        Fit fit = shape.fit(refusedBy.clusters());
        try {
            return fit.places(this, ledger.lines);
        } finally {
            shape.letGo(fit);
            shapes.letGo(shape);
        }
    }

    /** What one task of an ask holds there. */
    Load size(ClusterName cluster, Optional<String> partition, Ask ask) {
        Shape shape = shapes.hold(ask);
        try {
            Spot spot = spot(cluster, partition);
            return spot == null ? shape.demand.total() : spot.need(shape);
        } finally {
            shapes.letGo(shape);
        }
    }
}
