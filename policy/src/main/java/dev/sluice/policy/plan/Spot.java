package dev.sluice.policy.plan;

import dev.sluice.cluster.CapacityReading.PartitionCapacity;
import dev.sluice.policy.load.Load;
import java.util.Optional;

/** A partition of a cluster that was seen, with what our tasks hold of it. */
final class Spot {
    private final ClusterView cluster;
    private final Load total;
    private final Load largest;
    private PartitionCapacity capacity;
    private Load others;
    private Load ours = Load.NONE;
    /** Its place in the board's list of all spots. */
    int index;

    Spot(ClusterView cluster, PartitionCapacity capacity) {
        this.cluster = cluster;
        this.capacity = capacity;
        this.total = Load.of(capacity.total());
        this.largest = Load.of(capacity.largest());
        this.others = Load.of(capacity.others());
    }

    ClusterView cluster() {
        return cluster;
    }

    PartitionCapacity capacity() {
        return capacity;
    }

    Load total() {
        return total;
    }

    Load largest() {
        return largest;
    }

    /** How a move names it. */
    Optional<String> name() {
        return cluster.named(capacity);
    }

    /** What one task takes here. */
    Load need(Shape shape) {
        return shape.demand.on(total, largest);
    }

    void hold(Shape shape, long tasks) {
        ours = ours.plus(need(shape), tasks);
    }

    /** What may still be given away: what nobody holds, and the window. */
    Load free(PolicySettings settings) {
        Load unheld = total.plus(others, -1).plus(ours, -1);
        return settings.windowPercent() == 0 ? unheld : unheld.plus(total.percent(settings.windowPercent()), 1);
    }
}
