package dev.sluice.policy.plan;

import dev.sluice.job.ClusterName;
import dev.sluice.policy.load.Load;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;

/**
 * A shape with the clusters that refused it: all that decides where a job could run, so that jobs of one fit are blocked
 * together.
 */
final class Fit {
    /** A turn of an array gives away 1/{@value} of a partition at the most, and one task at least. */
    private static final int GRAINS = 128;

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
     * @param limit how long a task runs there at the most
     * @param grain how many tasks of an array one turn gives there at the most
     * @param data which part of its file systems is near, 0 to 1
     * @param price of an hour of one task
     * @param reservation that its job names: where the cluster has it, it is all that there is for the job
     */
    record Place(
            Spot spot,
            Load need,
            long[] counted,
            boolean preferred,
            Duration limit,
            long grain,
            double data,
            double price,
            Optional<String> reservation) {
        static Place of(Shape shape, Spot spot, Lines lines) {
            Load need = spot.need(shape);
            return new Place(
                    spot,
                    need,
                    lines.of(spot.cluster().name(), need),
                    shape.ask.routing().preferred().contains(spot.cluster().name()),
                    spot.limit(shape.ask),
                    Math.max(1, spot.total().holds(need) / GRAINS),
                    spot.terms().nearness(shape.ask.needs().fileSystems()),
                    spot.terms().prices().hour(need),
                    shape.ask.routing().reservation());
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
