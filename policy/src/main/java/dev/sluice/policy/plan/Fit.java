package dev.sluice.policy.plan;

import dev.sluice.job.ClusterName;
import dev.sluice.policy.load.Load;
import java.util.List;
import java.util.SortedSet;

/**
 * A shape with the clusters that refused it: all that decides where a job could run, so that jobs of one fit are blocked
 * together.
 */
final class Fit {
    final Shape shape;
    final SortedSet<ClusterName> refusedBy;
    /** Its number among the fits in use: the lowest that was free. */
    final int index;

    int holders;

    /** Of which version of the board {@link #places} was taken; a memo, and no part of what a planner knows. */
    private long version = -1;

    private List<Place> places = List.of();

    Fit(Shape shape, SortedSet<ClusterName> refusedBy, int index) {
        this.index = index;
        this.shape = shape;
        this.refusedBy = refusedBy;
    }

    /**
     * A partition that would take it when empty.
     *
     * @param counted what one task counts there, line by line
     */
    record Place(Spot spot, Load need, long[] counted, boolean preferred) {
        static Place of(Shape shape, Spot spot, Lines lines) {
            Load need = spot.need(shape);
            ClusterName cluster = spot.cluster().name();
            boolean preferred = shape.ask.routing().preferred().contains(cluster);
            return new Place(spot, need, lines.of(cluster, need), preferred);
        }
    }

    /** By cluster and the order of its partitions. */
    List<Place> places(Board board, Lines lines) {
        if (version != board.version()) {
            places = board.spots().stream()
                    .filter(spot -> !refusedBy.contains(spot.cluster().name()))
                    .filter(spot -> Filters.ofCluster(shape.ask, spot.cluster()).isEmpty())
                    .filter(spot -> Filters.wanted(
                            shape.ask.routing(), spot.cluster(), spot.capacity().name()))
                    .filter(spot -> Filters.ofPartition(shape, spot).isEmpty())
                    .map(spot -> Place.of(shape, spot, lines))
                    .toList();
            version = board.version();
        }
        return places;
    }
}
