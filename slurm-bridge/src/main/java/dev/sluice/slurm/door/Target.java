package dev.sluice.slurm.door;

import dev.sluice.job.AttemptId;
import dev.sluice.job.TaskSet;
import java.util.Optional;

/**
 * A job, or some tasks of an array.
 *
 * @param indices SLURM's own indices of an array, a proper part of them; empty for all of the job
 * @param key what its comment has to begin with when it is acted on, where the door can look; empty for whatever it is
 */
public record Target(long jobId, Optional<TaskSet> indices, Optional<String> key) {
    public Target(long jobId, Optional<TaskSet> indices) {
        this(jobId, indices, Optional.empty());
    }

    public static Target of(long jobId) {
        return new Target(jobId, Optional.empty());
    }

    /** The same, and nobody else's that has its id by then. */
    public Target only(AttemptId attempt) {
        return new Target(jobId, indices, Optional.of(attempt.toString()));
    }

    /** As scontrol and scancel take it: {@code 12}, {@code 12_[0-3,7]}. */
    @Override
    public String toString() {
        return indices.map(set -> jobId + "_[" + set + "]").orElseGet(() -> Long.toString(jobId));
    }
}
