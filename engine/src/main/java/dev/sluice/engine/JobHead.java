package dev.sluice.engine;

import dev.sluice.job.JobId;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.Refusals;
import dev.sluice.job.TaskSet;
import dev.sluice.job.UserName;
import dev.sluice.spec.Ask;
import dev.sluice.spec.Dependencies;
import dev.sluice.spec.Rules;
import java.time.Instant;
import java.util.Optional;

/**
 * What the engine keeps of a job on the heap, beside the states of its tasks. The spec stays on disk.
 *
 * @param tasks all indices; an array's first task has the job's own id, the others those behind it
 * @param ask shared by all jobs with an equal one
 * @param rules shared by all jobs with equal ones
 * @param atOnce how many tasks may be live at once; 0 for no limit
 * @param barred clusters that cannot honour its spec, by what the bridges said at intake
 * @param image the reference that waits for its digest, or has got it; empty for none
 * @param twin a hash of user and name, for singletons
 */
public record JobHead(
        JobId id,
        TaskSet tasks,
        UserName user,
        ProjectPath project,
        int priorityClass,
        Instant submitted,
        Ask ask,
        Rules rules,
        int atOnce,
        Dependencies after,
        Optional<Instant> begin,
        Refusals barred,
        Optional<String> image,
        long twin) {
    JobHead withPriorityClass(int value) {
        return new JobHead(
                id, tasks, user, project, value, submitted, ask, rules, atOnce, after, begin, barred, image, twin);
    }

    JobHead withAsk(Ask value) {
        return new JobHead(
                id,
                tasks,
                user,
                project,
                priorityClass,
                submitted,
                value,
                rules,
                atOnce,
                after,
                begin,
                barred,
                image,
                twin);
    }

    JobHead withImage(String pinned) {
        return new JobHead(
                id,
                tasks,
                user,
                project,
                priorityClass,
                submitted,
                ask,
                rules,
                atOnce,
                after,
                begin,
                barred,
                Optional.of(pinned),
                twin);
    }
}
