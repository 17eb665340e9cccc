package dev.sluice.slurm.door;

import dev.sluice.job.TaskSet;
import java.util.Optional;

/**
 * A job, or some tasks of an array.
 *
 * @param indices SLURM's own indices of an array, a proper part of them; empty for all of the job
 */
public record Target(long jobId, Optional<TaskSet> indices) {
    public static Target of(long jobId) {
        return new Target(jobId, Optional.empty());
    }

    /** As scontrol and scancel take it: {@code 12}, {@code 12_[0-3,7]}. */
    @Override
    public String toString() {
        return indices.map(set -> jobId + "_[" + set + "]").orElseGet(() -> Long.toString(jobId));
    }
}
