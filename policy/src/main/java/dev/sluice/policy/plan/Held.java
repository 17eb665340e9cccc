package dev.sluice.policy.plan;

import dev.sluice.job.TaskSet;
import dev.sluice.policy.load.Load;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A charge on the board: which partition it is on, and what one of its tasks takes there. */
final class Held {
    final Charge charge;
    final Shape shape;
    final @Nullable Spot spot;
    /** What one task takes. */
    final Load each;
    /** The same, line by line. */
    final long[] counted;
    /** Those that wait in their cluster's queue. */
    private final Optional<TaskSet> unstarted;

    Held(Charge charge, Shape shape, @Nullable Spot spot, Lines lines) {
        this.charge = charge;
        this.shape = shape;
        this.spot = spot;
        this.each = spot == null ? shape.demand.total() : spot.need(shape);
        this.counted = lines.of(charge.cluster(), each);
        this.unstarted = charge.unstarted();
    }

    /** So many tasks, and when they are over at the latest. */
    record End(int tasks, Instant at) {}

    /** When its tasks are over at the latest; those that have not started, as if they had when they were placed. */
    List<End> ends() {
        if (spot == null) {
            return List.of();
        }
        Duration limit = spot.limit(charge.ask());
        List<End> ends = new ArrayList<>();
        for (Charge.Run run : charge.runs()) {
            ends.add(new End(run.tasks().size(), run.started().plus(limit)));
        }
        unstarted.ifPresent(rest -> ends.add(new End(rest.size(), charge.since().plus(limit))));
        return ends;
    }

    int tasks() {
        return charge.tasks().size();
    }

    int leaving() {
        return size(charge.leaving());
    }

    int unstarted() {
        return size(unstarted);
    }

    private static int size(Optional<TaskSet> tasks) {
        return tasks.isPresent() ? tasks.get().size() : 0;
    }
}
