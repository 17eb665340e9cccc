package dev.sluice.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.Alteration;
import dev.sluice.cluster.Change;
import dev.sluice.cluster.Cursor;
import dev.sluice.cluster.Grant;
import dev.sluice.cluster.Observation;
import dev.sluice.cluster.Parking;
import dev.sluice.cluster.Release;
import dev.sluice.cluster.Search;
import dev.sluice.cluster.Sighting;
import dev.sluice.cluster.Sighting.Holder;
import dev.sluice.cluster.Sought;
import dev.sluice.cluster.Stopping;
import dev.sluice.cluster.Sweep;
import dev.sluice.job.AttemptEnd;
import dev.sluice.job.Binding;
import dev.sluice.job.TaskSet;
import dev.sluice.job.Verdict;
import dev.sluice.slurm.door.Answer;
import dev.sluice.slurm.door.Door;
import dev.sluice.slurm.door.Indices;
import dev.sluice.slurm.door.JobRow;
import dev.sluice.slurm.door.Remains.Key;
import dev.sluice.slurm.door.Target;
import dev.sluice.testkit.Fault;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Rows of DISPATCH.md against a cluster that is a list: what is found, released and stopped, and what never is. */
@Timeout(30)
final class BridgeRowsTest {
    private static final Instant NOW = Rows.SUBMITTED.plusSeconds(3600);
    private static final Binding BINDING = Entry.binding(Rows.held().row());
    private static final Target ONLY_OURS = Target.of(12).only(Rows.ATTEMPT);

    private final QueueDoor door = new QueueDoor();
    private final HandMadeRemains remains = new HandMadeRemains();
    private final SlurmBridge bridge = new SlurmBridge(
            Samples.settings(ticking(), Duration.ofSeconds(300), Duration.ZERO),
            new Doors(door, door, Optional.of(remains)));

    /** Why a job that has our id is not ours all the same. */
    enum Stranger {
        OF_ANOTHER_TIME {
            @Override
            Rows made(Rows ours) {
                return ours.submitted(Rows.SUBMITTED.plusSeconds(60));
            }
        },
        OF_ANOTHER_OWNER {
            @Override
            Rows made(Rows ours) {
                return ours.owner("bob");
            }
        },
        WITHOUT_A_KEY {
            @Override
            Rows made(Rows ours) {
                return ours.comment("");
            }
        },
        WITH_ANOTHER_KEY {
            @Override
            Rows made(Rows ours) {
                return ours.comment(other() + " mine");
            }
        },
        WITH_THE_KEY_BEHIND_A_WORD {
            @Override
            Rows made(Rows ours) {
                return ours.comment("mine " + Rows.ATTEMPT);
            }
        };

        abstract Rows made(Rows ours);

        private static String other() {
            String text = Rows.ATTEMPT.toString();
            return text.substring(0, text.length() - 1) + (text.endsWith("0") ? "1" : "0");
        }
    }

    @ParameterizedTest
    @EnumSource(Stranger.class)
    @Fault({"F20", "F46", "F52"})
    void aJobThatOnlyHasOurIdIsNeitherReleasedNorCancelledNorHeldNorFound(Stranger stranger) {
        door.queued(stranger.made(Rows.held()));

        assertThat(release()).isInstanceOf(Release.Absent.class);
        assertThat(stop()).isInstanceOf(Stopping.Absent.class);
        assertThat(bridge.alter(Rows.ATTEMPT, BINDING, TaskSet.SOLE, new Change.Hold(), fence()))
                .isInstanceOf(Alteration.Absent.class);
        assertThat(door.acts).isEmpty();
        if (stranger == Stranger.OF_ANOTHER_TIME) {
            // By key it is ours, under another binding, which the caller sees.
            assertThat(((Search.Found) find(BINDING)).traces().getFirst().binding())
                    .isNotEqualTo(BINDING);
        } else {
            assertThat(find(BINDING)).isInstanceOf(Search.None.class);
        }
    }

    /** SSH looks whose an id is right before it changes anything; slurmrestd, which takes the jobs, cannot. */
    @Test
    @Fault("F46")
    void ofTwoDoorsTheOneThatReadsChangesWhatIsThere() {
        QueueDoor reads = new QueueDoor().queued(Rows.held());
        SlurmBridge both = new SlurmBridge(
                Samples.settings(ticking(), Duration.ofSeconds(300), Duration.ZERO),
                new Doors(door, reads, Optional.of(remains)));
        List<Change> changes = List.of(new Change.Hold(), new Change.Limit(Duration.ofHours(1)), new Change.Unhold());
        for (Change change : changes) {
            both.alter(Rows.ATTEMPT, BINDING, TaskSet.SOLE, change, fence());
        }
        both.stop(Rows.ATTEMPT, BINDING, TaskSet.SOLE, Duration.ZERO, fence());
        assertThat(reads.acts).containsExactly("hold 12", "limit 12", "release 12", "cancel 12");
        assertThat(door.acts).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(value = Stranger.class, mode = EnumSource.Mode.EXCLUDE, names = "WITHOUT_A_KEY")
    @Fault({"F20", "F48"})
    void aRecordOfAnEarlierJobOfThisIdIsNotOurEnd(Stranger stranger) {
        door.recorded(stranger.made(Rows.ended("COMPLETED", 0)));

        assertThat(find(BINDING)).isInstanceOf(Search.None.class);
        assertThat(stop()).isInstanceOf(Stopping.Absent.class);
        assertThat(release()).isInstanceOf(Release.Absent.class);
    }

    @Test
    @Fault({"F20", "F46"})
    void theProofOfAParkIsOfTheJobThatTheControllerKnows() {
        door.submitted = Answer.said(new Door.Submitted(12, List.of()));
        door.queued(Stranger.OF_ANOTHER_OWNER.made(Rows.held()));

        assertThat(bridge.park(Samples.attempt(TaskSet.SOLE), Samples.spec(), fence()))
                .isInstanceOf(Parking.Unknown.class);
        assertThat(release()).isInstanceOf(Release.Absent.class);
        assertThat(door.acts).containsExactly("submit");
    }

    @Test
    @Fault("F52")
    void aReleaseRightBehindItsParkIsReadFirstToo() {
        door.submitted = Answer.said(new Door.Submitted(12, List.of("a note")));
        door.queued(Rows.held());

        assertThat(bridge.park(Samples.attempt(TaskSet.SOLE), Samples.spec(), fence()))
                .isEqualTo(new Parking.Parked(BINDING, List.of("a note")));
        assertThat(release()).isInstanceOf(Release.Released.class);
        door.silent = true;
        assertThat(release()).isInstanceOf(Release.Unknown.class);
        assertThat(door.acts).containsExactly("submit", "release 12");
    }

    @Test
    @Fault("F5")
    void aParkThatAnAdministratorHoldsIsBoundAndNotReleased() {
        door.submitted = Answer.said(new Door.Submitted(12, List.of("held by a limit")));
        door.queued(Rows.of("PENDING").reason("JobHeldAdmin"));

        assertThat(bridge.park(Samples.attempt(TaskSet.SOLE), Samples.spec(), fence()))
                .isInstanceOf(Parking.Parked.class);
        bridge.find(List.of(Sought.of(Samples.attempt(TaskSet.SOLE))));
        release();
        assertThat(release())
                .isInstanceOfSatisfying(
                        Release.Refused.class,
                        refused -> assertThat(refused.refusal().message()).contains("JobHeldAdmin"));
    }

    @Test
    void whatIsHeldByUsIsReleasedAndWhatGoesAlreadyIsNot() {
        door.queued(Rows.held());
        assertThat(release()).isInstanceOf(Release.Released.class);
        door.queued(Rows.of("PENDING").reason("Priority"));
        assertThat(release()).isInstanceOf(Release.Released.class);
        assertThat(door.acts).containsExactly("release 12");
    }

    @Test
    void nothingIsReleasedAfterItsGrantEnded() {
        door.queued(Rows.held());
        Grant late = new Grant(Samples.attempt(TaskSet.SOLE), BINDING, TaskSet.SOLE, NOW.minusSeconds(1));

        assertThat(bridge.release(List.of(late))).containsExactly(new Release.TooLate());
        assertThat(door.acts).isEmpty();
    }

    @Test
    @Fault("F16")
    void aSilentControllerSaysNothingAboutAnyJob() {
        door.recorded(Rows.ended("COMPLETED", 0));
        door.silent = true;

        assertThat(find(BINDING)).isInstanceOf(Search.Unknown.class);
        assertThat(release()).isInstanceOf(Release.Unknown.class);
        assertThat(stop()).isInstanceOf(Stopping.Unknown.class);
        assertThat(bridge.observe(Cursor.START, Duration.ZERO)).isInstanceOf(Sweep.Unknown.class);
        assertThat(door.acts).isEmpty();
    }

    @Test
    @Fault({"F17", "F48", "F56"})
    void whatTheControllerForgotIsInAccounting() {
        door.recorded(
                Rows.of("PENDING").submitted(Rows.SUBMITTED.minusSeconds(900)).comment(""),
                Rows.of("FAILED").comment("").started(Rows.STARTED).ended(72, 0, JobRow.Origin.SACCT));

        Search.Trace trace = ((Search.Found) find(BINDING)).traces().getFirst();
        assertThat(trace.binding()).isEqualTo(BINDING);
        assertThat(((Sighting.Ended) trace.seen()).end().toString())
                .contains("exitCode=72")
                .contains("less 128");
        assertThat(stop()).isInstanceOf(Stopping.Ended.class);
        assertThat(find()).isInstanceOf(Search.None.class);
    }

    @Test
    @Fault({"F18", "F47", "F48"})
    void withoutAccountingAnAbsenceIsUnknownAndWhatTheQueueHasIsFound() {
        door.accounting = QueueDoor.Accounting.AWAY;
        assertThat(find(BINDING)).isInstanceOf(Search.Unknown.class);
        assertThat(stop()).isInstanceOf(Stopping.Unknown.class);
        assertThat(find()).isInstanceOf(Search.None.class);

        door.queued(Rows.running());
        assertThat(find(BINDING)).isInstanceOf(Search.Found.class);
    }

    @Test
    @Fault("F48")
    void whatAccountingHasRunningAndTheControllerDoesNotKnowIsLost() {
        door.recorded(Rows.running());
        assertThat(((Search.Found) find(BINDING)).traces().getFirst().seen()).isEqualTo(new Sighting.Lost(0));
        // It is no end: a cancel of it found nothing.
        assertThat(stop()).isInstanceOf(Stopping.Absent.class);
    }

    @Test
    @Fault("F53")
    void aHoldThatCameTooLateIsUndoneByTheSameId() {
        door.queued(Rows.running());
        assertThat(bridge.alter(Rows.ATTEMPT, BINDING, TaskSet.SOLE, new Change.Hold(), fence()))
                .isInstanceOf(Alteration.Altered.class);
        assertThat(bridge.alter(Rows.ATTEMPT, BINDING, TaskSet.SOLE, new Change.Unhold(), fence()))
                .isInstanceOf(Alteration.Altered.class);
        assertThat(door.acts).containsExactly("hold 12", "release 12");
        assertThat(door.actedOn).as("and nobody else's of its id").isEqualTo(ONLY_OURS);
    }

    @Test
    @Fault({"F46", "F52"})
    void whateverIsDoneToAnIdIsForOursAlone() {
        door.queued(Rows.held());
        assertThat(release()).isInstanceOf(Release.Released.class);
        assertThat(door.actedOn).isEqualTo(ONLY_OURS);
        for (Change change : List.of(new Change.Hold(), new Change.Unhold(), new Change.Limit(Duration.ofMinutes(3)))) {
            door.actedOn = Target.of(0);
            assertThat(bridge.alter(Rows.ATTEMPT, BINDING, TaskSet.SOLE, change, fence()))
                    .isInstanceOf(Alteration.Altered.class);
            assertThat(door.actedOn).as("%s", change).isEqualTo(ONLY_OURS);
        }
    }

    @Test
    @Fault("F55")
    void behindItsFenceNothingIsSent() {
        door.queued(Rows.running());
        assertThat(bridge.stop(Rows.ATTEMPT, BINDING, TaskSet.SOLE, Duration.ZERO, NOW))
                .isInstanceOf(Stopping.Unknown.class);
        assertThat(bridge.alter(Rows.ATTEMPT, BINDING, TaskSet.SOLE, new Change.Hold(), NOW))
                .isInstanceOf(Alteration.Unknown.class);
        assertThat(bridge.park(Samples.attempt(TaskSet.SOLE), Samples.spec(), NOW))
                .isInstanceOf(Parking.Unknown.class);
        assertThat(door.acts).isEmpty();
    }

    @Test
    void whatIsCancelledBeforeItsStartNeverRan() {
        door.queued(Rows.held());
        door.effect = rows ->
                List.of(Rows.of("CANCELLED").ended(0, 0, JobRow.Origin.EXACT).row());

        assertThat(stop()).isInstanceOf(Stopping.NeverRan.class);
        assertThat(door.acts).containsExactly("cancel 12");
    }

    @Test
    @Fault("F49")
    void whatACrashPutBackOnHoldAfterItsStartHasRun() {
        door.queued(Rows.held());
        remains.launched(new Key(Rows.ATTEMPT, 0, 0), Rows.STARTED, Optional.of(Rows.STARTED));
        door.effect = rows ->
                List.of(Rows.of("CANCELLED").ended(0, 0, JobRow.Origin.EXACT).row());

        assertThat(stop())
                .isInstanceOfSatisfying(
                        Stopping.Ended.class,
                        ended -> assertThat(ended.end()).isInstanceOf(AttemptEnd.Interrupted.class));
    }

    @Test
    void anEndThatWasFirstKeepsItsVerdict() {
        door.queued(Rows.ended("FAILED", 3));
        assertThat(stop())
                .isEqualTo(new Stopping.Ended(
                        new AttemptEnd.Finished(new Verdict.Failed(3, 0, "")), Rows.STARTED, Rows.ENDED));
        assertThat(door.acts).isEmpty();
    }

    @Test
    void aCancelThatTakesTimeIsAskedAgain() {
        door.queued(Rows.running());
        assertThat(stop()).isInstanceOf(Stopping.Asked.class);
    }

    @Test
    void tasksOfAnArrayThatVanishWhenTheyAreCancelledNeverRan() {
        Rows rest = Rows.held().indices(new Indices.Of(TaskSet.range(0, 9)));
        door.queued(rest);
        door.effect = rows -> List.of(
                rest.indices(new Indices.Of(TaskSet.of(0, 1, 2, 5, 6, 7, 8, 9))).row());

        assertThat(stop(TaskSet.of(3, 4))).isInstanceOf(Stopping.NeverRan.class);
        assertThat(door.acts).containsExactly("cancel 12_[3-4]");
    }

    @Test
    void aTaskThatRanAndVanishedDidNotNeverRun() {
        Rows task = Rows.running().own(12, 13).indices(new Indices.Of(TaskSet.of(3)));
        Rows rest = Rows.held().indices(new Indices.Of(TaskSet.range(4, 9)));
        door.queued(task, rest);
        door.effect = rows -> List.of(rest.row());

        assertThat(stop(TaskSet.of(3))).isInstanceOf(Stopping.Absent.class);
    }

    @Test
    @Fault("F17")
    void theWatchTellsAnEndThatLeftTheQueueByAccounting() {
        door.queued(Rows.running());
        Sweep.Seen first = (Sweep.Seen) bridge.observe(Cursor.START, Duration.ZERO);
        assertThat(first.scope()).isEqualTo(Sweep.Scope.COMPLETE);
        assertThat(first.observations()).hasSize(1);

        door.queued();
        door.recorded(Rows.ended("COMPLETED", 0).comment(""));
        Sweep.Seen second = (Sweep.Seen) bridge.observe(first.next(), Duration.ZERO);
        assertThat(second.scope()).isEqualTo(Sweep.Scope.CHANGES);
        assertThat(second.observations()).extracting(Observation::seen).hasOnlyElementsOfType(Sighting.Ended.class);
        assertThat(second.observations()).hasSize(1);

        Sweep.Seen third = (Sweep.Seen) bridge.observe(second.next(), Duration.ZERO);
        assertThat(third.observations()).isEmpty();
    }

    @Test
    @Fault("F18")
    void anEndThatAccountingDidNotKnowYetIsToldWhenItDoes() {
        door.queued(Rows.running());
        Sweep.Seen first = (Sweep.Seen) bridge.observe(Cursor.START, Duration.ZERO);
        door.queued();
        door.accounting = QueueDoor.Accounting.AWAY;
        Sweep.Seen second = (Sweep.Seen) bridge.observe(first.next(), Duration.ZERO);
        assertThat(second.observations()).isEmpty();

        door.accounting = QueueDoor.Accounting.ANSWERS;
        door.recorded(Rows.ended("COMPLETED", 0).comment(""));
        assertThat(find(BINDING)).isInstanceOf(Search.Found.class);
    }

    @Test
    @Fault("F20")
    void aKeyThatSomebodyCopiedIntoHisOwnCommentIsNotSeen() {
        find(BINDING);
        door.queued(Rows.running().owner("bob"));
        assertThat(((Sweep.Seen) bridge.observe(Cursor.START, Duration.ZERO)).observations())
                .isEmpty();
    }

    @Test
    @Fault("F23")
    void theWatchTellsAnAdministratorsHold() {
        door.queued(Rows.of("PENDING").reason("JobHeldAdmin"));
        Sweep.Seen seen = (Sweep.Seen) bridge.observe(Cursor.START, Duration.ZERO);
        assertThat(seen.observations())
                .extracting(Observation::seen)
                .containsExactly(new Sighting.Held(0, Holder.ADMINISTRATOR, "JobHeldAdmin"));
    }

    /** So that no look serves a later one. */
    private static InstantSource ticking() {
        AtomicLong ticks = new AtomicLong();
        return () -> NOW.plusMillis(ticks.incrementAndGet());
    }

    private static Instant fence() {
        return NOW.plusSeconds(60);
    }

    private Release release() {
        return bridge.release(List.of(new Grant(Samples.attempt(TaskSet.SOLE), BINDING, TaskSet.SOLE, fence())))
                .getFirst();
    }

    private Stopping stop() {
        return stop(TaskSet.SOLE);
    }

    private Stopping stop(TaskSet tasks) {
        return bridge.stop(Rows.ATTEMPT, BINDING, tasks, Duration.ZERO, fence());
    }

    private Search find(Binding... bindings) {
        return bridge.find(List.of(new Sought(Samples.attempt(TaskSet.SOLE), TaskSet.SOLE, Set.of(bindings))))
                .getFirst();
    }
}
