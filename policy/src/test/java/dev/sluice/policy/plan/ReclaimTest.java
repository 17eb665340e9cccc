package dev.sluice.policy.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.Supply.Ownership;
import dev.sluice.cluster.Supply.Queue;
import dev.sluice.job.AttemptId;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Capacity taken back from who borrows it for who is guaranteed it. */
class ReclaimTest {
    private final Scene scene = new Scene().owned("hpc", 10).guaranteed("a", 5);

    @Test
    void theFewestOfTheLowestClassThatStartedLast() {
        scene.job(91, "b").cpus(4).runs("hpc", 10);
        scene.job(92, "b").cpus(2).of(1).runs("hpc", 5);
        scene.job(93, "b").cpus(2).runs("hpc", 50);
        scene.job(94, "b").cpus(2).runs("hpc", 40);
        scene.job(1, "a").cpus(2).waits();
        assertThat(scene.plan()).containsExactly("reclaim 91 for 1");
        Scene alike = new Scene().owned("hpc", 6).guaranteed("a", 5);
        alike.job(92, "b").cpus(2).of(1).runs("hpc", 5);
        alike.job(93, "b").cpus(2).runs("hpc", 50);
        alike.job(94, "b").cpus(2).runs("hpc", 40);
        alike.job(1, "a").cpus(2).waits();
        assertThat(alike.plan()).containsExactly("reclaim 94 for 1");
    }

    @Test
    void neverMoreThanIsMissing() {
        for (int id = 91; id <= 95; id++) {
            scene.job(id, "b").cpus(2).runs("hpc", id);
        }
        scene.job(1, "a").cpus(3).waits();
        assertThat(scene.plan()).containsExactlyInAnyOrder("reclaim 91 for 1", "reclaim 92 for 1");
    }

    @Test
    void notForAJobBeyondTheGuaranteeNorFromOneThatMayNotBeTouched() {
        scene.job(91, "b").cpus(10).runs("hpc", 10);
        scene.job(1, "a").cpus(6).waits();
        assertThat(scene.plan()).containsExactly("reserve hpc for 1 in 50 min");
        Scene firm = new Scene().owned("hpc", 10).guaranteed("a", 5);
        firm.job(91, "b").cpus(10).unpreemptible().runs("hpc", 10);
        firm.job(1, "a").cpus(5).waits();
        assertThat(firm.plan()).containsExactly("reserve hpc for 1 in 50 min");
    }

    @Test
    void neverFromAProjectAtOrUnderItsOwnGuarantee() {
        scene.guaranteed("b", 5);
        scene.job(91, "b").cpus(5).runs("hpc", 10);
        scene.job(92, "c").cpus(5).runs("hpc", 30);
        scene.job(1, "a").cpus(5).waits();
        assertThat(scene.plan()).containsExactly("reclaim 92 for 1");
    }

    @Test
    void notOnAClusterThatOthersUse() {
        Scene guest = new Scene().guest("hpc", 10, 0).guaranteed("a", 5);
        guest.job(91, "b").cpus(10).runs("hpc", 10);
        guest.job(1, "a").cpus(1).waits();
        assertThat(guest.plan()).isEmpty();
    }

    /** Nobody else can have what is given back there as long as nobody else waits for it. */
    @Test
    void onKubernetesUnlessSomebodyElseWaitsThere() {
        Scene alone = new Scene().kubernetes("k8s", 10, 0, 0).guaranteed("a", 5);
        alone.job(91, "b").cpus(10).runs("k8s", 10);
        alone.job(1, "a").cpus(1).waits();
        assertThat(alone.plan()).containsExactly("reclaim 91 for 1");
        Scene behind = new Scene().kubernetes("k8s", 10, 0, 1).guaranteed("a", 5);
        behind.job(91, "b").cpus(10).runs("k8s", 10);
        behind.job(1, "a").cpus(1).waits();
        assertThat(behind.plan()).containsExactly("reserve k8s for 1 in 50 min");
    }

    @Test
    void onKubernetesWhereNobodyHasLookedWhetherSomebodyElseWaits() {
        Scene unseen = new Scene()
                .cluster(Scene.view("k8s", 10, 0).withOwnership(Ownership.GUEST).withQueue(Queue.STARTS_WHAT_FITS))
                .guaranteed("a", 5);
        unseen.job(91, "b").cpus(10).runs("k8s", 10);
        unseen.job(1, "a").cpus(1).waits();
        assertThat(unseen.plan()).containsExactly("reclaim 91 for 1");
    }

    @Test
    void whatIsOverIsNotTakenBackOnceMore() {
        Scene all = new Scene().owned("hpc", 10).guaranteed("a", 10);
        all.job(91, "b").cpus(5).runs("hpc", 10);
        all.job(92, "b").cpus(5).runs("hpc", 20);
        all.job(1, "a").cpus(5).waits();
        all.job(2, "a").cpus(5).waits();
        Planner planner = all.planner();
        Plan first = planner.plan(Scene.NOW, 100);
        assertThat(all.lines(first)).containsExactly("reclaim 91 for 1", "reclaim 92 for 2");
        Move.Reclaim over = (Move.Reclaim) first.moves().getFirst();
        planner.release(over.victim(), over.tasks());
        assertThat(all.lines(planner.plan(Scene.NOW, 100))).containsExactly("start 1 on hpc", "reclaim 92 for 2");
    }

    @Test
    void whileAVictimIsOnItsWayOutNobodyElseIsTakenAndItsRoomIsNotGivenAway() {
        scene.job(91, "b").cpus(5).runs("hpc", 10);
        scene.job(92, "b").cpus(5).runs("hpc", 20);
        scene.job(1, "a").cpus(5).waits();
        scene.job(2, "b").cpus(1).waits();
        Planner planner = scene.planner();
        Plan first = planner.plan(Scene.NOW, 100);
        assertThat(scene.lines(first)).contains("reclaim 91 for 1");
        Move.Reclaim reclaim = (Move.Reclaim) first.moves().getFirst();
        planner.leaving(reclaim.victim(), reclaim.tasks());
        assertThat(scene.lines(planner.plan(Scene.NOW, 100))).noneMatch(line -> line.startsWith("reclaim"));
        planner.release(reclaim.victim(), reclaim.tasks());
        assertThat(scene.lines(planner.plan(Scene.NOW, 100))).startsWith("start 1 on hpc");
    }

    /** Published of Kueue: two queues that preempt each other for ever. */
    @Test
    void twoWithTheSameGuaranteeDoNotTakeFromEachOtherForEver() {
        scene.guaranteed("b", 5);
        scene.job(91, "b").cpus(6).runs("hpc", 10);
        scene.job(1, "a").cpus(5).waits();
        Planner planner = scene.planner();
        List<String> first = scene.lines(planner.plan(Scene.NOW, 100));
        assertThat(first).containsExactly("reclaim 91 for 1");
        AttemptId victim = ((Move.Reclaim) planner.plan(Scene.NOW, 100).moves().getFirst()).victim();
        // It is requeued, and the other runs: there is nothing more to take.
        Scene after = new Scene().owned("hpc", 10).guaranteed("a", 5).guaranteed("b", 5);
        after.job(1, "a").cpus(5).runs("hpc", 0);
        after.job(91, "b").cpus(6).waits();
        assertThat(victim).isNotNull();
        assertThat(after.plan()).containsExactly("reserve hpc for 91 in 60 min");
    }

    /** Published: where fairness weighs what was used, it held back what was guaranteed. */
    @Test
    void whatWasUsedDoesNotHoldBackAGuarantee() {
        scene.used("a", "alice", 10, Duration.ofDays(3), Duration.ofHours(1));
        scene.job(91, "b").cpus(10).runs("hpc", 10);
        scene.job(1, "a").cpus(5).waits();
        assertThat(scene.plan()).containsExactly("reclaim 91 for 1");
    }

    @Test
    void inATreeTheGuaranteeOfTheParentIsReclaimedForItsChildFromItsCousinsAlone() {
        Scene tree = new Scene().owned("hpc", 10).guaranteed("phys", 5);
        tree.job(91, "phys/x").cpus(4).runs("hpc", 10);
        tree.job(92, "bio").cpus(6).runs("hpc", 20);
        tree.job(1, "phys/y").cpus(1).waits();
        assertThat(tree.plan()).containsExactly("reclaim 92 for 1");
    }

    @Test
    void aGuaranteeIsTakenBackForAllItsJobsAtOnce() {
        scene.job(91, "b").tasks(10).runs("hpc", 10);
        for (int id = 1; id <= 6; id++) {
            scene.job(id, "a").waits();
        }
        assertThat(scene.plan())
                .containsExactlyInAnyOrder(
                        "reclaim 91[9] for 1",
                        "reclaim 91[8] for 2",
                        "reclaim 91[7] for 3",
                        "reclaim 91[6] for 4",
                        "reclaim 91[5] for 5",
                        "reserve hpc for 6 in 50 min");
    }

    @Test
    void ofAnArrayOnlyTheTasksThatAreNeeded() {
        scene.job(91, "b").tasks(10).runs("hpc", 10);
        scene.job(1, "a").cpus(3).waits();
        assertThat(scene.plan()).containsExactly("reclaim 91[7-9] for 1");
    }
}
