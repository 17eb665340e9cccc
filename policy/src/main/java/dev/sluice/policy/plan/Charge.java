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
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Tasks of an attempt that hold capacity: from the decision to start them until nothing of them can run any more.
 *
 * @param partition as in the {@link Move.Start} that placed it; empty on a cluster without partitions
 * @param tasks at least one; each takes the whole ask
 * @param preemptible whether capacity may be taken back from it
 * @param since when it was decided
 * @param runs which tasks run since when; those in none wait in their cluster's queue
 * @param claims which tasks are being taken back, and for whom
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
        boolean preemptible,
        Instant since,
        List<Run> runs,
        List<Claimed> claims) {
    /** Tasks that run, and since when. */
    public record Run(TaskSet tasks, Instant started) {}

    /** Tasks that are being taken back for another job. */
    public record Claimed(TaskSet tasks, JobId by) {}

    public Charge {
        runs = List.copyOf(runs);
        claims = List.copyOf(claims);
        if (tasks.isEmpty()) {
            throw new InvalidValue("charge's tasks", "at least one", "none");
        }
    }

    /** Tasks that were placed and have not started yet. */
    public static Charge placed(
            AttemptId attempt,
            JobId job,
            ClusterName cluster,
            Optional<String> partition,
            TaskSet tasks,
            Ask ask,
            ProjectPath project,
            UserName user,
            int priorityClass,
            boolean preemptible,
            Instant since) {
        return new Charge(
                attempt,
                job,
                cluster,
                partition,
                tasks,
                ask,
                project,
                user,
                priorityClass,
                preemptible,
                since,
                List.of(),
                List.of());
    }

    /** The same with more tasks, or fewer; what is said of those that are left out is left out. */
    Charge withTasks(TaskSet value) {
        List<Run> left = new ArrayList<>();
        for (Run run : runs) {
            TaskSet of = run.tasks().intersect(value);
            if (!of.isEmpty()) {
                left.add(new Run(of, run.started()));
            }
        }
        List<Claimed> claimed = new ArrayList<>();
        for (Claimed claim : claims) {
            TaskSet of = claim.tasks().intersect(value);
            if (!of.isEmpty()) {
                claimed.add(new Claimed(of, claim.by()));
            }
        }
        return with(value, left, claimed);
    }

    Charge started(TaskSet fresh, Instant at) {
        List<Run> all = new ArrayList<>();
        for (Run run : runs) {
            TaskSet others = run.tasks().minus(fresh);
            if (!others.isEmpty()) {
                all.add(new Run(others, run.started()));
            }
        }
        TaskSet ours = fresh.intersect(tasks);
        if (!ours.isEmpty()) {
            all.add(new Run(ours, at));
        }
        all.sort(Comparator.comparing(run -> run.tasks().first()));
        return with(tasks, all, claims);
    }

    Charge claimed(TaskSet of, JobId by) {
        List<Claimed> all = new ArrayList<>();
        TaskSet fresh = of.intersect(tasks);
        for (Claimed claim : claims) {
            fresh = fresh.minus(claim.tasks());
            all.add(claim);
        }
        if (!fresh.isEmpty()) {
            all.add(new Claimed(fresh, by));
        }
        all.sort(Comparator.comparing(claim -> claim.tasks().first()));
        return with(tasks, runs, all);
    }

    private Charge with(TaskSet value, List<Run> running, List<Claimed> taken) {
        return new Charge(
                attempt,
                job,
                cluster,
                partition,
                value,
                ask,
                project,
                user,
                priorityClass,
                preemptible,
                since,
                running,
                taken);
    }
}
