package dev.sluice.policy.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.CapacityReading.Amount;
import dev.sluice.cluster.CapacityReading.PartitionCapacity;
import dev.sluice.cluster.Supply.NodeCounts;
import dev.sluice.cluster.Supply.Others;
import dev.sluice.cluster.Supply.Ownership;
import dev.sluice.cluster.Supply.PartitionState;
import dev.sluice.cluster.Supply.Terms;
import dev.sluice.job.ClusterName;
import dev.sluice.policy.place.ClusterTerms;
import dev.sluice.policy.place.Placement;
import dev.sluice.policy.place.Prices;
import dev.sluice.policy.place.Reliability;
import dev.sluice.policy.place.Weights;
import dev.sluice.spec.Needs;
import dev.sluice.spec.Routing;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Where a job goes of all places that would take it: each situation with its start and the reason that is told. */
class PlacementTest {
    private static final ClusterName HPC = new ClusterName("hpc");
    private static final ClusterName K8S = new ClusterName("k8s");

    private final Scene scene = new Scene();

    private void placed(UnaryOperator<Placement> change) {
        scene.with(settings -> settings.withPlacement(change.apply(settings.placement())));
    }

    private static ClusterTerms costs(double cpu) {
        return ClusterTerms.PLAIN.withPrices(new Prices(cpu, 0, 0, Collections.emptySortedMap()));
    }

    private static ClusterTerms near(String... roots) {
        return ClusterTerms.PLAIN.withNear(new TreeSet<>(Set.of(roots)));
    }

    private List<String> reasons() {
        return reasons(scene.planner());
    }

    private static List<String> reasons(Planner planner) {
        return planner.plan(Scene.NOW, 1000).moves().stream()
                .map(move -> move instanceof Move.Start start ? start.cluster() + ": " + start.reason() : "no start")
                .toList();
    }

    @Test
    void aJobGoesWhereMostIsFree() {
        scene.owned("hpc", 4).owned("k8s", 8).job(1, "a").waits();
        assertThat(reasons()).containsExactly("k8s: fits where most is free");
    }

    @Test
    void ofPlacesThatAreAlikeTheFirstByNameIsTaken() {
        scene.owned("k8s", 4).owned("hpc", 4).job(1, "a").waits();
        assertThat(reasons()).containsExactly("hpc: fits as well as elsewhere");
    }

    @Test
    void whatMayGoToOneClusterOnlySaysSo() {
        scene.owned("hpc", 4)
                .owned("k8s", 8)
                .job(1, "a")
                .asks(ask -> ask.withRouting(Routing.ANYWHERE.withAllowed(List.of(HPC))))
                .waits();
        assertThat(reasons()).containsExactly("hpc: fits in the only place that it may have");
    }

    /** A half of the room is worth a half, and a tenth of the price nine tenths. */
    @Test
    void aCheaperPlaceIsTakenBeforeAFreerOne() {
        placed(placement -> placement.with(HPC, costs(0.1)).with(K8S, costs(1)));
        scene.owned("hpc", 4).owned("k8s", 8).job(1, "a").waits();
        assertThat(reasons()).containsExactly("hpc: fits where it costs least");
    }

    @Test
    void aSmallDifferenceInPriceDoesNotOutweighMuchRoom() {
        placed(placement -> placement.with(HPC, costs(0.9)).with(K8S, costs(1)));
        scene.owned("hpc", 4).owned("k8s", 8).job(1, "a").waits();
        assertThat(reasons()).containsExactly("k8s: fits where most is free");
    }

    @Test
    void weightsSayWhatCountsHowMuch() {
        placed(placement ->
                placement.with(HPC, costs(0.9)).with(K8S, costs(1)).withWeights(new Weights(1, 1, 10, 1, 2)));
        scene.owned("hpc", 4).owned("k8s", 8).job(1, "a").waits();
        assertThat(reasons()).containsExactly("hpc: fits where it costs least");
    }

    /** GPUs and memory have prices of their own, so that what is cheap for one job is dear for another. */
    @Test
    void thePriceIsThatOfWhatTheJobAsksFor() {
        placed(placement -> placement
                .with(HPC, ClusterTerms.PLAIN.withPrices(new Prices(1, 0, 0, Collections.emptySortedMap())))
                .with(K8S, ClusterTerms.PLAIN.withPrices(new Prices(0, 1, 0, Collections.emptySortedMap()))));
        scene.owned("hpc", 64).owned("k8s", 64);
        scene.job(1, "a").waits();
        scene.job(2, "a")
                .asks(ask ->
                        ask.withResources(ask.resources().withMemory(new dev.sluice.spec.Memory.PerNode(8L << 30))))
                .waits();
        assertThat(scene.plan()).containsExactly("start 1 on k8s", "start 2 on hpc");
    }

    @Test
    void aJobGoesToItsData() {
        placed(placement -> placement.with(HPC, near("/scratch")).with(K8S, near("/archive")));
        scene.owned("hpc", 4)
                .owned("k8s", 6)
                .job(1, "a")
                .asks(ask -> ask.withNeeds(Needs.of(List.of(), List.of("/scratch"))))
                .waits();
        assertThat(reasons()).containsExactly("hpc: fits where its data is nearest");
    }

    @Test
    void aJobWithoutFilesIsNearEverywhere() {
        placed(placement -> placement.with(HPC, near("/scratch")).with(K8S, near("/archive")));
        scene.owned("hpc", 4).owned("k8s", 6).job(1, "a").waits();
        assertThat(reasons()).containsExactly("k8s: fits where most is free");
    }

    // ---- what failed of late

    private static void faults(Planner planner, int tasks, Duration ago) {
        planner.ended(K8S, tasks, true, Scene.NOW.minus(ago));
    }

    /** A cluster that fails what it is given is the freest of all, and would draw all jobs to itself. */
    @Test
    void aClusterThatFailsItsJobsDrawsNoMoreOfThem() {
        scene.owned("hpc", 2).owned("k8s", 64).job(1, "a").waits();
        Planner planner = scene.planner();
        faults(planner, 20, Duration.ofMinutes(1));
        assertThat(reasons(planner)).containsExactly("hpc: fits where least failed of late");
    }

    @Test
    void whatFailedLongAgoIsForgiven() {
        scene.owned("hpc", 2).owned("k8s", 64).job(1, "a").waits();
        Planner planner = scene.planner();
        faults(planner, 20, Reliability.HALF_LIFE.multipliedBy(12));
        assertThat(reasons(planner)).containsExactly("k8s: fits where most is free");
    }

    @Test
    void whatAJobMadeOfItselfIsNoFaultOfTheCluster() {
        scene.owned("hpc", 2).owned("k8s", 64).job(1, "a").waits();
        Planner planner = scene.planner();
        planner.ended(K8S, 20, false, Scene.NOW);
        assertThat(reasons(planner)).containsExactly("k8s: fits where most is free");
    }

    @Test
    void aPlannerOfItsSnapshotTrustsTheSame() {
        scene.owned("hpc", 2).owned("k8s", 64).job(1, "a").waits();
        Planner planner = scene.planner();
        faults(planner, 20, Duration.ofMinutes(1));
        assertThat(reasons(Planner.of(planner.snapshot(), PolicySettings.DEFAULTS)))
                .isEqualTo(reasons(planner));
    }

    // ---- when it would start

    /** One of 64 CPUs on which others run and wait, with a usual limit of an hour. */
    private static ClusterView busy(String name, int cpus, int others, Others jobs) {
        Amount total = Amount.of(cpus, (long) cpus << 30);
        Terms terms = new Terms(PartitionState.UP, 60, OptionalInt.empty(), NodeCounts.NONE, Optional.of(jobs));
        return new ClusterView(
                        new ClusterName(name),
                        Health.UP,
                        List.of(new PartitionCapacity(name, total, Amount.of(others, 0), total, 7 * 24 * 60, terms)))
                .withOwnership(Ownership.GUEST);
    }

    /** What is free there is free because the one ahead needs more of it. */
    @Test
    void whereOthersWaitAheadAJobStartsLater() {
        scene.cluster(busy("k8s", 64, 8, new Others(4, 20)))
                .cluster(busy("hpc", 64, 24, new Others(4, 0)))
                .job(1, "a")
                .waits();
        assertThat(reasons()).containsExactly("hpc: fits where it starts soonest");
    }

    @Test
    void howManyWaitAheadIsHeardAgainAtEachReading() {
        scene.cluster(busy("k8s", 64, 8, new Others(4, 20)))
                .cluster(busy("hpc", 64, 24, new Others(4, 0)))
                .job(1, "a")
                .waits();
        Planner planner = scene.planner();
        planner.see(busy("k8s", 64, 8, new Others(4, 0)));
        assertThat(reasons(planner)).containsExactly("k8s: fits where most is free");
        planner.see(busy("k8s", 64, 8, new Others(4, 20)));
        assertThat(reasons(planner)).containsExactly("hpc: fits where it starts soonest");
        planner.see(busy("k8s", 64, 60, new Others(4, 0)));
        assertThat(reasons(planner)).as("and how much they hold").containsExactly("hpc: fits where most is free");
    }

    /** Beyond what is free one more is handed over, to be there when the next one ends: where that is sooner. */
    @Test
    void intoAWindowAJobGoesWhereItsTurnComesFirst() {
        scene.with(settings -> settings.withWindowPercent(100)
                .withPlacement(settings.placement().withWeights(new Weights(1, 1, 1, 0, 2))));
        scene.owned("hpc", 4).owned("k8s", 4);
        scene.job(90, "a").cpus(4).minutes(600).runs("hpc", 10);
        scene.job(91, "a").cpus(4).minutes(60).runs("k8s", 10);
        scene.job(1, "a").waits();
        assertThat(reasons()).containsExactly("k8s: fits where it starts soonest");
    }

    // ---- an administrator's part

    @Test
    void noMoreThanItsPartOfAClusterIsTaken() {
        placed(placement -> placement.with(HPC, ClusterTerms.PLAIN.withPart(50)));
        scene.owned("hpc", 8);
        scene.job(90, "a").cpus(2).runs("hpc", 10);
        for (int id = 1; id <= 4; id++) {
            scene.job(id, "a").waits();
        }
        assertThat(scene.plan())
                .startsWith("start 1 on hpc", "start 2 on hpc")
                .noneMatch(line -> line.contains("start 3"));
    }

    /** What others hold is no part of ours, as long as there is enough besides. */
    @Test
    void othersDoNotUseUpThePart() {
        placed(placement -> placement.with(HPC, ClusterTerms.PLAIN.withPart(50)));
        scene.guest("hpc", 8, 4);
        scene.job(1, "a").cpus(4).waits();
        assertThat(scene.plan()).containsExactly("start 1 on hpc");
    }

    @Test
    void noneOfThePartIsThereWhereOthersLeaveLess() {
        placed(placement -> placement.with(HPC, ClusterTerms.PLAIN.withPart(50)));
        scene.guest("hpc", 8, 6);
        scene.job(1, "a").tasks(4).waits();
        assertThat(scene.plan()).containsExactly("start 1[0-1] on hpc");
    }

    @Test
    void theWindowIsOneOfThePart() {
        placed(placement -> placement.with(HPC, ClusterTerms.PLAIN.withPart(50)));
        scene.with(settings -> settings.withWindowPercent(50)).owned("hpc", 8);
        scene.job(90, "a").cpus(4).runs("hpc", 10);
        scene.job(1, "a").tasks(4).waits();
        assertThat(scene.plan()).containsExactly("start 1[0-1] on hpc", "reserve hpc for 1 in 50 min");
    }

    /** Room is kept for the time when enough of ours has ended: others' part does not come to it. */
    @Test
    void roomInAPartIsKeptForWhenOursEnd() {
        placed(placement -> placement.with(HPC, ClusterTerms.PLAIN.withPart(50)));
        scene.owned("hpc", 8);
        scene.job(90, "b").cpus(2).minutes(60).runs("hpc", 10);
        scene.job(91, "b").cpus(1).minutes(120).runs("hpc", 10);
        scene.job(1, "a").cpus(3).waits();
        assertThat(scene.plan()).containsExactly("reserve hpc for 1 in 50 min");
    }

    @Test
    void whatIsTooLargeForThePartIsToldSo() {
        placed(placement -> placement.with(HPC, ClusterTerms.PLAIN.withPart(50)));
        scene.owned("hpc", 8);
        scene.job(1, "a").cpus(5).waits();
        Explanation explanation = scene.planner().explain(new dev.sluice.job.JobId(1), Scene.NOW);
        assertThat(explanation.toString())
                .contains("OverPart[dimension=CPUS, asked=5, part=4]")
                .doesNotContain("TooLarge");
    }
}
