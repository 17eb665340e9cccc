package dev.sluice.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.Sighting;
import dev.sluice.cluster.Stopping;
import dev.sluice.job.AttemptEnd;
import dev.sluice.job.Binding;
import dev.sluice.job.TaskSet;
import dev.sluice.slurm.door.Answer;
import dev.sluice.slurm.door.JobRow.Canceller;
import dev.sluice.slurm.door.Remains.Found;
import dev.sluice.slurm.door.Remains.Key;
import dev.sluice.slurm.door.Remains.Mark;
import dev.sluice.slurm.door.Target;
import dev.sluice.testkit.Fault;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs that were cancelled when they had started and not passed their gate: SLURM's own doing, or somebody's wish. */
final class CancellersTest extends Watching {
    private static final Key KEY = new Key(Rows.ATTEMPT, 0, 0);
    private static final Rows CANCELLED = Rows.ended("CANCELLED", 0);
    private static final Sighting OPEN = new Sighting.Completing(0, Rows.STARTED);
    private static final Sighting STOPPED = new Sighting.Ended(0, new AttemptEnd.Stopped(), Rows.STARTED, Rows.ENDED);
    private static final Found OURS = new Found(Optional.of(new Mark.Taken()), 0);

    @Test
    @Fault("F49")
    void whatSlurmBrokeOffBeforeItsGateIsInterruptedAndItsClaimIsTaken() {
        cancelled(Canceller.SLURM);
        assertThat(look()).satisfiesExactly(CancellersTest::isBrokenOff);
        assertThat(remains.lying).containsEntry(KEY, OURS);

        pass(PATIENCE.multipliedBy(3));
        remains.away = true;
        assertThat(sighted()).satisfiesExactly(CancellersTest::isBrokenOff);
        assertThat(door.questions).as("what is known is not asked").hasSize(1);
    }

    @Test
    void whatAPersonCancelledBeforeItsGateIsStopped() {
        cancelled(Canceller.PERSON);
        assertThat(look()).containsExactly(STOPPED);
        assertThat(remains.lying).isEmpty();
    }

    @Test
    @Fault("F18")
    void untilAccountingHasItNothingIsOver() {
        door.queued(CANCELLED);
        assertThat(look()).containsExactly(OPEN);
        door.recorded(Rows.running().comment(""));
        pass(Departed.AGAIN);
        assertThat(sighted()).containsExactly(OPEN);
        door.recorded(CANCELLED.comment("").cancelledBy(Canceller.SLURM));
        assertThat(sighted()).as("not asked again at once").containsExactly(OPEN);
        pass(Departed.AGAIN);
        assertThat(look()).satisfiesExactly(CancellersTest::isBrokenOff);
        assertThat(door.questions).hasSize(3);
    }

    @Test
    @Fault("F18")
    void whatAccountingDoesNotKnowForAWholePatienceIsStopped() {
        door.queued(CANCELLED);
        look();
        pass(PATIENCE.minusSeconds(1));
        assertThat(sighted()).containsExactly(OPEN);
        pass(Departed.AGAIN);
        assertThat(look()).containsExactly(STOPPED);
        assertThat(remains.lying).as("what is told as cancelled never starts").containsEntry(KEY, OURS);
    }

    @Test
    @Fault("F18")
    void whileAccountingIsAwayNothingIsOver() {
        door.accounting = QueueDoor.Accounting.AWAY;
        door.queued(CANCELLED);
        look();
        for (Duration passed = Duration.ZERO; passed.compareTo(PATIENCE) < 0; passed = passed.plus(Accounting.PAUSE)) {
            probe();
            assertThat(sighted()).containsExactly(OPEN);
        }
        door.accounting = QueueDoor.Accounting.ANSWERS;
        probe();
        assertThat(sighted()).as("what is back may have it late").containsExactly(OPEN);
        cancelled(Canceller.SLURM);
        pass(Departed.AGAIN);
        assertThat(look()).satisfiesExactly(CancellersTest::isBrokenOff);
    }

    @Test
    void withoutAccountingNobodyCanTellAndItIsStopped() {
        door.accounting = QueueDoor.Accounting.NONE;
        cancelled(Canceller.SLURM);
        assertThat(look()).containsExactly(STOPPED);
        assertThat(remains.lying).containsEntry(KEY, OURS);
    }

    @Test
    @Fault("F49")
    void whatACrashedControllerCancelledOfAnUnknownStartIsInterrupted() {
        // 22.05: on a slow node the gate is passed when the controller has died, come back and started it again.
        crashed();
        remains.launched(KEY, Rows.STARTED.plusSeconds(4), Optional.empty());
        cancelled(Canceller.SLURM);
        assertThat(look()).satisfiesExactly(CancellersTest::isForgotten);

        look();
        assertThat(door.factsAsked).as("what is known is not asked").isEqualTo(1);
        assertThat(door.questions).hasSize(1);
    }

    @Test
    @Fault("F24")
    void whatAPersonCancelledAfterACrashIsStopped() {
        crashed();
        remains.launched(KEY, Rows.STARTED.plusSeconds(4), Optional.empty());
        cancelled(Canceller.PERSON);
        assertThat(look()).containsExactly(STOPPED);
    }

    @Test
    @Fault("F24")
    void whereNoControllerDiedACancelOfWhatRanIsACancelByWhomever() {
        remains.launched(KEY, Rows.STARTED.plusSeconds(4), Optional.empty());
        cancelled(Canceller.SLURM);
        assertThat(look()).containsExactly(STOPPED);
        assertThat(door.questions).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"-101, false", "-100, true", "0, true", "300, true", "301, false"})
    void aControllerHasForgottenInItsFirstMinute(long sinceEnd, boolean isForgotten) {
        door.facts = QueueDoor.controllerOf(Rows.ENDED.plusSeconds(sinceEnd));
        Rows brief = CANCELLED.started(Rows.ENDED.minusSeconds(40));
        remains.launched(KEY, Rows.ENDED.minusSeconds(40), Optional.empty());
        door.queued(brief);
        door.recorded(brief.comment("").cancelledBy(Canceller.SLURM));
        AttemptEnd end = ((Sighting.Ended) look().getFirst()).end();
        assertThat(end instanceof AttemptEnd.Interrupted).isEqualTo(isForgotten);
    }

    @Test
    @Fault("F24")
    void whatHadRunForLongWhenItWasCancelledIsNotTakenForForgotten() {
        crashed();
        Rows late = CANCELLED.started(Rows.ENDED.minusSeconds(121));
        remains.launched(KEY, Rows.ENDED.minusSeconds(121), Optional.empty());
        door.queued(late);
        door.recorded(late.comment("").cancelledBy(Canceller.SLURM));
        assertThat(((Sighting.Ended) look().getFirst()).end()).isEqualTo(new AttemptEnd.Stopped());
        assertThat(door.factsAsked).isZero();
    }

    @Test
    @Fault("F20")
    void untilTheControllerSaysSinceWhenItIsThereNothingIsOver() {
        door.facts = Answer.unknown("it is down");
        remains.launched(KEY, Rows.STARTED, Optional.empty());
        cancelled(Canceller.SLURM);
        assertThat(look()).containsExactly(OPEN);
        crashed();
        assertThat(look()).satisfiesExactly(CancellersTest::isForgotten);
    }

    @Test
    @Fault("F49")
    void aCancelWithoutItsStartAfterACrashIsInterruptedAndItsClaimIsTaken() {
        door.facts = QueueDoor.controllerOf(Rows.ENDED.minusSeconds(3));
        Rows lost = CANCELLED.neverStarted();
        door.queued(lost);
        door.recorded(lost.comment("").cancelledBy(Canceller.SLURM));
        assertThat(look()).satisfiesExactly(CancellersTest::isBrokenOff);
        assertThat(remains.lying).containsEntry(KEY, OURS);
    }

    @Test
    @Fault("F24")
    void tasksOfAnArrayThatWaitedTogetherWereNotLaunched() {
        door.facts = QueueDoor.controllerOf(Rows.ENDED.minusSeconds(3));
        Rows waited = CANCELLED.neverStarted().indices(of(3, 4));
        door.queued(waited);
        door.recorded(waited.comment("").cancelledBy(Canceller.SLURM));
        assertThat(((Sighting.Ended) look().getFirst()).end()).isEqualTo(new AttemptEnd.Stopped());
        assertThat(remains.lying).isEmpty();
    }

    @Test
    @Fault("F24")
    void aPersonsCancelOfWhatWaitsAfterACrashIsACancel() {
        door.facts = QueueDoor.controllerOf(Rows.ENDED.minusSeconds(3));
        Rows waited = CANCELLED.neverStarted();
        door.queued(waited);
        door.recorded(waited.comment("").cancelledBy(Canceller.PERSON));
        assertThat(((Sighting.Ended) look().getFirst()).end()).isEqualTo(new AttemptEnd.Stopped());
        assertThat(remains.lying).isEmpty();
    }

    @Test
    void aClaimThatCannotBeTakenYetKeepsItOpen() {
        cancelled(Canceller.SLURM);
        remains.beforeTake = () -> remains.away = true;
        assertThat(look()).containsExactly(OPEN);
        remains.away = false;
        remains.beforeTake = () -> {};
        assertThat(look()).satisfiesExactly(CancellersTest::isBrokenOff);
    }

    @Test
    void whereClaimsMayHaveBeenRemovedACancelIsACancel() {
        remains.made = Optional.of(Rows.STARTED.plusSeconds(1));
        cancelled(Canceller.SLURM);
        assertThat(look()).containsExactly(STOPPED);
        assertThat(remains.lying).isEmpty();
    }

    @Test
    void aLaunchThatPassedTheGateInBetweenIsNotSaidToHaveDoneNothing() {
        cancelled(Canceller.SLURM);
        remains.beforeTake = () -> remains.launched(KEY, Rows.STARTED, Optional.of(Rows.STARTED.minusSeconds(3)));
        assertThat(look())
                .singleElement()
                .isInstanceOfSatisfying(
                        Sighting.Ended.class,
                        ended -> assertThat(((AttemptEnd.Interrupted) ended.end()).why())
                                .doesNotContain("nothing of it ran"));
    }

    @Test
    @Fault("F24")
    void whatWeStopWeDoNotAskAbout() {
        door.queued(Rows.running());
        look();
        door.effect = rows -> List.of(CANCELLED.row());
        Stopping stopped =
                stops.stop(Rows.ATTEMPT, BINDING, TaskSet.SOLE, clock.instant().plusSeconds(60));
        assertThat(door.actedOn)
                .as("and nobody else's of its id")
                .isEqualTo(Target.of(12).only(Rows.ATTEMPT));
        assertThat(stopped).isEqualTo(new Stopping.Ended(new AttemptEnd.Stopped(), Rows.STARTED, Rows.ENDED));
        assertThat(look()).containsExactly(STOPPED);
        assertThat(door.questions).isEmpty();
    }

    @Test
    void aStopOfAnotherObjectOfTheAttemptIsNoneOfIt() {
        stops.stop(
                Rows.ATTEMPT,
                new Binding("99", BINDING.incarnation(), BINDING.owner()),
                TaskSet.SOLE,
                clock.instant().plusSeconds(60));
        door.questions.clear();
        cancelled(Canceller.SLURM);
        assertThat(look()).satisfiesExactly(CancellersTest::isBrokenOff);
    }

    @Test
    @Fault("F17")
    void whatHasLeftTheQueueIsToldByItsRecord() {
        leave(Rows.running());
        door.recorded(CANCELLED.comment("").uncounted().cancelledBy(Canceller.SLURM));
        assertThat(look()).satisfiesExactly(CancellersTest::isBrokenOff);
        assertThat(remains.lying).containsEntry(KEY, OURS);
    }

    @Test
    void whatNeverStartedIsNotAskedAbout() {
        door.queued(CANCELLED.neverStarted());
        look();
        assertThat(door.questions).isEmpty();
    }

    @Test
    @Fault("F24")
    void whatHadPassedItsGateIsNotAskedAbout() {
        remains.launched(KEY, Rows.STARTED, Optional.of(Rows.STARTED));
        crashed();
        door.queued(CANCELLED);
        assertThat(look()).as("its start is the claim's").containsExactly(STOPPED);
        assertThat(door.questions).isEmpty();
        assertThat(door.factsAsked).isZero();
    }

    /** The controller came back just before it started what it cancels. */
    private void crashed() {
        door.facts = QueueDoor.controllerOf(Rows.STARTED.minusSeconds(3));
    }

    /** The controller has it as cancelled, and accounting by whom. */
    private void cancelled(Canceller who) {
        door.queued(CANCELLED);
        door.recorded(CANCELLED.comment("").cancelledBy(who));
    }

    /** How it stands now, changed or not. */
    private List<Sighting> sighted() {
        return launches.sightings(List.of(entry()), clock.instant());
    }

    private static Entry entry() {
        return Entry.ours(List.of(CANCELLED.row()), Rows.REALM, attempt -> Optional.empty())
                .getFirst();
    }

    private static void isForgotten(Sighting seen) {
        assertThat(seen)
                .isInstanceOfSatisfying(
                        Sighting.Ended.class,
                        ended -> assertThat(((AttemptEnd.Interrupted) ended.end()).why())
                                .contains("did not know that it had started"));
    }

    private static void isBrokenOff(Sighting seen) {
        assertThat(seen)
                .isInstanceOfSatisfying(
                        Sighting.Ended.class,
                        ended -> assertThat(((AttemptEnd.Interrupted) ended.end()).why())
                                .contains("before it had passed its gate"));
    }
}
