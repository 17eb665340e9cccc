package dev.sluice.engine;

import dev.sluice.cluster.CapacityReading.Capacity;
import dev.sluice.job.ClusterName;
import dev.sluice.job.JobId;
import dev.sluice.job.JobState;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.Slice;
import dev.sluice.policy.plan.Explanation;
import dev.sluice.policy.plan.Move;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

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

    /** Such a job can never run, here or in its project; nothing was taken. */
    record CannotRun(String message) implements Reply {}

    /** As many tasks wait as its project, or its user there, may have waiting; nothing was taken. */
    record Full(String what, Duration retryAfter) implements Reply {}

    record NotFound(String message) implements Reply {}

    record Forbidden(String message) implements Reply {}

    record Explained(JobHead job, List<Slice> slices, Optional<Explanation> queue) implements Reply {
        public Explained {
            slices = List.copyOf(slices);
        }
    }

    /**
     * What would become of a job that is not submitted.
     *
     * @param starts where and why it would start at once, as far as its tasks would; empty when none would
     * @param queue why the rest of it would wait
     */
    record Tried(JobHead job, JobState.Waiting waiting, List<Move.Start> starts, Explanation queue) implements Reply {
        public Tried {
            starts = List.copyOf(starts);
        }
    }

    /** The clusters by name. */
    record ClustersStand(List<ClusterStanding> clusters) implements Reply {
        public ClustersStand {
            clusters = List.copyOf(clusters);
        }
    }

    /**
     * How a cluster stands.
     *
     * @param capacity what it has, as read last; empty when it was not read yet
     * @param attempts how many live attempts are on it
     */
    record ClusterStanding(
            ClusterName name, Event.Drain drain, Breaker breaker, Optional<Capacity> capacity, int attempts) {}

    /** The projects that ever ran or were closed, by name. */
    record ProjectsStand(List<Image.OfProject> projects) implements Reply {
        public ProjectsStand {
            projects = List.copyOf(projects);
        }
    }

    /** How many unfinished jobs each project has that has any. */
    record Unfinished(SortedMap<ProjectPath, Integer> jobs) implements Reply {}

    Reply SILENT = new Silent();
    Reply DONE = new Done();
}
