package dev.sluice.engine;

import dev.sluice.job.Attempt;
import dev.sluice.job.AttemptId;
import dev.sluice.job.Binding;
import dev.sluice.job.Slice;
import dev.sluice.job.TaskSet;
import dev.sluice.spec.Labels;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * All that a store knows of one job, whether the engine still has it or not.
 *
 * @param slices how its tasks stand, by lowest task
 * @param attempts all that were placed, in their order; none where jobs are listed
 * @param runs what was run and is over, in the order in which it was recorded; none where jobs are listed
 * @param changed when anything of it last changed
 */
public record JobRecord(
        JobHead head,
        String name,
        Labels labels,
        List<Slice> slices,
        List<Placing> attempts,
        List<Run> runs,
        Instant changed) {
    public JobRecord {
        slices = List.copyOf(slices);
        attempts = List.copyOf(attempts);
        runs = List.copyOf(runs);
    }

    /** The same without its history. */
    public JobRecord brief() {
        return new JobRecord(head, name, labels, slices, List.of(), List.of(), changed);
    }

    /**
     * An attempt as it was placed.
     *
     * @param binding the object that it is on its cluster, as far as it was known last
     * @param at when it was placed; why: the planner's reason
     */
    public record Placing(Attempt attempt, Optional<Binding> binding, Instant at, String why) {}

    /**
     * One run of tasks of an attempt, from its real start to its real end.
     *
     * @param run the cluster's restart count
     */
    public record Run(TaskSet tasks, AttemptId attempt, int run, Instant started, Instant ended) {}
}
