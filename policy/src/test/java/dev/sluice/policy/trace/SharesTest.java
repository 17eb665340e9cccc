package dev.sluice.policy.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.job.ProjectPath;
import dev.sluice.policy.plan.PolicySettings;
import dev.sluice.policy.project.HalfLife;
import dev.sluice.policy.project.Project;
import dev.sluice.policy.project.ProjectTree;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Promise 2: each project gets its share of the whole federation, over both kinds of cluster, counted once. */
class SharesTest {
    private static TraceJob job(long number, long submit, long run, int cpus, String group) {
        return new TraceJob(number, submit, run, cpus, OptionalLong.of(3600), 0, 0, "1", group, "");
    }

    private static final Duration HALF_LIFE = Duration.ofDays(1);

    private static PolicySettings oneToTwo() {
        return PolicySettings.DEFAULTS
                .withHalfLife(new HalfLife(HALF_LIFE))
                .withProjects(ProjectTree.of(
                        List.of(Project.of(new ProjectPath("one"), 1), Project.of(new ProjectPath("two"), 2))));
    }

    private static SortedMap<ProjectPath, Takes> byGroup() {
        SortedMap<ProjectPath, Takes> projects = new TreeMap<>();
        projects.put(new ProjectPath("one"), Takes.group("1"));
        projects.put(new ProjectPath("two"), Takes.group("2"));
        return projects;
    }

    /** Both projects have more than they can ever run from the first second on. */
    private static List<TraceJob> endless() {
        SplittableRandom random = new SplittableRandom(11);
        List<TraceJob> jobs = new ArrayList<>();
        for (int number = 1; number <= 16_000; number++) {
            long run = 600 + random.nextInt(3000);
            jobs.add(job(number, 0, run, 1 + random.nextInt(8), number % 2 == 0 ? "2" : "1"));
        }
        return jobs;
    }

    private static Report.ProjectUse use(Report report, String project) {
        return report.projects().stream()
                .filter(each -> each.project().value().equals(project))
                .findFirst()
                .orElseThrow();
    }

    private static Report run(List<ModelCluster> clusters, List<TraceJob> jobs) {
        Scenario scenario = Scenario.of(clusters, byGroup(), oneToTwo()).until(HALF_LIFE.multipliedBy(5));
        return Simulation.run(scenario, Trace.of(jobs), Simulation.Watcher.NONE);
    }

    private static double ratio(Report report) {
        return use(report, "two").decayedPart() / use(report, "one").decayedPart();
    }

    private static final List<ModelCluster> OWNED = List.of(
            ModelCluster.owned("hpc", ModelCluster.Kind.SLURM, 4, 16),
            ModelCluster.owned("k8s", ModelCluster.Kind.KUBERNETES, 4, 16));

    /**
     * The grain: 2,000 CPU seconds of a job in the mean against 128 CPUs · 1 day / ln 2 that count, 1 in 8,000, so that a hundredth is
     * no luck.
     */
    @Test
    void twoProjectsAtWeightsOneToTwoHaveUsedOneToTwoAfterFiveHalfLives() {
        Report report = run(OWNED, endless());
        assertThat(report.projects())
                .allSatisfy(each -> assertThat(each.jobs().left())
                        .as("jobs of " + each.project() + " that still wait: demand never ends")
                        .isGreaterThan(100));
        System.out.println(
                "usage of two projects at weights 1:2 after five half-lives, both clusters owned: 1:" + ratio(report));
        assertThat(ratio(report)).isBetween(2 * 0.99, 2 * 1.01);
        assertThat(report.utilisation()).isGreaterThan(0.97);
    }

    /**
     * Others hand jobs in to both clusters, for half of each. Between our projects the shares hold all the same, of what they get; of
     * how much that is nothing is promised.
     */
    @Test
    void onGuestClustersSharesHoldOfWhatOthersLeave() {
        List<TraceJob> jobs = endless();
        SplittableRandom random = new SplittableRandom(12);
        for (int i = 0; i < 5 * 24 * 32; i++) {
            // 32 jobs an hour of 4 CPUs and half an hour: half of 128 CPUs.
            String cluster = i % 2 == 0 ? "hpc" : "k8s";
            jobs.add(job(20_000 + i, random.nextInt(5 * 86_400), 1800, 4, cluster));
        }
        List<ModelCluster> guests = OWNED.stream()
                .map(each -> each.guest(Takes.group(each.name().value())))
                .toList();
        Report report = run(guests, jobs);
        System.out.println("the same on guest clusters that others use, too: 1:" + ratio(report) + ", of "
                + Math.round(100 * report.clusters().getFirst().ours()) + " % of hpc and "
                + Math.round(100 * report.clusters().getLast().ours()) + " % of k8s; others' mean wait "
                + Math.round(report.clusters().getFirst().nativeWaits().mean()) + " s and "
                + Math.round(report.clusters().getLast().nativeWaits().mean()) + " s");
        assertThat(ratio(report)).isBetween(2 * 0.95, 2 * 1.05);
    }
}
