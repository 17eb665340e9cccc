package dev.sluice.policy.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.CapacityReading.Amount;
import dev.sluice.job.AttemptId;
import dev.sluice.job.ClusterName;
import dev.sluice.job.JobId;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.Refusals;
import dev.sluice.job.TaskSet;
import dev.sluice.job.UserName;
import dev.sluice.policy.load.Load;
import dev.sluice.policy.project.Project;
import dev.sluice.policy.project.ProjectTree;
import dev.sluice.policy.project.Quota;
import dev.sluice.spec.Ask;
import dev.sluice.spec.Resources;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What holds of every plan, on federations drawn by a seed; each test says what exactly, and where. */
class PropertiesTest {
    private static final Instant NOW = Scene.NOW;
    private static final int SEEDS = 300;

    /** A federation in the making: what waits and runs, by what its planner was told. */
    private static final class World {
        private final SplittableRandom random;
        private final PolicySettings settings;
        private final Map<ClusterName, Integer> clusters = new HashMap<>();
        private final Map<JobId, Candidate> waiting = new HashMap<>();
        private final Map<AttemptId, Charge> live = new HashMap<>();
        private final List<ProjectPath> projects;
        private Planner planner;
        private int next = 1;

        World(long seed, PolicySettings base, boolean promised) {
            this.random = new SplittableRandom(seed);
            this.projects = List.of("a", "b", "c", "c/x", "c/y").stream()
                    .map(ProjectPath::new)
                    .toList();
            List<Project> tree = new ArrayList<>();
            for (ProjectPath path : projects) {
                Project project = Project.of(path, 1 + random.nextInt(3));
                boolean leaf = path.parent().isEmpty() && !path.value().equals("c");
                if (promised && leaf) {
                    project = project.withQuota(
                            Scene.CPUS,
                            new Quota(
                                    random.nextInt(12),
                                    random.nextBoolean() ? OptionalLong.empty() : OptionalLong.of(random.nextInt(12)),
                                    OptionalInt.empty()));
                }
                tree.add(project);
            }
            this.settings = base.withProjects(ProjectTree.of(tree));
            this.planner = Planner.of(Snapshot.EMPTY, settings);
            for (String name : List.of("hpc", "k8s")) {
                int cpus = 8 + random.nextInt(24);
                clusters.put(new ClusterName(name), cpus);
                planner.see(Scene.view(name, cpus, 0));
            }
        }

        Candidate arrive(ProjectPath project, int cpus, int minutes, int tasks) {
            JobId id = new JobId(next++);
            Candidate candidate = new Candidate(
                    id,
                    TaskSet.range(0, tasks - 1),
                    Ask.DEFAULTS
                            .withResources(Resources.DEFAULTS.withCpusPerTask(cpus))
                            .withLimit(Duration.ofMinutes(minutes)),
                    project,
                    new UserName(random.nextBoolean() ? "alice" : "bob"),
                    random.nextInt(2),
                    NOW.minusSeconds(1000 - id.value()),
                    Refusals.NONE);
            waiting.put(id, candidate);
            planner.queue(candidate);
            return candidate;
        }

        void fill(int jobs) {
            for (int i = 0; i < jobs; i++) {
                ProjectPath project = projects.get(random.nextInt(projects.size()));
                arrive(project, 1 + random.nextInt(6), 10 + random.nextInt(100), 1 + random.nextInt(4));
            }
        }

        /** Does what a plan says, at once. */
        void apply(Plan plan, Instant now) {
            for (Move move : plan.moves()) {
                switch (move) {
                    case Move.Start start -> start(start, now);
                    case Move.Reserve reserve -> planner.reserve(reserve);
                    case Move.Reclaim reclaim -> requeue(reclaim.victim(), reclaim.tasks());
                    case Move.Withdraw withdraw -> throw new AssertionError("nothing waits in a cluster: " + withdraw);
                }
            }
        }

        private void start(Move.Start start, Instant now) {
            Candidate of = Objects.requireNonNull(waiting.get(start.job()), start + " does not wait");
            assertThat(of.tasks().containsAll(start.tasks())).isTrue();
            leave(of, start.tasks());
            AttemptId attempt = AttemptId.random(1, random);
            Charge charge = Charge.placed(
                            attempt,
                            of.job(),
                            start.cluster(),
                            start.partition(),
                            start.tasks(),
                            of.ask(),
                            of.project(),
                            of.user(),
                            of.priorityClass(),
                            true,
                            Refusals.NONE,
                            now)
                    .started(start.tasks(), now);
            live.put(attempt, charge);
            planner.charge(charge);
        }

        private void leave(Candidate of, TaskSet tasks) {
            planner.leave(of.job(), tasks);
            TaskSet rest = of.tasks().minus(tasks);
            if (rest.isEmpty()) {
                waiting.remove(of.job());
            } else {
                waiting.put(of.job(), of.withTasks(rest));
            }
        }

        private void requeue(AttemptId attempt, TaskSet tasks) {
            Charge charge = charge(attempt);
            end(attempt, tasks);
            Candidate before = waiting.get(charge.job());
            Candidate again = new Candidate(
                    charge.job(),
                    before == null ? tasks : before.tasks().union(tasks),
                    charge.ask(),
                    charge.project(),
                    charge.user(),
                    charge.priorityClass(),
                    NOW.minusSeconds(1000 - charge.job().value()),
                    Refusals.NONE);
            waiting.put(charge.job(), again);
            planner.queue(again);
        }

        void end(AttemptId attempt, TaskSet tasks) {
            Charge charge = charge(attempt);
            planner.release(attempt, tasks);
            TaskSet rest = charge.tasks().minus(tasks);
            if (rest.isEmpty()) {
                live.remove(attempt);
            } else {
                live.put(attempt, charge.withTasks(rest));
            }
        }

        Charge charge(AttemptId attempt) {
            return Objects.requireNonNull(live.get(attempt), attempt + " does not live");
        }

        long held(ClusterName cluster) {
            return live.values().stream()
                    .filter(charge -> charge.cluster().equals(cluster))
                    .mapToLong(PropertiesTest::cpus)
                    .sum();
        }

        long held(ProjectPath project) {
            return live.values().stream()
                    .filter(charge -> ProjectTree.path(charge.project()).contains(project))
                    .mapToLong(PropertiesTest::cpus)
                    .sum();
        }
    }

    private static long cpus(Charge charge) {
        return charge.ask().resources().cpus() * charge.tasks().size();
    }

    /**
     * For every cluster: Σ cpus of our live tasks ≤ its total. For every project with a borrowing limit: Σ cpus of it and those below ≤
     * nominal + limit. Of any plan, applied, on any federation without a window.
     */
    @Test
    void capacityAndLimitsAreNeverExceeded() {
        int placed = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            World world = new World(seed, PolicySettings.DEFAULTS, true);
            for (int round = 0; round < 6; round++) {
                world.fill(8);
                Plan plan = world.planner.plan(NOW, 50);
                world.apply(plan, NOW);
                placed += plan.moves().size();
                for (ClusterName cluster : world.clusters.keySet()) {
                    assertThat(world.held(cluster))
                            .as("seed %s: held of %s", seed, cluster)
                            .isLessThanOrEqualTo(world.clusters.get(cluster));
                }
                for (ProjectPath path : world.projects) {
                    Quota quota = world.settings.projects().get(path).quotas().getOrDefault(Scene.CPUS, Quota.NONE);
                    assertThat(world.held(path))
                            .as("seed %s: held by %s", seed, path)
                            .isLessThanOrEqualTo(quota.most());
                }
                world.live.keySet().stream()
                        .sorted()
                        .filter(attempt -> world.random.nextInt(4) == 0)
                        .toList()
                        .forEach(attempt ->
                                world.end(attempt, world.charge(attempt).tasks()));
            }
        }
        assertThat(placed).isGreaterThan(SEEDS * 10);
    }

    /**
     * After a plan with an unbounded budget: no waiting task fits on any cluster by what is left of it. Where nothing is reserved, no
     * project has limits or caps, and nothing is preferred or refused.
     */
    @Test
    void nothingIsIdleThatAWaitingJobCouldUse() {
        for (long seed = 0; seed < SEEDS; seed++) {
            World world = new World(seed, PolicySettings.DEFAULTS.withReservations(0), false);
            world.fill(60);
            world.apply(world.planner.plan(NOW, 10_000), NOW);
            for (Candidate left : world.waiting.values()) {
                for (ClusterName cluster : world.clusters.keySet()) {
                    assertThat(world.clusters.get(cluster) - world.held(cluster))
                            .as("seed %s: %s could run on %s", seed, left, cluster)
                            .isLessThan(left.ask().resources().cpus());
                }
            }
        }
    }

    /**
     * |held(i)/w(i) − held(j)/w(j)| ≤ s/min(w(i), w(j)) for siblings i and j with endless demand for tasks of the same s CPUs, when nobody
     * has used anything before and nothing is promised: at most one task off.
     */
    @Test
    void sharesAreOffByOneTaskAtTheMost() {
        for (long seed = 0; seed < SEEDS; seed++) {
            World world = new World(seed, PolicySettings.DEFAULTS, false);
            int size = 1 + world.random.nextInt(3);
            List<ProjectPath> siblings = List.of(new ProjectPath("a"), new ProjectPath("b"), new ProjectPath("c"));
            for (ProjectPath project : siblings) {
                for (int i = 0; i < 60; i++) {
                    world.arrive(project, size, 60, 1);
                }
            }
            world.apply(world.planner.plan(NOW, 10_000), NOW);
            for (ProjectPath one : siblings) {
                for (ProjectPath other : siblings) {
                    double w1 = world.settings.projects().get(one).weight();
                    double w2 = world.settings.projects().get(other).weight();
                    assertThat(Math.abs(world.held(one) / w1 - world.held(other) / w2))
                            .as("seed %s: %s against %s", seed, one, other)
                            .isLessThanOrEqualTo(size / Math.min(w1, w2) + 1e-9);
                }
            }
        }
    }

    /**
     * A job that is first of its project starts no later than the longest time limit after its turn has come, that is after its project
     * and its user became those with the least share: here at once, since they have used nothing. Small jobs arrive without end, each
     * runs to its limit of at most L minutes; the wide one needs a whole cluster. Bound: L.
     */
    @Test
    void aWideJobStartsWithinTheLongestTimeLimitHoweverManySmallOnesCome() {
        int limit = 60;
        for (long seed = 0; seed < 40; seed++) {
            World world = new World(seed, PolicySettings.DEFAULTS, false);
            Map<AttemptId, Instant> ends = new HashMap<>();
            int most = world.clusters.values().stream()
                    .mapToInt(Integer::intValue)
                    .min()
                    .orElseThrow();
            Candidate wide = null;
            Instant asked = NOW;
            Instant now = NOW;
            while (wide == null || world.waiting.containsKey(wide.job())) {
                assertThat(Duration.between(asked, now))
                        .as("seed %s", seed)
                        .isLessThanOrEqualTo(Duration.ofMinutes(limit));
                for (int i = 0; i < 8; i++) {
                    world.arrive(
                            new ProjectPath("a"), 1 + world.random.nextInt(3), 5 + world.random.nextInt(limit - 4), 1);
                }
                if (wide == null && now.isAfter(NOW.plus(Duration.ofMinutes(200)))) {
                    wide = world.arrive(new ProjectPath("b"), most, limit, 1);
                    asked = now;
                }
                world.apply(world.planner.plan(now, 1000), now);
                for (Charge charge : world.live.values()) {
                    ends.putIfAbsent(
                            charge.attempt(), now.plus(charge.ask().limit().orElseThrow()));
                }
                now = now.plus(Duration.ofMinutes(1));
                for (AttemptId attempt : List.copyOf(world.live.keySet())) {
                    if (!Objects.requireNonNull(ends.get(attempt)).isAfter(now)) {
                        world.end(attempt, world.charge(attempt).tasks());
                    }
                }
                if (wide == null) {
                    asked = now;
                }
            }
        }
    }

    /** plan(told in one order) = plan(told in another), of the same clusters, charges and candidates. */
    @Test
    void thePlanDoesNotDependOnTheOrderInWhichItWasTold() {
        for (long seed = 0; seed < SEEDS; seed++) {
            World world = new World(seed, PolicySettings.DEFAULTS, true);
            world.fill(20);
            world.apply(world.planner.plan(NOW, 10), NOW);
            world.fill(40);
            Plan expected = world.planner.plan(NOW, 1000);
            Snapshot all = world.planner.snapshot();
            List<Runnable> told = new ArrayList<>();
            Planner other = Planner.of(Snapshot.EMPTY, world.settings);
            all.clusters().values().forEach(cluster -> told.add(() -> other.see(cluster)));
            all.charges().forEach(charge -> told.add(() -> other.charge(charge)));
            all.queued().forEach(candidate -> told.add(() -> other.queue(candidate)));
            all.reservations().values().forEach(reserve -> told.add(() -> other.reserve(reserve)));
            Collections.shuffle(told, new Random(seed));
            told.forEach(Runnable::run);
            assertThat(other.plan(NOW, 1000)).as("seed %s", seed).isEqualTo(expected);
        }
    }

    /**
     * Plans applied one after the other, each victim queued again at once, come to a plan without a reclaim, after at most as many as
     * there are tasks; on owned clusters, with any guarantees that the clusters can keep.
     */
    @Test
    void takingBackEnds() {
        int reclaims = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            World world = new World(seed, PolicySettings.DEFAULTS.withReservations(0), true);
            for (int i = 0; i < 40; i++) {
                world.arrive(new ProjectPath("c/x"), 1 + world.random.nextInt(4), 60, 1);
            }
            world.apply(world.planner.plan(NOW, 10_000), NOW);
            world.fill(60);
            int plans = 0;
            Plan plan = world.planner.plan(NOW, 10_000);
            while (!plan.moves().isEmpty()) {
                reclaims += (int) plan.moves().stream()
                        .filter(Move.Reclaim.class::isInstance)
                        .count();
                world.apply(plan, NOW);
                plans++;
                assertThat(plans).as("seed %s: plans without end", seed).isLessThan(200);
                plan = world.planner.plan(NOW, 10_000);
            }
        }
        assertThat(reclaims).isGreaterThan(SEEDS);
    }

    /** A run charged by its cluster and by nobody else: the sum over clusters is the whole, in whatever order they are told. */
    @Test
    void aRunIsPaidOnceByItsProjectThoseAboveItAndItsUser() {
        Planner planner = Planner.of(Snapshot.EMPTY, PolicySettings.DEFAULTS);
        ProjectPath project = new ProjectPath("c/x");
        UserName alice = new UserName("alice");
        Load two = Load.of(Amount.of(2, 0));
        planner.used(project, alice, new ClusterName("hpc"), two, 3, NOW.minusSeconds(10), NOW);
        planner.used(project, alice, new ClusterName("k8s"), two, 1, NOW.minusSeconds(10), NOW);
        for (var payer : planner.usages().keySet()) {
            assertThat(planner.usage(payer).of(Scene.CPUS, NOW, PolicySettings.DEFAULTS.halfLife()))
                    .as("%s", payer)
                    .isCloseTo(80, org.assertj.core.data.Percentage.withPercentage(0.01));
        }
        assertThat(planner.usages()).hasSize(3);
        assertThat(Optional.of(project).flatMap(ProjectPath::parent)).contains(new ProjectPath("c"));
    }
}
