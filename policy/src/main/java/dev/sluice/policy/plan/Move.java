package dev.sluice.policy.plan;

import dev.sluice.job.AttemptId;
import dev.sluice.job.ClusterName;
import dev.sluice.job.JobId;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.TaskSet;
import java.time.Instant;
import java.util.Optional;

/** One step of a plan. */
public sealed interface Move {
    /**
     * Begin an attempt.
     *
     * @param tasks at least one, all of one candidate
     * @param partition empty on a cluster without partitions
     * @param reason why there, for a person
     */
    record Start(JobId job, TaskSet tasks, ClusterName cluster, Optional<String> partition, String reason)
            implements Move {}

    /**
     * Keep capacity free for a job of a project that finds none: nothing is started that would delay it.
     *
     * @param at when it finds room at the latest, if what runs ends at its time limit
     */
    record Reserve(ProjectPath project, JobId job, ClusterName cluster, Optional<String> partition, Instant at)
            implements Move {}

    /** Take capacity back from who borrowed it. */
    record Reclaim(AttemptId victim, TaskSet tasks, JobId by) implements Move {}

    /** Take back what was handed over and has not begun. */
    record Withdraw(AttemptId attempt, String why) implements Move {}
}
