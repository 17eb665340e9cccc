package dev.sluice.policy.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sluice.cluster.CapacityReading.Amount;
import dev.sluice.cluster.Supply.Ownership;
import dev.sluice.job.ClusterName;
import dev.sluice.job.InvalidValue;
import dev.sluice.job.ProjectPath;
import dev.sluice.policy.load.Dimension;
import dev.sluice.policy.plan.PolicySettings;
import dev.sluice.policy.project.Project;
import dev.sluice.policy.project.ProjectTree;
import dev.sluice.policy.project.Quota;
import dev.sluice.policy.project.Resource;
import dev.sluice.policy.trace.Report.Counts;
import dev.sluice.policy.trace.Report.Waits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Small traces of which one knows by hand what comes of them, and laws that hold for all. */
class SimulationTest {
    private static final ModelCluster HPC = ModelCluster.owned("hpc", ModelCluster.Kind.SLURM, 1, 4);

    private static TraceJob job(long number, long submit, long run, int cpus, String group) {
        return new TraceJob(number, submit, run, cpus, OptionalLong.of(3600), 0, 0, "1", group, "");
    }

    /** One that runs to its limit. */
    private static TraceJob exact(long number, long submit, long run, int cpus, String group) {
        return new TraceJob(number, submit, run, cpus, OptionalLong.of(run), 0, 0, "1", group, "");
    }

    private static Scenario scenario(ModelCluster... clusters) {
        return Scenario.of(List.of(clusters), new TreeMap<>(), PolicySettings.DEFAULTS);
    }

    private static Report run(Scenario scenario, TraceJob... jobs) {
        return Simulation.run(scenario, Trace.of(List.of(jobs)), Simulation.Watcher.NONE);
    }

    @Test
    void aJobThatFindsNoRoomWaitsForOneThatEnds() {
        Report report = run(scenario(HPC), job(1, 100, 50, 3, "a"), job(2, 110, 10, 2, "b"), job(3, 110, 5, 1, "b"));
        assertThat(report.seconds()).isEqualTo(60);
        assertThat(report.jobs()).isEqualTo(new Counts(3, 0, 0, 0, 0, 0));
        assertThat(report.projects().stream().map(each -> each.project().value()))
                .containsExactly("group-a", "group-b");
        assertThat(report.projects().getLast().waits())
                .as("40 s and none; (40+10)/10 and 1 of runs of 10 and 5 s, of which the last counts as 10")
                .isEqualTo(new Waits(2, 20, 0, 40, 40, 3, 3));
        assertThat(report.utilisation()).isEqualTo((3 * 50 + 2 * 10 + 5) / (4 * 60.0));
    }

    @Test
    void aShortRunCountsInTheBoundedSlowdownAsOneOfTenSeconds() {
        Report report = run(scenario(HPC), exact(1, 0, 30, 4, "a"), job(2, 0, 2, 4, "a"), job(3, 0, 0, 4, "a"));
        assertThat(report.waits().slowdown()).isEqualTo((1 + 16 + 32) / 3.0);
        assertThat(report.waits().boundedSlowdown()).isEqualTo((1 + 3.2 + 3.2) / 3);
    }

    @Test
    void aJobIsKilledAtItsLimitAndOneThatFitsNowhereIsNeverQueued() {
        Report report = run(scenario(HPC), job(1, 0, 5000, 4, "a"), job(2, 0, 1, 5, "a"), job(3, 7, 1, 1, "a"));
        assertThat(report.jobs()).isEqualTo(new Counts(2, 1, 1, 0, 0, 0));
        assertThat(report.waits().max()).isEqualTo(3593);
        assertThat(report.seconds()).isEqualTo(3601);
    }

    /** The cluster has it altogether, and no node of it has. */
    @Test
    void aJobOfOneCpuThatNeedsMoreMemoryThanANodeHasIsNeverQueued() {
        ModelCluster cluster = new ModelCluster(
                new ClusterName("hpc"),
                ModelCluster.Kind.SLURM,
                Ownership.OWNED,
                2,
                Amount.of(8, 8L << 30),
                Duration.ofHours(1),
                Optional.empty());
        List<TraceJob> jobs = List.of(
                new TraceJob(1, 0, 10, 1, OptionalLong.empty(), 9L << 30, 0, "", "", ""),
                new TraceJob(2, 5, 10, 1, OptionalLong.empty(), 8L << 30, 0, "", "", ""));
        Report report = Simulation.run(scenario(cluster), Trace.of(jobs), Simulation.Watcher.NONE);
        assertThat(report.jobs()).isEqualTo(new Counts(1, 0, 1, 0, 0, 0));
    }

    @Test
    void memoryAndGpusBindToo() {
        ModelCluster cluster = new ModelCluster(
                new ClusterName("hpc"),
                ModelCluster.Kind.SLURM,
                Ownership.OWNED,
                2,
                new Amount(8, 8L << 30, new TreeMap<>(Map.of("a100", 1L))),
                Duration.ofHours(1),
                Optional.empty());
        List<TraceJob> jobs = List.of(
                new TraceJob(1, 0, 10, 1, OptionalLong.empty(), 8L << 30, 0, "", "", ""),
                new TraceJob(2, 0, 10, 2, OptionalLong.empty(), 4L << 30, 0, "", "", ""),
                new TraceJob(3, 0, 10, 1, OptionalLong.empty(), 1L << 30, 0, "", "", ""),
                new TraceJob(4, 0, 20, 1, OptionalLong.empty(), 0, 2, "", "", ""),
                new TraceJob(5, 0, 20, 1, OptionalLong.empty(), 0, 1, "", "", ""),
                new TraceJob(6, 0, 20, 1, OptionalLong.empty(), 0, 3, "", "", ""));
        Report report = Simulation.run(scenario(cluster), Trace.of(jobs), Simulation.Watcher.NONE);
        assertThat(report.jobs()).isEqualTo(new Counts(5, 0, 1, 0, 0, 0));
        assertThat(report.waits().mean())
                .as("one waits 10 s for memory, one 20 s for a GPU")
                .isEqualTo(30 / 5.0);
    }

    /** Others' jobs on a guest cluster of 4 CPUs: 3 for 100 s, then 4 for 10 s, then 1 for 100 s and 1 for 101 s. */
    private static Report natives(ModelCluster.Kind kind) {
        ModelCluster guest = ModelCluster.owned("hpc", kind, 1, 4).guest(Takes.ALL);
        return run(
                scenario(guest),
                exact(1, 0, 100, 3, "a"),
                exact(2, 0, 10, 4, "a"),
                exact(3, 0, 101, 1, "a"),
                exact(4, 0, 100, 1, "a"));
    }

    @Test
    void slurmKeepsRoomForTheFirstOfItsQueueAndKubernetesForNobody() {
        Report slurm = natives(ModelCluster.Kind.SLURM);
        assertThat(slurm.jobs().done()).as("none of them is a project's").isZero();
        assertThat(slurm.clusters().getFirst().nativeWaits().max())
                .as("the second waits 100 s, the fourth goes before it, the third must not")
                .isEqualTo(110);
        assertThat(slurm.clusters().getFirst().nativeWaits().mean()).isEqualTo((100 + 110) / 4.0);
        Report kubernetes = natives(ModelCluster.Kind.KUBERNETES);
        assertThat(kubernetes.clusters().getFirst().nativeWaits().mean())
                .as("the third starts at once, the fourth at 100, the second when that ends")
                .isEqualTo((100 + 200) / 4.0);
    }

    @Test
    void whatTheFirstOfSlurmsQueueLeavesGoesBeforeItHoweverLong() {
        ModelCluster guest =
                ModelCluster.owned("hpc", ModelCluster.Kind.SLURM, 1, 4).guest(Takes.ALL);
        Report report =
                run(scenario(guest), exact(1, 0, 100, 3, "a"), exact(2, 0, 10, 2, "a"), exact(3, 0, 500, 1, "a"));
        assertThat(report.clusters().getFirst().nativeWaits().mean()).isEqualTo(100 / 3.0);
    }

    /** Nothing happens for hours when that time is over: a plan is made all the same. */
    @Test
    void whatWaitsTooLongInAClustersOwnQueueIsTakenBackForAnother() {
        ModelCluster guest =
                ModelCluster.owned("hpc", ModelCluster.Kind.SLURM, 1, 8).guest(Takes.group("others"));
        ModelCluster owned = ModelCluster.owned("k8s", ModelCluster.Kind.KUBERNETES, 1, 4);
        Scenario scenario = Scenario.of(
                List.of(guest, owned),
                new TreeMap<>(),
                PolicySettings.DEFAULTS.withReservations(0).withWithdrawAfter(Duration.ofSeconds(600)));
        Report report =
                run(scenario, exact(1, 0, 20_000, 8, "others"), exact(2, 1, 299, 4, "a"), exact(3, 2, 50, 4, "a"));
        assertThat(report.waits().max())
                .as("k8s has room from 300 on, the job is old enough at 602")
                .isEqualTo(600);
    }

    @Test
    void ofWhatNobodyTakesItIsSaidHowMuchThereIs() {
        SortedMap<ProjectPath, Takes> projects = new TreeMap<>();
        projects.put(new ProjectPath("art"), Takes.group("a"));
        Report report = run(
                Scenario.of(List.of(HPC), projects, PolicySettings.DEFAULTS),
                job(1, 0, 1, 1, "a"),
                job(2, 0, 1, 1, "b"));
        assertThat(report.nobodys()).isEqualTo(1);
        assertThat(report.projects())
                .singleElement()
                .satisfies(each -> assertThat(each.project().value()).isEqualTo("art"));
    }

    private static final Resource CPUS = Resource.everywhere(Dimension.Plain.CPUS);

    /** Project a is promised so many CPUs, b nothing; the grace is 20 s. */
    private static Scenario promised(int cpus, int requeues) {
        PolicySettings policy = PolicySettings.DEFAULTS.withProjects(ProjectTree.of(
                List.of(Project.of(new ProjectPath("group-a"), 1).withQuota(CPUS, Quota.guaranteed(cpus)))));
        return new Scenario(
                "",
                List.of(HPC),
                new TreeMap<>(),
                policy,
                Duration.ofSeconds(20),
                requeues,
                Duration.ofHours(1),
                Optional.empty());
    }

    @Test
    void whatIsTakenBackGoesOnForItsGraceAndStartsAnew() {
        Report report = run(promised(2, 1), job(1, 0, 1000, 4, "b"), job(2, 100, 50, 2, "a"));
        assertThat(report.jobs()).isEqualTo(new Counts(2, 0, 0, 0, 1, 0));
        Report.ProjectUse a = report.projects().getFirst();
        Report.ProjectUse b = report.projects().getLast();
        assertThat(a.waits().mean()).as("the grace").isEqualTo(20);
        assertThat(b.waits().mean()).as("from 0 to the end of the other's job").isEqualTo(170);
        assertThat(b.lostCpuSeconds()).isEqualTo(4 * 120);
        assertThat(b.cpuSeconds()).isEqualTo(4 * (120 + 1000));
        assertThat(report.seconds()).isEqualTo(1170);
    }

    /** Another shape than the first one's: a project's jobs of one shape get theirs one after the other. */
    @Test
    void whoeverComesDuringTheGraceOfOneVictimGetsAnother() {
        Report report = run(
                promised(4, 1),
                job(1, 0, 1000, 2, "b"),
                job(2, 0, 1000, 2, "b"),
                job(3, 100, 500, 2, "a"),
                exact(4, 105, 500, 2, "a"));
        assertThat(report.jobs().preemptions()).isEqualTo(2);
        assertThat(report.projects().getFirst().waits().max()).isEqualTo(20);
    }

    @Test
    void whatIsTakenBackOnceTooOftenIsGivenUp() {
        Report report = run(promised(2, 0), job(1, 0, 1000, 4, "b"), job(2, 100, 50, 2, "a"));
        assertThat(report.jobs()).isEqualTo(new Counts(1, 0, 0, 0, 1, 1));
    }

    @Test
    void whatEndsWithinItsGraceWasNotTakenBack() {
        Report report = run(promised(2, 1), job(1, 0, 110, 4, "b"), job(2, 100, 50, 2, "a"));
        assertThat(report.jobs()).isEqualTo(new Counts(2, 0, 0, 0, 0, 0));
        assertThat(report.projects().getFirst().waits().mean()).isEqualTo(10);
    }

    @Test
    void whatStillWaitsOrRunsWhenItIsStoppedIsCounted() {
        Report report = run(
                scenario(HPC).until(Duration.ofSeconds(100)),
                job(1, 0, 60, 4, "a"),
                job(2, 0, 60, 4, "a"),
                job(3, 0, 60, 4, "a"),
                job(4, 101, 60, 4, "a"));
        assertThat(report.jobs()).isEqualTo(new Counts(1, 0, 0, 2, 0, 0));
        assertThat(report.seconds()).isEqualTo(100);
        assertThat(report.utilisation()).isEqualTo(1);
    }

    @Test
    void samplesAreMeansOfTheTimeBetweenAndThinnedWhenTheyAreMany() {
        Report report = run(scenario(HPC), job(1, 0, 3600, 4, "a"), job(2, 5400, 1800, 2, "a"));
        assertThat(report.samples().stream().map(Report.Sample::second)).containsExactly(3600L, 7200L);
        assertThat(report.samples().stream()
                        .map(each -> each.clusters().getFirst().ours()))
                .containsExactly(4.0, 1.0);
        TraceJob[] days = new TraceJob[1000];
        for (int day = 0; day < days.length; day++) {
            days[day] = job(day, 86_400L * day, 3000, 1, "a");
        }
        Report thinned = run(scenario(HPC), days);
        assertThat(thinned.samples()).hasSizeBetween(1000, 2000);
        assertThat(thinned.samples().stream()
                        .mapToDouble(each -> each.clusters().getFirst().ours())
                        .sum())
                .as("means of 16 hours each hold all that was held")
                .isCloseTo(1000 * 3000 / (16 * 3600.0), within(0.2));
    }

    /** For drawn traces on both kinds, owned and guest. */
    @Test
    void theSameInMakesTheSameOutAndNothingIsLost() {
        for (int seed = 1; seed <= 6; seed++) {
            Trace trace = LublinFeitelson.at(
                    1.1, LublinFeitelson.draw(new LublinFeitelson.Size(1500, 32, 3), new SplittableRandom(seed)));
            ModelCluster slurm = ModelCluster.owned("hpc", ModelCluster.Kind.SLURM, 4, 8);
            ModelCluster kubernetes = ModelCluster.owned("k8s", ModelCluster.Kind.KUBERNETES, 2, 8);
            Takes others = Takes.group("3");
            Scenario scenario = scenario(
                    seed % 2 == 0 ? slurm.guest(others) : slurm, seed % 3 == 0 ? kubernetes.guest(others) : kubernetes);
            Report report = Simulation.run(scenario, trace, Simulation.Watcher.NONE);
            assertThat(Simulation.run(scenario, trace, Simulation.Watcher.NONE)).isEqualTo(report);
            long natives = report.clusters().stream()
                    .mapToLong(
                            each -> each.nativeJobs().done() + each.nativeJobs().refused())
                    .sum();
            assertThat(report.jobs().done() + report.jobs().refused() + natives)
                    .as("seed " + seed)
                    .isEqualTo(1500);
            double held = report.projects().stream()
                    .mapToDouble(Report.ProjectUse::cpuSeconds)
                    .sum();
            double ours = report.clusters().stream()
                    .mapToDouble(each -> each.ours() * each.cpus() * report.seconds())
                    .sum();
            assertThat(ours / held).isCloseTo(1, within(1e-9));
            assertThat(report.samples())
                    .allSatisfy(
                            sample -> assertThat(sample.clusters().getFirst().ours()
                                            + sample.clusters().getFirst().natives())
                                    .isBetween(0.0, 32.0 + 1e-6));
        }
    }

    @Test
    void theWatcherHearsTheEnd() {
        List<String> heard = new ArrayList<>();
        Simulation.run(
                scenario(HPC),
                Trace.of(List.of(job(1, 10, 5, 1, "a"), job(2, 20, 5, 9, "a"))),
                (over, jobs, second) -> heard.add(over + "/" + jobs + " " + second));
        assertThat(heard).last().isEqualTo("2/2 10");
    }

    @Test
    void aScenarioThatContradictsItselfIsRefused() {
        assertThatThrownBy(() -> scenario()).isInstanceOf(InvalidValue.class);
        assertThatThrownBy(() -> scenario(HPC, HPC)).isInstanceOf(InvalidValue.class);
        assertThatThrownBy(() -> new ModelCluster(
                        new ClusterName("hpc"),
                        ModelCluster.Kind.SLURM,
                        Ownership.OWNED,
                        1,
                        Amount.of(1, 1),
                        Duration.ofHours(1),
                        Optional.of(Takes.ALL)))
                .isInstanceOf(InvalidValue.class);
    }
}
