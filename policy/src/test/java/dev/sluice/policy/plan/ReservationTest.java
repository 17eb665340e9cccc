package dev.sluice.policy.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.job.ClusterName;
import dev.sluice.job.JobId;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.TaskSet;
import dev.sluice.policy.project.Project;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Jobs that find no room now: what is kept for them, and what may go before them. */
class ReservationTest {
    private final Scene scene = new Scene();

    @Test
    void aWideJobGetsTheEarliestTimeByWhichEnoughEnds() {
        scene.owned("hpc", 10);
        scene.job(91, "a").cpus(4).minutes(60).runs("hpc", 20);
        scene.job(92, "a").cpus(4).minutes(120).runs("hpc", 20);
        scene.job(1, "a").cpus(6).waits();
        assertThat(scene.plan()).containsExactly("reserve hpc for 1 in 40 min");
    }

    /** Published as priority inversion by backfill: small jobs for ever in front of a wide one. */
    @Test
    void smallerJobsGoBeforeItOnlyIfTheyDoNotDelayIt() {
        scene.owned("hpc", 10);
        scene.job(91, "a").cpus(7).minutes(60).runs("hpc", 20);
        scene.job(1, "a").cpus(9).minutes(600).waits();
        scene.job(2, "a").minutes(600).waits();
        scene.job(3, "a").minutes(600).waits();
        scene.job(4, "a").minutes(41).waits();
        scene.job(5, "a").minutes(40).waits();
        assertThat(scene.plan()).containsExactly("start 2 on hpc", "start 5 on hpc", "reserve hpc for 1 in 40 min");
    }

    @Test
    void whoComesBeforeItIsNotHeldBackByIt() {
        scene.owned("hpc", 10).used("a", "alice", 5, Duration.ofHours(9), Duration.ofHours(1));
        scene.job(91, "a").cpus(8).minutes(60).runs("hpc", 20);
        scene.job(1, "a").cpus(10).waits();
        scene.job(2, "b").minutes(600).waits();
        assertThat(scene.plan()).containsExactly("start 2 on hpc", "reserve hpc for 1 in 600 min");
    }

    @Test
    void eachProjectHasOneReservationAndItStaysWithItsJob() {
        scene.owned("hpc", 10);
        scene.job(91, "c").cpus(10).minutes(60).runs("hpc", 20);
        scene.job(1, "a").cpus(6).waits();
        scene.job(2, "a").cpus(6).waits();
        scene.job(3, "b").cpus(6).waits();
        Planner planner = scene.planner();
        Plan plan = planner.plan(Scene.NOW, 100);
        assertThat(scene.lines(plan)).containsExactly("reserve hpc for 1 in 40 min", "reserve hpc for 3 in 100 min");
        plan.moves().forEach(move -> planner.reserve((Move.Reserve) move));
        assertThat(planner.plan(Scene.NOW, 100).moves()).isEmpty();
        assertThat(Planner.of(planner.snapshot(), PolicySettings.DEFAULTS)
                        .plan(Scene.NOW, 100)
                        .moves())
                .isEmpty();
    }

    @Test
    void whoHasRoomKeptForHimTakesItWhenItIsThere() {
        scene.owned("hpc", 10);
        scene.job(1, "a").cpus(10).waits();
        Planner planner = scene.planner();
        planner.reserve(new Move.Reserve(
                new ProjectPath("a"),
                new JobId(1),
                new ClusterName("hpc"),
                Optional.empty(),
                Scene.NOW.plus(Duration.ofMinutes(40))));
        assertThat(scene.lines(planner.plan(Scene.NOW, 100))).containsExactly("start 1 on hpc");
    }

    @Test
    void itIsDroppedForAJobOfAHigherClassOfTheSameProject() {
        scene.owned("hpc", 10);
        scene.job(91, "c").cpus(10).minutes(60).runs("hpc", 20);
        scene.job(1, "a").cpus(6).waits();
        scene.job(5, "a").cpus(7).of(9).waits();
        Planner planner = scene.planner();
        planner.reserve(new Move.Reserve(
                new ProjectPath("a"), new JobId(1), new ClusterName("hpc"), Optional.empty(), Scene.NOW));
        assertThat(scene.lines(planner.plan(Scene.NOW, 100))).containsExactly("reserve hpc for 5 in 40 min");
    }

    @Test
    void whereOthersHandJobsInAWideOneIsHandedOverEarlyAndTheRestGoesOn() {
        scene.guest("hpc", 10, 8);
        scene.job(1, "a").cpus(6).waits();
        scene.job(2, "a").cpus(6).waits();
        scene.job(3, "a").waits();
        assertThat(scene.plan()).containsExactly("start 1 on hpc", "start 3 on hpc");
    }

    /** Of sixteen CPUs three are more than an eighth, and two are one. */
    @Test
    void wideIsWhatTakesMoreThanAnEighthOfAPartition() {
        Scene three = new Scene().guest("hpc", 16, 16);
        three.job(1, "a").cpus(3).waits();
        assertThat(three.plan()).containsExactly("start 1 on hpc");
        Scene two = new Scene().guest("hpc", 16, 16);
        two.job(1, "a").cpus(2).waits();
        assertThat(two.plan()).isEmpty();
    }

    /** The cluster starts others around it; the small one that waits there, too, will have the next that is free. */
    @Test
    void aWideOneInTheClustersQueueHoldsNothingAndASmallOneHolds() {
        scene.guest("hpc", 16, 12);
        scene.job(90, "a").cpus(8).queues("hpc", 5);
        scene.job(91, "a").queues("hpc", 5);
        scene.job(1, "a").tasks(4).waits();
        assertThat(scene.plan()).containsExactly("start 1[0-2] on hpc");
    }

    @Test
    void onKubernetesAWideOneThatWaitsHolds() {
        scene.kubernetes("k8s", 16, 0, 0);
        scene.job(90, "a").cpus(14).queues("k8s", 5);
        scene.job(1, "a").tasks(4).waits();
        assertThat(scene.plan()).containsExactly("start 1[0-1] on k8s", "reserve k8s for 1 in 55 min");
    }

    @Test
    void eachProjectHasOneWideOneInAClustersQueueAtATime() {
        scene.guest("hpc", 16, 16);
        scene.job(90, "a").cpus(8).queues("hpc", 5);
        scene.job(1, "a").cpus(8).waits();
        scene.job(2, "b").cpus(8).waits();
        Planner planner = scene.planner();
        assertThat(scene.lines(planner.plan(Scene.NOW, 100))).containsExactly("start 2 on hpc");
        Charge first = planner.snapshot().charges().getFirst();
        planner.release(first.attempt(), first.tasks());
        assertThat(scene.lines(planner.plan(Scene.NOW, 100)))
                .containsExactlyInAnyOrder("start 1 on hpc", "start 2 on hpc");
    }

    @Test
    void whatEndsWithinAMinuteIsOverWhenItIs() {
        scene.owned("hpc", 10);
        scene.job(91, "b")
                .cpus(10)
                .asks(ask -> ask.withLimit(Duration.ofMinutes(60).plusSeconds(30)))
                .runs("hpc", 20);
        scene.job(1, "a").cpus(6).waits();
        assertThat(scene.plan()).containsExactly("reserve hpc for 1 in 41 min");
    }

    /** Its scheduler would let every small one before it, of ours as well. */
    @Test
    void onKubernetesRoomIsKeptByUsAlthoughOthersHandJobsInToo() {
        scene.kubernetes("k8s", 11, 1, 0);
        scene.job(90, "b").cpus(6).minutes(60).runs("k8s", 10);
        scene.job(1, "a").cpus(9).waits();
        scene.job(2, "a").minutes(600).waits();
        scene.job(3, "a").minutes(600).waits();
        scene.job(4, "a").minutes(600).waits();
        scene.job(5, "a").minutes(30).waits();
        assertThat(scene.plan()).containsExactly("start 2 on k8s", "start 5 on k8s", "reserve k8s for 1 in 50 min");
    }

    @Test
    void whatWaitsLongInAClustersQueueIsTakenBackForAPlaceThatHasRoom() {
        scene.guest("hpc", 10, 10).owned("k8s", 4);
        scene.job(1, "a").cpus(4).queues("hpc", 30);
        scene.job(2, "a").cpus(4).queues("hpc", 9);
        assertThat(scene.plan()).containsExactly("withdraw 1");
        Scene choosy = new Scene().guest("hpc", 10, 10).owned("k8s", 4);
        choosy.with(settings -> settings.withOverflowAfter(Duration.ofHours(1)));
        choosy.job(1, "a")
                .asks(ask -> ask.withRouting(ask.routing().withPreferred(Set.of(new ClusterName("hpc")))))
                .queues("hpc", 30);
        assertThat(choosy.plan()).isEmpty();
        Scene full = new Scene().guest("hpc", 10, 10).owned("k8s", 4);
        full.job(1, "a").cpus(4).queues("hpc", 30);
        full.job(9, "a").cpus(1).runs("k8s", 30);
        assertThat(full.plan()).isEmpty();
    }

    @Test
    void roomIsKeptWhereItIsThereFirst() {
        scene.owned("aix", 4).owned("hpc", 4).owned("k8s", 4);
        scene.job(91, "b").cpus(4).minutes(60).runs("aix", 20);
        scene.job(92, "b").cpus(4).minutes(60).runs("hpc", 40);
        scene.job(93, "b").cpus(4).minutes(60).runs("k8s", 30);
        scene.job(1, "a").cpus(2).waits();
        assertThat(scene.plan()).containsExactly("reserve hpc for 1 in 20 min");
    }

    @Test
    void noRoomIsKeptWhereThereIsRoomAndTheClusterTakesNoMoreTasks() {
        scene.cluster(Scene.view("hpc", 4, 0).withMostTasks(1));
        scene.job(91, "b").runs("hpc", 10);
        scene.job(1, "a").waits();
        assertThat(scene.plan()).isEmpty();
    }

    private void keptForJobOne() {
        scene.owned("hpc", 8);
        scene.job(91, "c").cpus(8).minutes(60).runs("hpc", 20);
    }

    private static Move.Reserve forJobOne() {
        return new Move.Reserve(
                new ProjectPath("a"), new JobId(1), new ClusterName("hpc"), Optional.empty(), Scene.NOW);
    }

    @Test
    void itIsDroppedForTheNextWhenItsJobFitsNowhereAnyMore() {
        keptForJobOne();
        scene.job(1, "a").cpus(9).waits();
        scene.job(2, "a").cpus(6).waits();
        Planner planner = scene.planner();
        planner.reserve(forJobOne());
        assertThat(scene.lines(planner.plan(Scene.NOW, 100))).containsExactly("reserve hpc for 2 in 40 min");
    }

    @Test
    void itIsDroppedForTheNextWhenItsJobIsAnotherProjects() {
        keptForJobOne();
        scene.with(settings -> settings.withReservations(1));
        scene.job(1, "b").cpus(8).waits();
        scene.job(2, "a").cpus(6).waits();
        Planner planner = scene.planner();
        planner.reserve(forJobOne());
        assertThat(scene.lines(planner.plan(Scene.NOW, 100))).containsExactly("reserve hpc for 2 in 40 min");
    }

    // ---- what waits in a cluster's own queue

    @Test
    void whatHasNotWaitedLongStaysInTheQueue() {
        scene.guest("hpc", 10, 10).owned("k8s", 4).job(1, "a").queues("hpc", 9);
        assertThat(scene.plan()).isEmpty();
        scene.job(2, "a").queues("hpc", 10);
        assertThat(scene.plan()).containsExactly("withdraw 2");
    }

    @Test
    void roomInTheClusterWhereItWaitsIsNoReasonToTakeItBack() {
        scene.guest("hpc", 10, 0).job(1, "a").queues("hpc", 30);
        assertThat(scene.plan()).isEmpty();
    }

    @Test
    void itIsNotTakenBackForAClusterThatItsProjectMayNotUse() {
        scene.guest("hpc", 10, 10)
                .owned("k8s", 4)
                .project(Project.of(new ProjectPath("a"), 1)
                        .withClusters(new TreeSet<>(Set.of(new ClusterName("hpc")))));
        scene.job(1, "a").queues("hpc", 30);
        assertThat(scene.plan()).isEmpty();
    }

    @Test
    void anArrayIsTakenBackOnlyWhereAllOfItHasRoom() {
        scene.guest("hpc", 10, 10).owned("k8s", 3).job(1, "a").tasks(4).queues("hpc", 30);
        assertThat(scene.plan()).isEmpty();
        scene.owned("lab", 4);
        assertThat(scene.plan()).containsExactly("withdraw 1");
    }

    @Test
    void theSameRoomIsNotAReasonToTakeTwoBack() {
        scene.guest("hpc", 10, 10).owned("k8s", 4);
        scene.job(1, "a").cpus(3).queues("hpc", 20);
        scene.job(2, "a").cpus(3).queues("hpc", 30);
        assertThat(scene.plan()).containsExactly("withdraw 2");
    }

    @Test
    void noMoreThanThirtyTwoAreTakenBackAtOnce() {
        scene.guest("hpc", 10, 10).owned("k8s", 64);
        for (int id = 1; id <= 33; id++) {
            scene.job(id, "a").queues("hpc", 100 - id);
        }
        assertThat(scene.plan()).hasSize(32).doesNotContain("withdraw 33");
    }

    @Test
    void whatHasBegunOrWasAskedToEndIsNotTakenBack() {
        scene.guest("hpc", 10, 9).owned("k8s", 4).job(1, "a").tasks(2).queues("hpc", 30);
        Planner begun = scene.planner();
        Charge charge = begun.snapshot().charges().getFirst();
        begun.started(charge.attempt(), TaskSet.range(0, 0), Scene.NOW);
        assertThat(begun.plan(Scene.NOW, 100).moves()).isEmpty();
        Planner leaving = scene.planner();
        leaving.leaving(charge.attempt(), charge.tasks());
        assertThat(leaving.plan(Scene.NOW, 100).moves()).isEmpty();
        assertThat(scene.plan()).containsExactly("withdraw 1");
    }
}
