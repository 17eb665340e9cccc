package dev.sluice.policy.plan;

import dev.sluice.job.AttemptId;
import dev.sluice.job.ClusterName;
import dev.sluice.job.InvalidValue;
import dev.sluice.job.JobId;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.TaskSet;
import dev.sluice.job.UserName;
import dev.sluice.spec.Ask;
import java.time.Instant;
import java.util.Optional;

/**
 * Tasks of an attempt that hold capacity: from the decision to start them until nothing of them can run any more.
 *
 * @param partition as in the {@link Move.Start} that placed it; empty on a cluster without partitions
 * @param tasks at least one; each takes the whole ask
 */
public record Charge(
        AttemptId attempt,
        JobId job,
        ClusterName cluster,
        Optional<String> partition,
        TaskSet tasks,
        Ask ask,
        ProjectPath project,
        UserName user,
        int priorityClass,
        Instant since) {
    public Charge {
        if (tasks.isEmpty()) {
            throw new InvalidValue("charge's tasks", "at least one", "none");
        }
    }

    Charge withTasks(TaskSet value) {
        return new Charge(attempt, job, cluster, partition, value, ask, project, user, priorityClass, since);
    }
}
