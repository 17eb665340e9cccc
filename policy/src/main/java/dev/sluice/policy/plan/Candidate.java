package dev.sluice.policy.plan;

import dev.sluice.job.InvalidValue;
import dev.sluice.job.JobId;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.Refusals;
import dev.sluice.job.TaskSet;
import dev.sluice.job.UserName;
import dev.sluice.spec.Ask;
import java.time.Instant;

/**
 * Tasks of a job that wait for capacity and nothing else.
 *
 * @param tasks at least one; each takes the whole ask
 * @param priorityClass a higher one goes first, as in Kubernetes
 * @param refusedBy clusters that cannot take it; what the user refused is in the ask
 */
public record Candidate(
        JobId job,
        TaskSet tasks,
        Ask ask,
        ProjectPath project,
        UserName user,
        int priorityClass,
        Instant submitted,
        Refusals refusedBy) {
    public Candidate {
        if (tasks.isEmpty()) {
            throw new InvalidValue("candidate's tasks", "at least one", "none");
        }
    }

    Candidate withTasks(TaskSet value) {
        return new Candidate(job, value, ask, project, user, priorityClass, submitted, refusedBy);
    }
}
