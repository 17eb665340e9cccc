package dev.sluice.policy.plan;

import dev.sluice.cluster.CapacityReading.Amount;
import dev.sluice.cluster.CapacityReading.PartitionCapacity;
import dev.sluice.cluster.Supply.Others;
import dev.sluice.cluster.Supply.Ownership;
import dev.sluice.cluster.Supply.Queue;
import dev.sluice.cluster.Supply.Terms;
import dev.sluice.job.AttemptId;
import dev.sluice.job.ClusterName;
import dev.sluice.job.JobId;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.Refusals;
import dev.sluice.job.TaskSet;
import dev.sluice.job.UserName;
import dev.sluice.policy.load.Dimension;
import dev.sluice.policy.load.Load;
import dev.sluice.policy.project.Project;
import dev.sluice.policy.project.ProjectTree;
import dev.sluice.policy.project.Quota;
import dev.sluice.policy.project.Resource;
import dev.sluice.spec.Ask;
import dev.sluice.spec.Resources;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** A federation to plan for, told in a few words, and its plans as lines of text. All at one instant. */
final class Scene {
    static final Instant NOW = Instant.parse("2026-03-01T00:00:00Z");
    static final Resource CPUS = Resource.everywhere(Dimension.Plain.CPUS);

    private final SplittableRandom random = new SplittableRandom(1);
    private final Map<AttemptId, Integer> jobs = new HashMap<>();
    private final TreeMap<ProjectPath, Project> projects = new TreeMap<>();
    private final List<ClusterView> clusters = new ArrayList<>();
    private final List<Candidate> waiting = new ArrayList<>();
    private final List<Charge> live = new ArrayList<>();
    private final List<Past> past = new ArrayList<>();
    private PolicySettings settings = PolicySettings.DEFAULTS;

    private record Past(ProjectPath project, UserName user, long cpus, Duration length, Duration ago) {}

    Scene with(UnaryOperator<PolicySettings> change) {
        settings = change.apply(settings);
        return this;
    }

    Scene project(String path, int weight) {
        return project(Project.of(new ProjectPath(path), weight));
    }

    /** One that is guaranteed so many CPUs, and may borrow. */
    Scene guaranteed(String path, long cpus) {
        return project(Project.of(new ProjectPath(path), 1).withQuota(CPUS, Quota.guaranteed(cpus)));
    }

    Scene project(Project project) {
        projects.put(project.path(), project);
        return this;
    }

    Scene owned(String name, int cpus) {
        clusters.add(view(name, cpus, 0));
        return this;
    }

    Scene guest(String name, int cpus, int others) {
        clusters.add(view(name, cpus, others).withOwnership(Ownership.GUEST));
        return this;
    }

    /** One that starts whatever fits, and where others hand jobs in, too. */
    Scene kubernetes(String name, int cpus, int others, int ahead) {
        ClusterView view = view(name, cpus, others);
        PartitionCapacity plain = view.partitions().getFirst();
        Terms terms = new Terms(
                plain.terms().state(),
                plain.terms().defaultMinutes(),
                plain.terms().maxNodes(),
                plain.terms().nodes(),
                Optional.of(new Others(others, ahead)));
        PartitionCapacity told =
                new PartitionCapacity(name, plain.total(), plain.others(), plain.largest(), plain.maxMinutes(), terms);
        clusters.add(new ClusterView(view.name(), Health.UP, List.of(told))
                .withOwnership(Ownership.GUEST)
                .withQueue(Queue.STARTS_WHAT_FITS));
        return this;
    }

    Scene cluster(ClusterView view) {
        clusters.add(view);
        return this;
    }

    /** As many GiB as CPUs, one node, up to a week. */
    static ClusterView view(String name, int cpus, int others) {
        Amount total = Amount.of(cpus, (long) cpus << 30);
        return new ClusterView(
                new ClusterName(name),
                Health.UP,
                List.of(new PartitionCapacity(name, total, Amount.of(others, 0), total, 7 * 24 * 60)));
    }

    /** A job that waits since as many minutes ago as 1000 less its id: lower ids are older. */
    final class Job {
        private final int id;
        private final String project;
        private String user = "alice";
        private int cpus = 1;
        private int priorityClass;
        private int minutes = 60;
        private TaskSet tasks = TaskSet.SOLE;
        private boolean preemptible = true;
        private UnaryOperator<Ask> ask = any -> any;

        private Job(int id, String project) {
            this.id = id;
            this.project = project;
        }

        Job by(String value) {
            user = value;
            return this;
        }

        Job cpus(int value) {
            cpus = value;
            return this;
        }

        Job of(int value) {
            priorityClass = value;
            return this;
        }

        Job minutes(int value) {
            minutes = value;
            return this;
        }

        Job tasks(int count) {
            tasks = TaskSet.range(0, count - 1);
            return this;
        }

        Job unpreemptible() {
            preemptible = false;
            return this;
        }

        Job asks(UnaryOperator<Ask> value) {
            ask = value;
            return this;
        }

        private Ask ask() {
            return ask.apply(Ask.DEFAULTS
                    .withResources(Resources.DEFAULTS.withCpusPerTask(cpus))
                    .withLimit(Duration.ofMinutes(minutes)));
        }

        Scene waits() {
            waiting.add(new Candidate(
                    new JobId(id),
                    tasks,
                    ask(),
                    new ProjectPath(project),
                    new UserName(user),
                    priorityClass,
                    NOW.minus(Duration.ofMinutes(1000 - id)),
                    Refusals.NONE));
            return Scene.this;
        }

        /** It runs there since so many minutes ago. */
        Scene runs(String cluster, int minutesAgo) {
            Charge queued = queued(cluster, Optional.empty(), minutesAgo);
            live.add(queued.started(tasks, NOW.minus(Duration.ofMinutes(minutesAgo))));
            return Scene.this;
        }

        /** The same in one of its partitions. */
        Scene runs(String cluster, String partition, int minutesAgo) {
            Charge queued = queued(cluster, Optional.of(partition), minutesAgo);
            live.add(queued.started(tasks, NOW.minus(Duration.ofMinutes(minutesAgo))));
            return Scene.this;
        }

        /** It is in the queue there since so many minutes ago. */
        Scene queues(String cluster, int minutesAgo) {
            live.add(queued(cluster, Optional.empty(), minutesAgo));
            return Scene.this;
        }

        private Charge queued(String cluster, Optional<String> partition, int minutesAgo) {
            AttemptId attempt = AttemptId.random(1, random);
            jobs.put(attempt, id);
            return Charge.placed(
                    attempt,
                    new JobId(id),
                    new ClusterName(cluster),
                    partition,
                    tasks,
                    ask(),
                    new ProjectPath(project),
                    new UserName(user),
                    priorityClass,
                    preemptible,
                    Refusals.NONE,
                    NOW.minus(Duration.ofMinutes(minutesAgo)));
        }
    }

    Job job(int id, String project) {
        return new Job(id, project);
    }

    /** A user has used so many CPUs for so long, until so long ago. */
    Scene used(String project, String user, long cpus, Duration length, Duration ago) {
        past.add(new Past(new ProjectPath(project), new UserName(user), cpus, length, ago));
        return this;
    }

    Planner planner() {
        Planner planner = Planner.of(Snapshot.EMPTY, settings.withProjects(new ProjectTree(projects)));
        clusters.forEach(planner::see);
        live.forEach(planner::charge);
        waiting.forEach(planner::queue);
        for (Past each : past) {
            Instant ended = NOW.minus(each.ago());
            planner.used(
                    each.project(),
                    each.user(),
                    clusters.getFirst().name(),
                    Load.of(Amount.of(each.cpus(), 0)),
                    1,
                    ended.minus(each.length()),
                    ended);
        }
        return planner;
    }

    /** The whole plan, a line each move. */
    List<String> plan() {
        return lines(planner().plan(NOW, 1000));
    }

    List<String> lines(Plan plan) {
        return plan.moves().stream().map(this::line).toList();
    }

    private String line(Move move) {
        return switch (move) {
            case Move.Start start ->
                "start " + start.job()
                        + (start.tasks().equals(TaskSet.SOLE) ? "" : "[" + start.tasks() + "]")
                        + " on " + start.cluster();
            case Move.Reserve reserve ->
                "reserve " + reserve.cluster() + " for " + reserve.job() + " in "
                        + Duration.between(NOW, reserve.at()).toMinutes() + " min";
            case Move.Reclaim reclaim ->
                "reclaim " + jobs.get(reclaim.victim())
                        + (reclaim.tasks().equals(TaskSet.SOLE) ? "" : "[" + reclaim.tasks() + "]")
                        + " for " + reclaim.by();
            case Move.Withdraw withdraw -> "withdraw " + jobs.get(withdraw.attempt());
        };
    }
}
