package dev.sluice.bench;

import dev.sluice.cluster.CapacityReading.Amount;
import dev.sluice.cluster.CapacityReading.PartitionCapacity;
import dev.sluice.job.AttemptId;
import dev.sluice.job.ClusterName;
import dev.sluice.job.JobId;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.Refusals;
import dev.sluice.job.TaskSet;
import dev.sluice.job.UserName;
import dev.sluice.policy.load.Dimension;
import dev.sluice.policy.load.Load;
import dev.sluice.policy.plan.Candidate;
import dev.sluice.policy.plan.Charge;
import dev.sluice.policy.plan.ClusterView;
import dev.sluice.policy.plan.Health;
import dev.sluice.policy.plan.Move;
import dev.sluice.policy.plan.Plan;
import dev.sluice.policy.plan.Planner;
import dev.sluice.policy.plan.PolicySettings;
import dev.sluice.policy.plan.Snapshot;
import dev.sluice.policy.project.Project;
import dev.sluice.policy.project.ProjectTree;
import dev.sluice.policy.project.Quota;
import dev.sluice.policy.project.Resource;
import dev.sluice.spec.Ask;
import dev.sluice.spec.Gpus;
import dev.sluice.spec.Memory;
import dev.sluice.spec.Resources;
import dev.sluice.spec.Routing;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * A planner before a large federation: 50 projects with 20 below each, ten users in each of those, 2,000 shapes of jobs of which a user
 * has four, three classes of priority; a SLURM cluster of four partitions and a Kubernetes cluster, both owned. One parent in ten is
 * guaranteed CPUs.
 */
final class Federation {
    static final Instant NOW = Instant.parse("2026-03-01T00:00:00Z");

    private static final int PARENTS = 50;
    private static final int CHILDREN = 20;
    private static final int USERS = 10;
    private static final int SHAPES = 2_000;
    private static final int SHAPES_OF_A_USER = 4;
    private static final long GIB = 1L << 30;
    private static final int GUARANTEED_CPUS = 2_000;
    private static final ClusterName HPC = new ClusterName("hpc");
    private static final ClusterName CLOUD = new ClusterName("cloud");
    private static final int[] CPUS = {1, 2, 4, 8, 16, 32, 64, 128};

    final Planner planner;

    private final SplittableRandom random = new SplittableRandom(1);
    private final List<ProjectPath> projects = new ArrayList<>();
    private final List<List<UserName>> users = new ArrayList<>();
    private final List<Ask> shapes = new ArrayList<>();
    private final List<Charge> live = new ArrayList<>();
    private int jobs;
    private int turns;

    /** Nothing waits and nothing runs yet. */
    Federation() {
        List<Project> tree = new ArrayList<>();
        for (int i = 0; i < PARENTS; i++) {
            Project parent = Project.of(new ProjectPath("faculty" + i), 1 + i % 7);
            tree.add(
                    i % 10 == 0
                            ? parent.withQuota(
                                    Resource.everywhere(Dimension.Plain.CPUS), Quota.guaranteed(GUARANTEED_CPUS))
                            : parent);
            for (int j = 0; j < CHILDREN; j++) {
                Project child = Project.of(new ProjectPath("faculty" + i + "/group" + j), 1 + j % 5);
                tree.add(child);
                projects.add(child.path());
                List<UserName> members = new ArrayList<>();
                for (int k = 0; k < USERS; k++) {
                    members.add(new UserName("user" + users.size() + "-" + k));
                }
                users.add(members);
            }
        }
        for (int i = 0; i < SHAPES; i++) {
            shapes.add(shape(i));
        }
        planner = Planner.of(Snapshot.EMPTY, PolicySettings.DEFAULTS.withProjects(ProjectTree.of(tree)));
    }

    /** A fifth may run in one partition only, a tenth rather on Kubernetes, and a tenth needs GPUs. */
    private static Ask shape(int i) {
        int cpus = CPUS[i % CPUS.length];
        Resources resources = Resources.DEFAULTS
                .withCpusPerTask(cpus)
                .withMemory(new Memory.PerNode(cpus * GIB * (1 + i / CPUS.length % 4)));
        Routing routing = Routing.ANYWHERE;
        switch (i % 10) {
            case 3 -> resources = resources.withGpus(Gpus.of(Gpus.Per.JOB, "a100", 1 + i / 10 % 4));
            case 5, 7 ->
                routing = routing.withAllowed(List.of(HPC)).withPartitions(List.of(i % 10 == 5 ? "short" : "long"));
            case 9 -> routing = routing.withPreferred(List.of(CLOUD));
            default -> {
                // Anywhere.
            }
        }
        return Ask.DEFAULTS
                .withResources(resources)
                .withRouting(routing)
                .withLimit(Duration.ofMinutes(10 + 5L * (i / (4 * CPUS.length))));
    }

    /** So many more wait. */
    void submit(int count) {
        for (int i = 0; i < count; i++) {
            planner.queue(candidate(jobs++));
        }
    }

    /** Always the same for the same number. */
    private Candidate candidate(int number) {
        SplittableRandom dice = new SplittableRandom(number);
        int project = dice.nextInt(projects.size());
        int user = dice.nextInt(USERS);
        int shape = (project * USERS + user) * SHAPES_OF_A_USER + dice.nextInt(SHAPES_OF_A_USER);
        int tenth = dice.nextInt(10);
        return new Candidate(
                new JobId(JobId.FIRST + number),
                TaskSet.SOLE,
                shapes.get(shape * 7 % SHAPES),
                projects.get(project),
                users.get(project).get(user),
                tenth < 7 ? 0 : tenth < 9 ? 100 : 200,
                NOW.minusSeconds(2_000_000).plusSeconds(number),
                Refusals.NONE);
    }

    /** The clusters have so many thousand CPUs together, and GPUs and memory as goes with that. */
    void see(int thousands) {
        seeHpc(thousands);
        planner.see(new ClusterView(CLOUD, Health.UP, List.of(partition("cloud", 200L * thousands))));
    }

    /** SLURM alone says so. */
    void seeHpc(int thousands) {
        planner.see(new ClusterView(
                HPC,
                Health.UP,
                List.of(
                        partition("short", 200L * thousands),
                        partition("long", 300L * thousands),
                        partition("gpu", 100L * thousands),
                        partition("big", 200L * thousands))));
    }

    private static PartitionCapacity partition(String name, long cpus) {
        return new PartitionCapacity(
                name, amount(cpus, cpus / 32), Amount.of(0, 0), amount(128, name.equals("short") ? 0 : 8), 100_000);
    }

    private static Amount amount(long cpus, long gpus) {
        return new Amount(cpus, cpus * 4 * GIB, new TreeMap<>(Collections.singletonMap("a100", gpus)));
    }

    /** Everybody has used something in the last weeks. */
    void use() {
        for (int project = 0; project < projects.size(); project++) {
            for (UserName user : users.get(project)) {
                Instant ended = NOW.minusSeconds(random.nextInt(2_000_000));
                Load each = new Load(1 + random.nextInt(64), 4 * GIB, 0, Load.NONE.types());
                planner.used(projects.get(project), user, HPC, each, 1, ended.minusSeconds(36_000), ended);
            }
        }
    }

    /** So many wait, and nothing of them could start: the clusters are full of others, each of which began at its own time. */
    void fill(int waiting) {
        submit(waiting);
        int started = start();
        while (started > 0) {
            submit(started);
            started = start();
        }
    }

    /** Starts what the planner would; how many that were. */
    private int start() {
        int before = live.size();
        for (Move move : planner.plan(NOW, Integer.MAX_VALUE).moves()) {
            switch (move) {
                case Move.Start start -> begin(start);
                case Move.Reserve reserve -> planner.reserve(reserve);
                case Move.Reclaim _, Move.Withdraw _ -> throw new IllegalStateException("not expected: " + move);
            }
        }
        return live.size() - before;
    }

    private void begin(Move.Start start) {
        Candidate job = candidate(start.job().value() - JobId.FIRST);
        Charge charge = Charge.placed(
                AttemptId.random(1, random),
                start.job(),
                start.cluster(),
                start.partition(),
                start.tasks(),
                job.ask(),
                job.project(),
                job.user(),
                job.priorityClass(),
                true,
                Refusals.NONE,
                NOW.minusSeconds(60));
        planner.leave(start.job(), start.tasks());
        live.add(charge);
        begin(charge);
    }

    /** It runs, since some minute of the last ten. */
    private void begin(Charge charge) {
        planner.charge(charge);
        planner.started(
                charge.attempt(), charge.tasks(), NOW.minusSeconds(charge.job().value() % 600));
    }

    /** One of those that run ends, what that lets start is planned, and it runs again. Returns how many would start. */
    int turn(int budget) {
        Charge charge = live.get((int) (turns++ * 7919L % live.size()));
        planner.release(charge.attempt(), charge.tasks());
        int starts = starts(planner.plan(NOW, budget));
        begin(charge);
        return starts;
    }

    static int starts(Plan plan) {
        int starts = 0;
        for (Move move : plan.moves()) {
            starts += move instanceof Move.Start ? 1 : 0;
        }
        return starts;
    }
}
