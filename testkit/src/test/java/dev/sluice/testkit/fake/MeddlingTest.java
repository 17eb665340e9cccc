package dev.sluice.testkit.fake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.Alteration;
import dev.sluice.cluster.Change;
import dev.sluice.cluster.Release;
import dev.sluice.cluster.Sighting;
import dev.sluice.cluster.Sighting.Holder;
import dev.sluice.cluster.Stopping;
import dev.sluice.job.AttemptEnd;
import dev.sluice.job.TaskSet;
import dev.sluice.job.Verdict;
import dev.sluice.testkit.fake.FakeSettings.NativeRequeue;
import dev.sluice.testkit.fake.FakeSettings.ReleaseBy;
import dev.sluice.testkit.fake.Mischief.Account;
import dev.sluice.testkit.fake.Mischief.Held;
import dev.sluice.testkit.fake.Mischief.Who;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What others do to our objects, and what the surroundings do. */
final class MeddlingTest {
    private static final Duration NO_GRACE = Duration.ZERO;

    private static Scene requeueing() {
        return new Scene(FakeSettings.slurm(Scene.NAME, Scene.REALM).withNativeRequeue(NativeRequeue.BY_SPEC), 1);
    }

    private static AttemptEnd end(Scene scene, Scene.Object object) {
        return ((Sighting.Ended) scene.seen(object)).end();
    }

    @Test
    void whatAnAdministratorHoldsIsNotReleasedByUsAndComesBackAsItWas() {
        Scene scene = Scene.slurm();
        Scene.Object object = scene.park();
        assertThat(scene.mischief().hold(scene.now(), Who.ADMINISTRATOR)).isTrue();
        assertThat(scene.seen(object)).isEqualTo(new Sighting.Held(0, Holder.ADMINISTRATOR, "JobHeldAdmin"));
        assertThat(scene.release(object)).isInstanceOf(Release.Refused.class);
        assertThat(scene.pass(Scene.LONG).launches(object)).isZero();
        assertThat(scene.mischief().unhold(scene.now())).isTrue();
        assertThat(scene.seen(object)).isNotEqualTo(new Sighting.Held(0, Holder.ADMINISTRATOR, "JobHeldAdmin"));
        assertThat(scene.count(Fault.HELD_BY_ADMINISTRATOR)).isOne();
    }

    @Test
    void anOwnersHoldAndALimitAreToldApart() {
        Scene scene = Scene.slurm();
        Scene.Object object = scene.park();
        scene.mischief().hold(scene.now(), Who.OWNER);
        assertThat(((Sighting.Held) scene.seen(object)).by()).isEqualTo(Holder.OWNER);
        scene.mischief().hold(scene.now(), Who.LIMIT);
        assertThat(((Sighting.Held) scene.seen(object)).by()).isEqualTo(Holder.LIMIT);
    }

    @Test
    void aParkUnderALimitIsThereAndHeld() {
        Scene scene = Scene.slurm();
        scene.mischief().limitParks(scene.now(), Scene.LONG);
        Scene.Object object = scene.park();
        assertThat(((Sighting.Held) scene.seen(object)).by()).isEqualTo(Holder.LIMIT);
        assertThat(scene.release(object)).isInstanceOf(Release.Refused.class);
    }

    @Test
    void itsOwnerReleasesWhatWeParked() {
        Scene scene = Scene.slurm();
        Scene.Object object = scene.park();
        assertThat(scene.mischief().releaseByOwner(scene.now())).isTrue();
        assertThat(scene.seen(object)).isEqualTo(new Sighting.Pending(0));
        assertThat(scene.seconds(3).launches(object)).isOne();
    }

    @Test
    void othersCancelWhatIsParkedAndWhatRuns() {
        Scene scene = Scene.slurm();
        Scene.Object parked = scene.park();
        assertThat(scene.mischief().cancel(scene.now())).isTrue();
        Sighting.Ended end = (Sighting.Ended) scene.seen(parked);
        assertThat(end.end()).isEqualTo(new AttemptEnd.Stopped());
        assertThat(end.started()).isEqualTo(end.at());

        Scene.Object running = scene.run();
        scene.mischief().cancel(scene.now());
        scene.seconds(5);
        assertThat(end(scene, running)).isEqualTo(new AttemptEnd.Stopped());
        assertThat(scene.count(Fault.CANCELLED_BY_OTHERS)).isEqualTo(2);
    }

    @Test
    void whatOthersDeleteLeavesNoTrace() {
        Scene scene = Scene.slurm();
        Scene.Object object = scene.run();
        assertThat(scene.mischief().delete(scene.now())).isTrue();
        assertThat(scene.absent(object)).isTrue();
        assertThat(scene.find(object)).isInstanceOf(dev.sluice.cluster.Search.None.class);
        assertThat(scene.cluster.liveObjects(scene.now())).isEmpty();
        assertThat(scene.pass(Scene.LONG).ledger.completions(object.attempt().job(), 0))
                .isZero();
    }

    @Test
    void anAlteredLimitEndsWhatRuns() {
        Scene scene = Scene.slurm();
        scene.fate = Fate.succeedsAfter(Duration.ofHours(50));
        Scene.Object object = scene.run();
        assertThat(scene.cluster.alter(
                        object.attempt().id(),
                        object.binding(),
                        object.tasks(),
                        new Change.Limit(Duration.ofMinutes(5)),
                        scene.now()))
                .isInstanceOf(Alteration.Altered.class);
        scene.pass(Duration.ofMinutes(6));
        assertThat(end(scene, object)).isEqualTo(new AttemptEnd.Finished(new Verdict.TimedOut()));
        Scene.Object other = scene.run();
        assertThat(scene.mischief().alter(scene.now())).isTrue();
        scene.pass(Duration.ofHours(2)).seconds(5);
        assertThat(end(scene, other)).isEqualTo(new AttemptEnd.Finished(new Verdict.TimedOut()));
    }

    @Test
    void aPreemptedJobEndsOrIsRequeuedWithANewSubmitTime() {
        Scene scene = Scene.slurm();
        Scene.Object object = scene.run();
        assertThat(scene.mischief().preempt(scene.now())).isTrue();
        assertThat(end(scene, object)).isEqualTo(new AttemptEnd.Preempted());

        Scene there = requeueing();
        Scene.Object requeued = there.run();
        there.mischief().preempt(there.now());
        assertThat(there.of(requeued)).singleElement().satisfies(seen -> {
            assertThat(seen.seen()).isEqualTo(new Sighting.Pending(1));
            assertThat(seen.binding().nativeId()).isEqualTo(requeued.binding().nativeId());
            assertThat(seen.binding().incarnation())
                    .isNotEqualTo(requeued.binding().incarnation());
        });
        assertThat(there.seconds(60).launches(requeued)).isEqualTo(2);
        assertThat(there.ledger.pastGate(requeued.attempt().id(), 0, 0)).isOne();
        assertThat(there.ledger.pastGate(requeued.attempt().id(), 0, 1)).isOne();
        assertThat(there.count(Fault.REQUEUED_THERE)).isOne();
    }

    @Test
    void aLostNodeEndsTheAttempt() {
        Scene scene = Scene.slurm();
        Scene.Object object = scene.run();
        assertThat(scene.mischief().loseNode(scene.now())).isTrue();
        assertThat(end(scene, object)).isEqualTo(new AttemptEnd.NodeLost());
        assertThat(scene.cluster.liveObjects(scene.now())).isEmpty();
    }

    @Test
    void aHoldThatCameTooLateBitesAtTheNextRequeue() {
        Scene scene = requeueing();
        Scene.Object object = scene.run();
        assertThat(alter(scene, object, new Change.Hold())).isInstanceOf(Alteration.Altered.class);
        assertThat(scene.seen(object)).isInstanceOf(Sighting.Running.class);
        scene.mischief().preempt(scene.now());
        assertThat(scene.seen(object)).isEqualTo(new Sighting.Held(1, Holder.US, "JobHeldUser"));
        assertThat(scene.count(Fault.HOLD_TOO_LATE)).isOne();
        assertThat(scene.count(Fault.HOLD_BIT)).isOne();

        Scene.Object undone = scene.run();
        alter(scene, undone, new Change.Hold());
        alter(scene, undone, new Change.Unhold());
        scene.mischief().preempt(scene.now());
        assertThat(scene.seen(undone)).isEqualTo(new Sighting.Pending(1));
    }

    private static Alteration alter(Scene scene, Scene.Object object, Change change) {
        return scene.cluster.alter(object.attempt().id(), object.binding(), object.tasks(), change, scene.now());
    }

    @Test
    void kubernetesRefusesAHoldOfWhatHasStarted() {
        Scene scene = Scene.kubernetes();
        Scene.Object object = scene.run();
        assertThat(alter(scene, object, new Change.Hold())).isInstanceOf(Alteration.Refused.class);
    }

    @Test
    void aPausedTaskGoesOnLater() {
        Scene scene = Scene.slurm();
        Scene.Object object = scene.run();
        assertThat(scene.mischief().pause(scene.now(), Duration.ofHours(3))).isTrue();
        assertThat(scene.seen(object)).isInstanceOf(Sighting.Paused.class);
        scene.pass(Duration.ofMinutes(30));
        assertThat(scene.seen(object)).isInstanceOf(Sighting.Paused.class);

        Scene brief = Scene.slurm();
        Scene.Object other = brief.run();
        brief.mischief().pause(brief.now(), Duration.ofMinutes(5));
        brief.pass(Duration.ofMinutes(11));
        assertThat(brief.seen(other)).isInstanceOf(Sighting.Running.class);
        brief.pass(Duration.ofMinutes(5));
        assertThat(end(brief, other)).isEqualTo(new AttemptEnd.Finished(Verdict.SUCCEEDED));
    }

    @Test
    void strangeWordsAreKeptOnce() {
        Scene scene = Scene.slurm();
        Scene.Object object = scene.run();
        assertThat(scene.mischief().strangeWord(scene.now())).isTrue();
        assertThat(scene.of(object).getFirst().raw()).contains("+0x");
        assertThat(scene.of(object).getFirst().raw()).isEqualTo("RUNNING");
    }

    @Test
    void foreignJobsTakeIdsAndCpusAndAreNeitherSeenNorTouched() {
        Scene scene = Scene.slurm();
        Scene.Object ours = scene.park();
        scene.mischief().foreignJob(scene.now(), Held.HELD, Account.OURS);
        Scene.Object next = scene.park();
        assertThat(Integer.parseInt(next.binding().nativeId()))
                .isEqualTo(Integer.parseInt(ours.binding().nativeId()) + 2);
        assertThat(scene.sweep().observations()).hasSize(2);
        assertThat(scene.ledger.touches()).isEmpty();
        assertThat(scene.count(Fault.FOREIGN_JOB)).isOne();
    }

    @Test
    void aCopiedKeyOfAnotherOwnerIsNotFoundNorStopped() {
        Scene scene = Scene.slurm();
        Scene.Object object = scene.park();
        scene.cluster.stop(object.attempt().id(), object.binding(), object.tasks(), NO_GRACE, scene.now());
        scene.pass(Duration.ofHours(1));
        scene.mischief().copyKey(scene.now(), object.attempt().id());
        assertThat(scene.find(object))
                .isInstanceOfSatisfying(
                        dev.sluice.cluster.Search.Found.class,
                        found -> assertThat(found.traces()).allMatch(trace -> trace.seen() instanceof Sighting.Ended));
        String copy = scene.of(object).stream()
                .filter(seen -> seen.seen() instanceof Sighting.Held)
                .findFirst()
                .orElseThrow()
                .binding()
                .nativeId();
        assertThat(scene.cluster.stop(
                        object.attempt().id(),
                        new dev.sluice.job.Binding(copy, object.binding().incarnation(), "alice"),
                        TaskSet.SOLE,
                        NO_GRACE,
                        scene.now()))
                .isInstanceOf(Stopping.Absent.class);
        assertThat(scene.ledger.touches()).isEmpty();
    }

    @Test
    void aReleaseByNumberAloneHitsWhateverHasTheNumberNow() {
        for (ReleaseBy by : ReleaseBy.values()) {
            Scene scene = new Scene(FakeSettings.slurm(Scene.NAME, Scene.REALM).withRelease(by), 1);
            Scene.Object lost = scene.park();
            scene.mischief().crash(scene.now(), Duration.ofSeconds(1), Duration.ofSeconds(2));
            scene.seconds(10);
            while (scene.cluster.capacity(scene.now()) != null && scene.count(Fault.ID_REUSED) == 0) {
                scene.mischief().foreignJob(scene.now(), Held.HELD, Account.OURS);
            }
            scene.release(lost);
            switch (by) {
                case READING -> assertThat(scene.ledger.touches()).isEmpty();
                case ID -> {
                    assertThat(scene.ledger.touches())
                            .singleElement()
                            .satisfies(touch -> assertThat(touch.verb()).isEqualTo("release"));
                    assertThat(scene.count(Fault.FOREIGN_TOUCHED)).isOne();
                }
            }
        }
    }

    @Test
    void capacityComesAndGoes() {
        Scene scene = Scene.slurm();
        scene.mischief().capacity(scene.now(), 0);
        Scene.Object object = scene.run();
        assertThat(scene.seen(object)).isEqualTo(new Sighting.Pending(0));
        scene.mischief().capacity(scene.now(), 1);
        assertThat(scene.seconds(3).launches(object)).isOne();
        assertThat(scene.count(Fault.CAPACITY_CHANGED)).isEqualTo(2);
    }

    @Test
    void healingEndsEveryHoldByOthers() {
        Scene scene = Scene.slurm();
        Scene.Object object = scene.park();
        scene.mischief().releaseByOwner(scene.now());
        scene.mischief().hold(scene.now(), Who.ADMINISTRATOR);
        scene.mischief().unreachable(scene.now(), Scene.LONG);
        scene.mischief().freeze(scene.now(), Scene.LONG, Mischief.Thaw.DROPS);
        scene.mischief().heal(scene.now());
        assertThat(scene.seconds(5).launches(object)).isOne();
    }
}
