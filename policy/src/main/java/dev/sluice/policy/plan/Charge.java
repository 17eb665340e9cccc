package dev.sluice.policy.plan;

import dev.sluice.job.AttemptId;
import dev.sluice.job.ClusterName;
import dev.sluice.job.InvalidValue;
import dev.sluice.job.JobId;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.Refusals;
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
 * @param refusedBy clusters that cannot take the job
 * @param since when it was decided
 * @param runs which tasks run since when; those in none wait in their cluster's queue
 * @param leaving which tasks were asked to end
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
        Refusals refusedBy,
        Instant since,
        List<Run> runs,
        Optional<TaskSet> leaving) {
    /** Tasks that run, and since when. */
    public record Run(TaskSet tasks, Instant started) {}

    public Charge {
        runs = List.copyOf(runs);
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
            Refusals refusedBy,
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
                refusedBy,
                since,
                List.of(),
                Optional.empty());
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
        Optional<TaskSet> going = leaving.map(value::intersect).filter(set -> !set.isEmpty());
        return with(value, left, going);
    }

    Charge started(TaskSet fresh, Instant at) {
        List<Run> all = new ArrayList<>();
        TaskSet ours = fresh.intersect(tasks);
        for (Run run : runs) {
            TaskSet others = run.tasks().minus(fresh);
            if (run.started().equals(at)) {
                ours = ours.union(others);
            } else if (!others.isEmpty()) {
                all.add(new Run(others, run.started()));
            }
        }
        if (!ours.isEmpty()) {
            all.add(new Run(ours, at));
        }
        all.sort(Comparator.comparing(Run::started));
        return with(tasks, all, leaving);
    }

    Charge leaving(TaskSet of) {
        TaskSet fresh = of.intersect(tasks);
        return with(tasks, runs, leaving.map(before -> before.union(fresh)).or(() -> nonEmpty(fresh)));
    }

    Charge staying(TaskSet of) {
        return with(tasks, runs, leaving.flatMap(before -> nonEmpty(before.minus(of))));
    }

    Charge waiting(TaskSet of) {
        List<Run> all = new ArrayList<>();
        for (Run run : runs) {
            nonEmpty(run.tasks().minus(of)).ifPresent(rest -> all.add(new Run(rest, run.started())));
        }
        return with(tasks, all, leaving);
    }

    /** Those that wait in their cluster's queue; empty for none. */
    Optional<TaskSet> unstarted() {
        TaskSet rest = tasks;
        for (Run run : runs) {
            rest = rest.minus(run.tasks());
        }
        return nonEmpty(rest);
    }

    private static Optional<TaskSet> nonEmpty(TaskSet set) {
        return set.isEmpty() ? Optional.empty() : Optional.of(set);
    }

    private Charge with(TaskSet value, List<Run> running, Optional<TaskSet> going) {
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
                refusedBy,
                since,
                running,
                going);
    }
}
