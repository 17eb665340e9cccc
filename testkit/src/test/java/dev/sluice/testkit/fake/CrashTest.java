package dev.sluice.testkit.fake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.Release;
import dev.sluice.cluster.Search;
import dev.sluice.cluster.Sighting;
import dev.sluice.cluster.Sighting.Holder;
import dev.sluice.job.AttemptEnd;
import dev.sluice.job.TaskSet;
import dev.sluice.job.Verdict;
import dev.sluice.testkit.fake.FakeSettings.Accounting;
import dev.sluice.testkit.fake.FakeSettings.Claims;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a crash of the controller takes, and what it makes of the rest (facts/slurm.md §5). */
final class CrashTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration DOWN = Duration.ofSeconds(10);
    private static final int MANY = 60;

    private static void crash(Scene scene) {
        scene.mischief().crash(scene.now(), SECOND, DOWN);
        scene.pass(DOWN);
    }

    private static FakeSettings slurm() {
        return FakeSettings.slurm(Scene.NAME, Scene.REALM);
    }

    @Test
    void itForgetsWhatItHasJustAcknowledgedAndKeepsWhatIsOlder() {
        Scene scene = Scene.slurm();
        Scene.Object old = scene.park();
        scene.seconds(2);
        Scene.Object fresh = scene.park();
        crash(scene);
        assertThat(scene.seen(old)).isEqualTo(new Sighting.Held(0, Holder.US, "JobHeldUser"));
        assertThat(scene.of(fresh)).allMatch(seen -> seen.seen() instanceof Sighting.Lost);
        assertThat(scene.release(fresh)).isInstanceOf(Release.Absent.class);
        assertThat(scene.count(Fault.PARK_FORGOTTEN)).isOne();
        assertThat(scene.count(Fault.CONTROLLER_CRASH)).isOne();
    }

    @Test
    void kubernetesForgetsNothing() {
        Scene scene = Scene.kubernetes();
        Scene.Object object = scene.park();
        crash(scene);
        assertThat(scene.seen(object)).isInstanceOf(Sighting.Held.class);
        assertThat(scene.count(Fault.PARK_FORGOTTEN)).isZero();
    }

    @Test
    void anIdThatIsFreeAgainGoesToAnotherJobWithAnotherSubmitTime() {
        Scene scene = Scene.slurm();
        Scene.Object lost = scene.park();
        scene.mischief().crash(scene.now(), SECOND, DOWN);
        scene.clock.advance(DOWN);
        Scene.Object next = scene.park();
        assertThat(next.binding().nativeId()).isEqualTo(lost.binding().nativeId());
        assertThat(next.binding().incarnation()).isNotEqualTo(lost.binding().incarnation());
        assertThat(scene.count(Fault.ID_REUSED)).isPositive();
        assertThat(scene.release(lost)).isInstanceOf(Release.Absent.class);
    }

    @Test
    void othersTakeTheFreeIds() {
        int taken = 0;
        for (int seed = 0; seed < MANY; seed++) {
            Scene scene = new Scene(slurm(), seed);
            scene.park();
            crash(scene);
            scene.seconds(10);
            taken += (int) scene.count(Fault.ID_REUSED);
        }
        assertThat(taken).isBetween(MANY / 4, MANY);
    }

    @Test
    void accountingKeepsTheLostAsPending() {
        int ghosts = 0;
        for (int seed = 0; seed < MANY; seed++) {
            Scene scene = new Scene(slurm(), seed);
            Scene.Object lost = scene.park();
            crash(scene);
            boolean ghost = scene.count(Fault.GHOST) == 1;
            ghosts += ghost ? 1 : 0;
            assertThat(scene.pass(Duration.ofHours(5)).of(lost)).hasSize(ghost ? 1 : 0);
            assertThat(scene.find(lost)).isInstanceOf(ghost ? Search.Found.class : Search.None.class);
        }
        assertThat(ghosts).isBetween(MANY / 2, MANY - 1);
    }

    @Test
    void aGhostIsFoundAsLost() {
        Scene scene = Scene.slurm();
        Scene.Object lost = scene.park(Scene.array(3));
        crash(scene);
        assertThat(scene.count(Fault.GHOST)).isOne();
        assertThat(scene.find(lost))
                .isInstanceOfSatisfying(
                        Search.Found.class,
                        found -> assertThat(found.traces()).singleElement().satisfies(trace -> {
                            assertThat(trace.tasks()).isEqualTo(TaskSet.range(0, 2));
                            assertThat(trace.seen()).isEqualTo(new Sighting.Lost(0));
                            assertThat(trace.binding()).isEqualTo(lost.binding());
                        }));
    }

    @Test
    void withoutAccountingTheLostAreJustAbsent() {
        Scene scene = new Scene(slurm().withAccounting(Accounting.NONE), 1);
        Scene.Object lost = scene.park();
        crash(scene);
        assertThat(scene.absent(lost)).isTrue();
        assertThat(scene.find(lost)).isInstanceOf(Search.None.class);
    }

    @Test
    void aForgottenReleaseIsHeldAgain() {
        Scene scene = Scene.slurm();
        Scene.Object object = scene.park();
        scene.seconds(2);
        scene.release(object);
        crash(scene);
        assertThat(scene.seen(object)).isEqualTo(new Sighting.Held(0, Holder.US, "JobHeldUser"));
        assertThat(scene.pass(Scene.LONG).launches(object)).isZero();
        assertThat(scene.count(Fault.ORDER_FORGOTTEN)).isOne();
    }

    @Test
    void aForgottenCancelIsHeldAgain() {
        Scene scene = Scene.slurm();
        Scene.Object object = scene.park();
        scene.seconds(2);
        scene.cluster.stop(object.attempt().id(), object.binding(), object.tasks(), Duration.ZERO, scene.now());
        crash(scene);
        // Accounting had heard of the cancel; the queue has not.
        assertThat(scene.seen(object)).isInstanceOf(Sighting.Held.class);
    }

    @Test
    void aForgottenStartIsLaunchedTwiceOrAborted() {
        Set<Fault> met = new HashSet<>();
        for (int seed = 0; seed < MANY; seed++) {
            Scene scene = forgottenStart(new Scene(slurm(), seed));
            Scene.Object object = scene.only();
            assertThat(scene.count(Fault.START_FORGOTTEN)).isOne();
            assertThat(scene.ledger.pastGate(object.attempt().id(), 0, 0)).isOne();
            assertThat(scene.seen(object))
                    .isInstanceOfSatisfying(
                            Sighting.Ended.class,
                            end -> assertThat(end.end()).isInstanceOf(AttemptEnd.Interrupted.class));
            boolean twice = scene.count(Fault.LAUNCHED_TWICE) == 1;
            met.add(twice ? Fault.LAUNCHED_TWICE : Fault.CREDENTIAL_REVOKED);
            assertThat(scene.count(Fault.GATE_LOST)).isEqualTo(twice ? 1 : 0);
            assertThat(scene.count(Fault.CREDENTIAL_REVOKED)).isEqualTo(twice ? 0 : 1);
        }
        assertThat(met).containsExactlyInAnyOrder(Fault.LAUNCHED_TWICE, Fault.CREDENTIAL_REVOKED);
    }

    /** Launched, past its gate, and the controller dies before it has saved any of that. */
    private static Scene forgottenStart(Scene scene) {
        Scene.Object object = scene.park();
        scene.seconds(2);
        scene.release(object);
        scene.pass(Duration.ofMillis(1500));
        scene.mischief().crash(scene.now(), Duration.ofMillis(600), DOWN);
        scene.pass(DOWN).seconds(30);
        return scene;
    }

    @Test
    void byRestAloneTheAbortLooksLikeAFailure() {
        Set<Integer> codes = new HashSet<>();
        for (int seed = 0; seed < MANY; seed++) {
            Scene scene = forgottenStart(new Scene(slurm().withClaims(Claims.UNSEEN), seed));
            AttemptEnd end = ((Sighting.Ended) scene.seen(scene.only())).end();
            Verdict.Failed failed = (Verdict.Failed) ((AttemptEnd.Finished) end).verdict();
            assertThat(failed.note()).isNotEmpty();
            codes.add(failed.exitCode());
        }
        assertThat(codes).containsExactlyInAnyOrder(1, Nodes.LOST_GATE);
    }

    @Test
    void aForgottenReleaseOfWhatRanIsHeldAndItsProcessIsKilled() {
        Scene scene = Scene.slurm();
        Scene.Object object = scene.park();
        scene.seconds(2);
        scene.release(object);
        scene.pass(Duration.ofMillis(1500));
        scene.mischief().crash(scene.now(), Duration.ofMillis(1600), DOWN);
        scene.pass(DOWN).seconds(5);
        assertThat(scene.seen(object)).isInstanceOf(Sighting.Held.class);
        assertThat(scene.launches(object)).isOne();
        scene.release(object);
        scene.seconds(5);
        assertThat(scene.launches(object))
                .as("the gate stops the second launch")
                .isOne();
        assertThat(((Sighting.Ended) scene.seen(object)).end()).isInstanceOf(AttemptEnd.Interrupted.class);
    }

    @Test
    void aForgottenEndIsToldAgainOrCountsAsANodeLost() {
        Set<AttemptEnd> met = new HashSet<>();
        for (int seed = 0; seed < MANY; seed++) {
            Scene scene = new Scene(slurm().withAccounting(Accounting.NONE), seed);
            scene.fate = Fate.succeedsAfter(Duration.ofSeconds(10));
            Scene.Object object = scene.run();
            scene.mischief().ambush(scene.now(), Moment.END, Duration.ofMillis(500), SECOND, DOWN);
            scene.seconds(20);
            assertThat(scene.count(Fault.END_FORGOTTEN)).isPositive();
            scene.pass(Duration.ofMinutes(2));
            met.add(((Sighting.Ended) scene.seen(object)).end());
            assertThat(scene.ledger.completions(object.attempt().job(), 0)).isOne();
        }
        assertThat(met)
                .containsExactlyInAnyOrder(new AttemptEnd.Finished(Verdict.SUCCEEDED), new AttemptEnd.NodeLost());
    }

    @Test
    void whatAccountingHeardOfIsToldAgain() {
        for (int seed = 0; seed < MANY; seed++) {
            Scene scene = new Scene(slurm(), seed);
            scene.fate = Fate.succeedsAfter(Duration.ofSeconds(10));
            Scene.Object object = scene.run();
            scene.seconds(9);
            boolean over = scene.seen(object) instanceof Sighting.Ended;
            scene.mischief().crash(scene.now(), Duration.ofSeconds(5), DOWN);
            scene.pass(DOWN).pass(Duration.ofMinutes(2));
            if (over) {
                assertThat(((Sighting.Ended) scene.seen(object)).end())
                        .isEqualTo(new AttemptEnd.Finished(Verdict.SUCCEEDED));
            }
        }
    }

    @Test
    void whatEndsWhileItIsDownIsSeenAfterwards() {
        Scene scene = Scene.slurm();
        scene.fate = Fate.failsAfter(Duration.ofSeconds(10), 7, 0);
        Scene.Object object = scene.run();
        scene.seconds(5);
        scene.mischief().crash(scene.now(), SECOND, Duration.ofMinutes(5));
        scene.pass(Duration.ofMinutes(5)).seconds(10);
        Sighting.Ended end = (Sighting.Ended) scene.seen(object);
        assertThat(end.end()).isEqualTo(new AttemptEnd.Finished(new Verdict.Failed(7, 0, "")));
        assertThat(end.at()).isBefore(scene.now().minus(Duration.ofMinutes(4)));
    }

    @Test
    void anAmbushHitsTheMomentItIsLaidFor() {
        for (Moment moment : Moment.values()) {
            Scene scene = Scene.slurm();
            scene.fate = Fate.succeedsAfter(Duration.ofSeconds(3));
            scene.mischief().ambush(scene.now(), moment, Duration.ofMillis(300), Duration.ofMillis(400), DOWN);
            scene.run();
            scene.seconds(20);
            Fault expected = switch (moment) {
                case PARK -> Fault.PARK_FORGOTTEN;
                case RELEASE -> Fault.ORDER_FORGOTTEN;
                case START -> Fault.START_FORGOTTEN;
                case END -> Fault.END_FORGOTTEN;
            };
            assertThat(scene.count(expected)).as(moment.toString()).isPositive();
            assertThat(scene.count(Fault.CONTROLLER_CRASH)).isOne();
        }
    }
}
