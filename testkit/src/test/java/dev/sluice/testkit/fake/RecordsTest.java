package dev.sluice.testkit.fake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.Claim;
import dev.sluice.cluster.Cursor;
import dev.sluice.cluster.Search;
import dev.sluice.cluster.Sighting;
import dev.sluice.cluster.Sighting.Claimed;
import dev.sluice.cluster.Stopping;
import dev.sluice.cluster.Sweep;
import dev.sluice.cluster.Sweep.Ends;
import dev.sluice.cluster.Sweep.Scope;
import dev.sluice.job.AttemptEnd;
import dev.sluice.job.TaskSet;
import dev.sluice.testkit.fake.FakeSettings.Accounting;
import dev.sluice.testkit.fake.FakeSettings.Claims;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Accounting, the queue's short memory, claims, and the cursors over all of it. */
final class RecordsTest {
    private static final Duration AGE = Duration.ofSeconds(300);
    private static final Duration SHORT = Duration.ofSeconds(5);

    private static FakeSettings slurm() {
        return FakeSettings.slurm(Scene.NAME, Scene.REALM);
    }

    /** Run to its end, and seen to. */
    private static Scene.Object ended(Scene scene) {
        scene.fate = Fate.succeedsAfter(Duration.ofSeconds(1));
        Scene.Object object = scene.run();
        scene.seconds(5);
        return object;
    }

    @Test
    void whatTheQueueForgotIsInAccounting() {
        Scene scene = Scene.slurm();
        Scene.Object object = ended(scene);
        Sighting before = scene.seen(object);
        Cursor cursor = scene.sweep().next();
        scene.pass(AGE);
        assertThat(scene.seen(object)).isEqualTo(before);
        assertThat(scene.find(object)).isInstanceOf(Search.Found.class);
        assertThat(scene.sweep(cursor).observations()).as("told before").isEmpty();
        assertThat(scene.cluster.stop(
                        object.attempt().id(), object.binding(), object.tasks(), Duration.ZERO, scene.now()))
                .isInstanceOf(Stopping.Ended.class);
    }

    @Test
    void withoutAccountingItIsGone() {
        Scene scene = new Scene(slurm().withAccounting(Accounting.NONE), 1);
        Scene.Object object = ended(scene);
        assertThat(scene.pass(AGE).absent(object)).isTrue();
        assertThat(scene.find(object)).isInstanceOf(Search.None.class);
    }

    @Test
    void aQueueThatNeverForgetsHasItForEver() {
        Scene scene = new Scene(slurm().withAccounting(Accounting.NONE).withMinJobAge(Optional.empty()), 1);
        Scene.Object object = ended(scene);
        assertThat(scene.pass(Duration.ofDays(9)).seen(object)).isInstanceOf(Sighting.Ended.class);
        assertThat(scene.sweep().ends()).isEqualTo(Ends.VISIBLE);
    }

    @Test
    void whileAccountingIsAwayEndsAreHiddenAndSearchesInDoubt() {
        Scene scene = new Scene(slurm().withMinJobAge(Optional.of(Duration.ofSeconds(60))), 1);
        scene.mischief().accountingAway(scene.now(), Duration.ofHours(1));
        Scene.Object object = ended(scene);
        assertThat(scene.sweep().ends()).isEqualTo(Ends.HIDDEN);
        Cursor cursor = scene.sweep().next();
        scene.seconds(90);
        assertThat(scene.absent(object)).isTrue();
        assertThat(scene.find(object)).isInstanceOf(Search.Unknown.class);
        Sweep.Seen away = scene.sweep(cursor);
        scene.pass(Duration.ofHours(1));
        assertThat(scene.sweep().ends()).isEqualTo(Ends.VISIBLE);
        assertThat(scene.sweep(away.next()).observations())
                .as("the cursor waited for accounting")
                .singleElement()
                .satisfies(seen -> assertThat(seen.seen()).isInstanceOf(Sighting.Ended.class));
        assertThat(scene.count(Fault.ACCOUNTING_AWAY)).isOne();
        assertThat(scene.count(Fault.PURGED)).isOne();
    }

    @Test
    void aLongMemoryHidesNothingWhileAccountingIsAway() {
        Scene scene = Scene.slurm();
        scene.mischief().accountingAway(scene.now(), Duration.ofHours(1));
        assertThat(scene.sweep().ends()).isEqualTo(Ends.VISIBLE);
    }

    @Test
    void whatLandsBeforeAccountingLeavesIsStillTold() {
        Scene scene = new Scene(slurm().withMinJobAge(Optional.of(SHORT)), 1);
        Cursor cursor = scene.sweep().next();
        Scene.Object object = ended(scene);
        scene.mischief().accountingAway(scene.now(), Duration.ofMinutes(5));
        scene.pass(SHORT);
        cursor = scene.sweep(cursor).next();
        scene.pass(Duration.ofMinutes(5));
        assertThat(scene.sweep(cursor).observations())
                .anyMatch(
                        seen -> seen.attempt().equals(object.attempt().id()) && seen.seen() instanceof Sighting.Ended);
    }

    @Test
    void aLaggingAccountingHasItAsRunningFirst() {
        Scene scene = new Scene(slurm().withMinJobAge(Optional.of(SHORT)), 1);
        scene.mischief().accountingLag(scene.now(), Duration.ofMinutes(5));
        Scene.Object object = ended(scene);
        scene.seconds(20);
        assertThat(scene.seen(object)).isEqualTo(new Sighting.Lost(0));
        scene.pass(Duration.ofMinutes(5));
        assertThat(scene.seen(object)).isInstanceOf(Sighting.Ended.class);
        assertThat(scene.count(Fault.ACCOUNTING_LAGS)).isOne();
    }

    @Test
    void healingBringsAccountingUpToDate() {
        Scene scene = new Scene(slurm().withMinJobAge(Optional.of(SHORT)), 1);
        scene.mischief().accountingLag(scene.now(), Duration.ofHours(5));
        Scene.Object object = ended(scene);
        scene.seconds(20);
        scene.mischief().heal(scene.now());
        assertThat(scene.seen(object)).isInstanceOf(Sighting.Ended.class);
        scene.pass(Duration.ofHours(6));
        assertThat(scene.sweep().observations()).hasSize(1);
    }

    @Test
    void aCursorShowsChangesUntilAllIsDueAgain() {
        Scene scene = Scene.slurm();
        Scene.Object one = scene.park();
        Cursor cursor = scene.sweep().next();
        Scene.Object two = scene.park();
        Sweep.Seen changes = scene.sweep(cursor);
        assertThat(changes.scope()).isEqualTo(Scope.CHANGES);
        assertThat(changes.observations())
                .singleElement()
                .satisfies(seen ->
                        assertThat(seen.attempt()).isEqualTo(two.attempt().id()));
        assertThat(scene.cluster.news(changes.next())).isFalse();
        scene.pass(scene.settings.completeEvery());
        assertThat(scene.cluster.news(changes.next())).isTrue();
        Sweep.Seen all = scene.sweep(changes.next());
        assertThat(all.scope()).isEqualTo(Scope.COMPLETE);
        assertThat(all.observations())
                .hasSize(2)
                .anyMatch(seen -> seen.attempt().equals(one.attempt().id()));
    }

    @Test
    void aCrashMakesTheNextLookComplete() {
        Scene scene = Scene.slurm();
        scene.park();
        scene.seconds(5);
        Cursor cursor = scene.sweep().next();
        scene.mischief().crash(scene.now(), Duration.ofSeconds(1), Duration.ofSeconds(2));
        scene.seconds(3);
        assertThat(scene.sweep(cursor).scope()).isEqualTo(Scope.COMPLETE);
    }

    @Test
    void failedSearchesAreDoubts() {
        Scene scene = Scene.slurm();
        Scene.Object object = scene.park();
        scene.mischief().searchesFail(scene.now(), SHORT);
        assertThat(scene.find(object)).isInstanceOf(Search.Unknown.class);
        assertThat(scene.cluster.observe(Cursor.START, scene.now())).isInstanceOf(Sweep.Unknown.class);
        assertThat(scene.count(Fault.SEARCH_FAILED)).isEqualTo(2);
        assertThat(scene.pass(SHORT).find(object)).isInstanceOf(Search.Found.class);
    }

    @Test
    void aLaunchLosesItsGateToTheGateway() {
        Scene scene = Scene.slurm();
        Scene.Object object = scene.park(Scene.array(2));
        assertThat(scene.cluster.claim(object.attempt(), TaskSet.of(1), 0, scene.now()))
                .isEqualTo(new Claim.Taken(TaskSet.of(1), TaskSet.EMPTY));
        scene.release(object);
        scene.seconds(3);
        assertThat(scene.cluster.claim(object.attempt(), object.tasks(), 0, scene.now()))
                .isEqualTo(new Claim.Taken(TaskSet.of(1), TaskSet.of(0)));
        assertThat(scene.ledger.pastGate(object.attempt().id(), 0, 0)).isOne();
        assertThat(scene.ledger.pastGate(object.attempt().id(), 1, 0)).isZero();
        assertThat(scene.count(Fault.GATE_LOST_TO_GATEWAY)).isOne();
    }

    @Test
    void aRunIsUnclaimedUntilItsGateAndALookTells() {
        Scene scene = Scene.slurm();
        Scene.Object object = scene.park();
        scene.release(object);
        scene.pass(scene.settings.schedule());
        assertThat(((Sighting.Running) scene.seen(object)).claim()).isEqualTo(Claimed.UNCLAIMED);
        Cursor cursor = scene.sweep().next();
        scene.pass(scene.settings.gate());
        assertThat(scene.sweep(cursor).observations())
                .singleElement()
                .satisfies(seen ->
                        assertThat(((Sighting.Running) seen.seen()).claim()).isEqualTo(Claimed.CLAIMED));
    }

    @Test
    void withoutItsClaimDirectoryALaunchFailsClosed() {
        Scene scene = Scene.slurm();
        Scene.Object object = scene.park();
        scene.mischief().claimsAway(scene.now(), Duration.ofMinutes(1));
        scene.release(object);
        scene.seconds(6);
        assertThat(scene.launches(object)).isZero();
        assertThat(((Sighting.Ended) scene.seen(object)).end()).isInstanceOf(AttemptEnd.Interrupted.class);
        assertThat(scene.cluster.claim(object.attempt(), object.tasks(), 0, scene.now()))
                .isInstanceOf(Claim.Unknown.class);
        assertThat(scene.count(Fault.GATE_CLOSED)).isOne();
    }

    @Test
    void byRestAloneNobodySeesClaims() {
        Scene scene = new Scene(slurm().withClaims(Claims.UNSEEN), 1);
        Scene.Object object = scene.run();
        assertThat(((Sighting.Running) scene.seen(object)).claim()).isEqualTo(Claimed.UNKNOWN);
        assertThat(scene.cluster.claim(object.attempt(), object.tasks(), 0, scene.now()))
                .isInstanceOf(Claim.Cannot.class);
    }

    @Test
    void anArrayRunsAsManyAtOnceAsItMay() {
        Scene scene = Scene.slurm();
        Scene.Object object = scene.run(Scene.array(10).toBuilder()
                .array(new dev.sluice.spec.ArraySpec(TaskSet.range(0, 9), 3))
                .build());
        assertThat(scene.of(object))
                .anySatisfy(seen -> {
                    assertThat(seen.seen()).isInstanceOf(Sighting.Running.class);
                    assertThat(seen.tasks()).isEqualTo(TaskSet.range(0, 2));
                })
                .hasSize(2);
        scene.pass(Duration.ofMinutes(60));
        assertThat(scene.ledger.launches()).hasSize(10);
    }
}
