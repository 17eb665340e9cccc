package dev.sluice.engine;

import dev.sluice.job.JobId;
import dev.sluice.job.Slice;
import dev.sluice.policy.plan.Explanation;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What the asker is told, once everything it rests on is on disk. */
public sealed interface Reply {
    /** To inputs that nobody waits for. */
    record Silent() implements Reply {}

    /** The first id of each job, in the order of the submission. Also the answer to the same request again. */
    record Accepted(List<JobId> jobs) implements Reply {
        public Accepted {
            jobs = List.copyOf(jobs);
        }
    }

    /** It is done, or under way and not to be forgotten. */
    record Done() implements Reply {}

    /** The key was used for another body. */
    record KeyConflict(String message) implements Reply {}

    /** A bound is reached; nothing was taken. */
    record Busy(String what, Duration retryAfter) implements Reply {}

    /** What was asked cannot be: by whom, for what, what to do instead. */
    record Invalid(String message) implements Reply {}

    record NotFound(String message) implements Reply {}

    record Forbidden(String message) implements Reply {}

    record Explained(JobHead job, List<Slice> slices, Optional<Explanation> queue) implements Reply {
        public Explained {
            slices = List.copyOf(slices);
        }
    }

    Reply SILENT = new Silent();
    Reply DONE = new Done();
}
