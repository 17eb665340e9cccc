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
import dev.sluice.policy.place.Prices;
import dev.sluice.policy.place.Weights;
import dev.sluice.spec.Needs;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** How much each reason for a place counts beside the others: most scenes lie close to the point where another place would be chosen. */
class ScoresTest {
    private static final int WEEK = 7 * 24 * 60;

    private Scene scene = new Scene();

    private void terms(String cluster, UnaryOperator<ClusterTerms> change) {
        ClusterName name = new ClusterName(cluster);
        scene.with(settings -> settings.withPlacement(settings.placement()
                .with(name, change.apply(settings.placement().of(name)))));
    }

    private void costs(String cluster, double cpu) {
        terms(cluster, terms -> terms.withPrices(new Prices(cpu, 0, 0, Collections.emptySortedMap())));
    }

    private List<String> reasons() {
        return reasons(scene.planner());
    }

    private static List<String> reasons(Planner planner) {
        return planner.plan(Scene.NOW, 1000).moves().stream()
                .map(move -> move instanceof Move.Start start ? start.cluster() + ": " + start.reason() : "no start")
                .toList();
    }

    private static ClusterView guest(String name, int cpus, long defaultMinutes, long maxMinutes, Others others) {
        Amount total = Amount.of(cpus, (long) cpus << 30);
        Terms terms =
                new Terms(PartitionState.UP, defaultMinutes, OptionalInt.empty(), NodeCounts.NONE, Optional.of(others));
        PartitionCapacity all = new PartitionCapacity(name, total, Amount.of(0, 0), total, maxMinutes, terms);
        return new ClusterView(new ClusterName(name), Health.UP, List.of(all)).withOwnership(Ownership.GUEST);
    }

    // ---- weights

    /** All but room speaks for the one, and room for the other. */
    private List<String> weighed(double start, double data, double cost, double spread, double failures) {
        scene = new Scene();
        scene.with(settings -> settings.withPlacement(
                settings.placement().withWeights(new Weights(start, data, cost, spread, failures))));
        terms("hpc", terms -> terms.withNear(new TreeSet<>(Set.of("/scratch"))));
        terms("k8s", terms -> terms.withNear(new TreeSet<>(Set.of("/archive"))));
        costs("hpc", 0.1);
        costs("k8s", 1);
        scene.cluster(guest("hpc", 48, 60, WEEK, new Others(4, 0)))
                .cluster(guest("k8s", 64, 60, WEEK, new Others(4, 20)));
        scene.job(1, "a")
                .asks(ask -> ask.withNeeds(Needs.of(List.of(), List.of("/scratch"))))
                .waits();
        Planner planner = scene.planner();
        planner.ended(new ClusterName("k8s"), 20, true, Scene.NOW);
        return reasons(planner);
    }

    @Test
    void aReasonOfNoWeightIsLeftOut() {
        assertThat(weighed(0, 0, 0, 0, 0)).containsExactly("hpc: fits as well as elsewhere");
        assertThat(weighed(0, 0, 0, 1, 0)).containsExactly("k8s: fits where most is free");
        assertThat(weighed(1, 0, 0, 1, 0)).containsExactly("hpc: fits where it starts soonest");
        assertThat(weighed(0, 1, 0, 1, 0)).containsExactly("hpc: fits where its data is nearest");
        assertThat(weighed(0, 0, 1, 1, 0)).containsExactly("hpc: fits where it costs least");
        assertThat(weighed(0, 0, 0, 1, 1)).containsExactly("hpc: fits where least failed of late");
    }

    // ---- room and price

    private List<String> priced(int hpcCpus, double hpcPrice, int k8sCpus, double k8sPrice) {
        scene = new Scene();
        costs("hpc", hpcPrice);
        costs("k8s", k8sPrice);
        scene.owned("hpc", hpcCpus).owned("k8s", k8sCpus).job(1, "a").waits();
        return reasons();
    }

    @Test
    void roomAndPriceAreComparedWithTheMostOfThemWhereverThatIs() {
        assertThat(priced(4, 0.1, 8, 1)).containsExactly("hpc: fits where it costs least");
        assertThat(priced(8, 1, 4, 0.1)).containsExactly("k8s: fits where it costs least");
        assertThat(priced(8, 1, 4, 0.9)).containsExactly("hpc: fits where most is free");
    }

    @Test
    void inWhatCurrencyPricesAreDoesNotMatter() {
        assertThat(priced(4, 0.9, 8, 1)).containsExactly("k8s: fits where most is free");
        assertThat(priced(4, 90, 8, 100)).containsExactly("k8s: fits where most is free");
    }

    /** Twice the room, at nine tenths, a tenth and a half of the price. */
    @Test
    void ofAllThatSpeaksForAPlaceThatWhichCountsMostIsTold() {
        assertThat(priced(4, 1, 8, 0.9)).containsExactly("k8s: fits where most is free");
        assertThat(priced(4, 1, 8, 0.1)).containsExactly("k8s: fits where it costs least");
        assertThat(priced(4, 1, 8, 0.5)).containsExactly("k8s: fits where most is free");
    }

    // ---- the start: ten minutes later is worth half, as much as half of the room

    private List<String> behind(ClusterView k8s, int hpcCpus) {
        scene = new Scene().cluster(k8s).cluster(guest("hpc", hpcCpus, 60, WEEK, new Others(3, 0)));
        scene.job(1, "a").waits();
        return reasons();
    }

    /** Half of the usual hour on what three that run give back: ten minutes. */
    @Test
    void oneOfAnothersThatWaitsAheadIsWaitedForAsIfItRanForHalfOfTheUsualLimit() {
        ClusterView k8s = guest("k8s", 100, 60, WEEK, new Others(3, 1));
        assertThat(behind(k8s, 49)).containsExactly("k8s: fits where most is free");
        assertThat(behind(k8s, 51)).containsExactly("hpc: fits where it starts soonest");
    }

    @Test
    void aUsualLimitBeyondTheLongestCountsAsTheLongest() {
        ClusterView k8s = guest("k8s", 100, 600, 60, new Others(3, 1));
        assertThat(behind(k8s, 49)).containsExactly("k8s: fits where most is free");
        assertThat(behind(k8s, 51)).containsExactly("hpc: fits where it starts soonest");
    }

    @Test
    void whereNobodyRunsOrNobodyHasLookedYetNobodyIsWaitedFor() {
        scene.guest("k8s", 8, 0).cluster(guest("hpc", 4, 60, WEEK, new Others(0, 0)));
        scene.job(1, "a").waits();
        assertThat(reasons()).containsExactly("k8s: fits where most is free");
    }

    @Test
    void whereWhateverFitsStartsNobodyIsWaitedFor() {
        scene.kubernetes("k8s", 64, 8, 20).cluster(guest("hpc", 48, 60, WEEK, new Others(3, 0)));
        scene.job(1, "a").waits();
        assertThat(reasons()).containsExactly("k8s: fits where most is free");
    }

    // ---- the start, beyond what is free

    /** Half of the hundred are in the window of the one; of the other, as many again as half of it are. */
    private List<String> windows(int k8sCpus) {
        scene = new Scene().owned("hpc", 100).owned("k8s", k8sCpus).with(settings -> settings.withWindowPercent(50));
        scene.job(90, "a").cpus(100).minutes(20).runs("hpc", 10);
        scene.job(1, "a").waits();
        return reasons();
    }

    @Test
    void inAWindowTenMinutesLaterIsWorthHalfToo() {
        assertThat(windows(16)).containsExactly("hpc: fits where most is free");
        assertThat(windows(18)).containsExactly("k8s: fits where it starts soonest");
    }

    @Test
    void whereNobodyKnowsWhenAnythingEndsAWindowComesLast() {
        scene.guest("hpc", 4, 4).owned("k8s", 4).with(settings -> settings.withWindowPercent(100));
        scene.job(90, "a").cpus(4).minutes(600).runs("k8s", 10);
        scene.job(1, "a").waits();
        assertThat(reasons()).containsExactly("k8s: fits where it starts soonest");
    }

    @Test
    void inAWindowThoseAheadAreWaitedForBesides() {
        scene.cluster(guest("hpc", 4, 60, WEEK, new Others(1, 2)))
                .cluster(guest("k8s", 4, 60, WEEK, new Others(1, 0)))
                .with(settings -> settings.withWindowPercent(100));
        scene.job(90, "a").cpus(4).runs("hpc", 10);
        scene.job(91, "a").cpus(4).runs("k8s", 10);
        scene.job(1, "a").waits();
        assertThat(reasons()).containsExactly("k8s: fits where it starts soonest");
    }

    /** It would fit in before the maintenance if it started now, and not when there is room. */
    @Test
    void aWindowThatEndsInMaintenanceComesLast() {
        scene.cluster(Scene.view("hpc", 4, 0).withMaintenance(Scene.NOW.plus(Duration.ofMinutes(70))))
                .owned("k8s", 4)
                .with(settings -> settings.withWindowPercent(100));
        scene.job(90, "a").cpus(4).minutes(30).runs("hpc", 10);
        scene.job(91, "a").cpus(4).minutes(60).runs("k8s", 10);
        scene.job(1, "a").minutes(60).waits();
        assertThat(reasons()).containsExactly("k8s: fits where it starts soonest");
    }

    // ---- the order, and the reasons of those behind the first

    private void waitsPreferring(int id, String cluster) {
        scene.job(id, "a")
                .asks(ask -> ask.withRouting(ask.routing().withPreferred(Set.of(new ClusterName(cluster)))))
                .waits();
    }

    @Test
    void aPreferredClusterComesFirstAndWhenItIsFullTheOther() {
        scene.owned("hpc", 64).owned("k8s", 1);
        waitsPreferring(1, "k8s");
        waitsPreferring(2, "k8s");
        assertThat(reasons()).containsExactly("k8s: fits on a preferred cluster", "hpc: fits where most is free");
    }

    /** What is told of the second is what it has before the full one, and not what it has before the third. */
    @Test
    void behindAPreferredClusterThatIsFullTheOthersKeepTheirOrder() {
        costs("aix", 0.1);
        costs("hpc", 0.1);
        costs("k8s", 1);
        scene.owned("aix", 2).owned("hpc", 1).owned("k8s", 1);
        scene.job(90, "a").runs("hpc", 10);
        waitsPreferring(1, "hpc");
        assertThat(reasons()).containsExactly("aix: fits where most is free");
    }

    @Test
    void anArrayGoesOnWhereMostIsFreeOfTheRest() {
        scene.owned("aix", 1)
                .owned("hpc", 2)
                .owned("k8s", 3)
                .job(1, "a")
                .tasks(6)
                .waits();
        assertThat(scene.plan()).containsExactly("start 1[0-2] on k8s", "start 1[3-4] on hpc", "start 1[5] on aix");
    }

    /** Where it began and nothing is left, nothing is compared with it. */
    @Test
    void eachPartOfAnArrayHasItsOwnReason() {
        costs("aix", 0.8);
        costs("hpc", 1);
        costs("k8s", 0.5);
        scene.owned("aix", 3)
                .owned("hpc", 2)
                .owned("k8s", 2)
                .job(1, "a")
                .tasks(7)
                .waits();
        assertThat(reasons())
                .containsExactly(
                        "aix: fits where most is free",
                        "k8s: fits where it costs least",
                        "hpc: fits where most is free");
    }
}
