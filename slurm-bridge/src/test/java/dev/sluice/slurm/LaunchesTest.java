package dev.sluice.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.Sighting;
import dev.sluice.cluster.Sighting.Claimed;
import dev.sluice.job.AttemptEnd;
import dev.sluice.job.TaskSet;
import dev.sluice.job.Verdict;
import dev.sluice.slurm.door.JobRow;
import dev.sluice.slurm.door.Remains.Found;
import dev.sluice.slurm.door.Remains.Key;
import dev.sluice.slurm.door.Remains.Mark;
import dev.sluice.slurm.script.BatchFile;
import dev.sluice.slurm.script.IndexMap;
import dev.sluice.testkit.Fault;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the marks of launches add to SLURM's word. The ends after a crash are as seen on 22.05.8, 24.11.5 and 26.05.5. */
final class LaunchesTest {
    private static final Key KEY = new Key(Rows.ATTEMPT, 0, 0);
    private static final AttemptEnd TIMED_OUT = new AttemptEnd.Finished(new Verdict.TimedOut());
    private static final Instant NOW = Rows.ENDED.plusSeconds(5);

    private final HandMadeRemains remains = new HandMadeRemains();
    private final Launches launches = Samples.launches(Optional.of(remains));

    @Test
    void whatRunsIsClaimedOnceItsGateWasPassed() {
        assertThat(seen(Rows.running())).isEqualTo(new Sighting.Running(0, Rows.STARTED, Claimed.UNCLAIMED));
        remains.launched(KEY, Rows.STARTED, Optional.of(Rows.STARTED));
        assertThat(seen(Rows.running())).isEqualTo(new Sighting.Running(0, Rows.STARTED, Claimed.CLAIMED));
        remains.away = true;
        assertThat(seen(Rows.running())).isEqualTo(new Sighting.Running(0, Rows.STARTED, Claimed.CLAIMED));
    }

    @Test
    void whatRunsAndCannotBeLookedAtIsUnknown() {
        remains.away = true;
        assertThat(seen(Rows.running())).isEqualTo(new Sighting.Running(0, Rows.STARTED, Claimed.UNKNOWN));
    }

    @Test
    void theUsersOwnExitCodesStayHis() {
        remains.launched(KEY, Rows.STARTED, Optional.of(Rows.STARTED));
        for (int code : new int[] {1, BatchFile.NO_CLAIM, BatchFile.LOST, 3}) {
            assertThat(end(Rows.ended("FAILED", code)))
                    .as("exit %s", code)
                    .isEqualTo(new AttemptEnd.Finished(new Verdict.Failed(code, 0, "")));
        }
    }

    @Test
    @Fault("F50")
    void anExitOfOneOfAnotherStartThanTheClaimedOneIsAnInterruption() {
        // 24.11: launched with SLURM_JOB_START_TIME :02, "credential revoked" as FAILED 1:0 with StartTime :05.
        remains.launched(KEY, Rows.STARTED, Optional.of(Rows.STARTED.minusSeconds(3)));
        assertThat(end(Rows.ended("FAILED", 1))).isInstanceOf(AttemptEnd.Interrupted.class);
    }

    @Test
    @Fault("F50")
    void anExitOfOneWithoutAnyStartIsAnInterruption() {
        remains.launched(KEY, Rows.STARTED, Optional.of(Rows.STARTED));
        assertThat(end(Rows.ended("FAILED", 1).neverStarted())).isInstanceOf(AttemptEnd.Interrupted.class);
    }

    @Test
    @Fault("F50")
    void whereSlurmDoesNotTellTheStartTheNodesClockDoes() {
        // 22.05 has no SLURM_JOB_START_TIME: launched at 14.5 s, FAILED 1:0 with StartTime 20 s.
        remains.launched(KEY, Rows.STARTED.minusSeconds(6), Optional.empty());
        assertThat(end(Rows.ended("FAILED", 1))).isInstanceOf(AttemptEnd.Interrupted.class);

        Launches fresh =
                Samples.launches(Optional.of(new HandMadeRemains().launched(KEY, Rows.STARTED, Optional.empty())));
        assertThat(fresh.sightings(List.of(entry(Rows.ended("FAILED", 1))), NOW).getFirst())
                .isEqualTo(new Sighting.Ended(
                        0, new AttemptEnd.Finished(new Verdict.Failed(1, 0, "")), Rows.STARTED, Rows.ENDED));
    }

    @Test
    @Fault("F49")
    void aSecondLaunchThatSlurmdCancelledIsAnInterruption() {
        // 26.05: "already running, do not launch second copy … cancelling job", CANCELLED by 0 with StartTime 3 s after
        // the claim's.
        remains.launched(KEY, Rows.STARTED.minusSeconds(3), Optional.of(Rows.STARTED.minusSeconds(3)));
        assertThat(end(Rows.ended("CANCELLED", 0))).isInstanceOf(AttemptEnd.Interrupted.class);
    }

    @Test
    @Fault("F49")
    void aCancelledJobThatSlurmForgotToHaveStartedIsAnInterruption() {
        remains.launched(KEY, Rows.STARTED, Optional.of(Rows.STARTED));
        assertThat(end(Rows.ended("CANCELLED", 0).neverStarted())).isInstanceOf(AttemptEnd.Interrupted.class);
    }

    @Test
    @Fault("F24")
    void aCancelOfTheRunThatWasClaimedIsACancel() {
        remains.launched(KEY, Rows.STARTED, Optional.of(Rows.STARTED));
        assertThat(end(Rows.ended("CANCELLED", 0))).isEqualTo(new AttemptEnd.Stopped());
    }

    @Test
    void aCancelledJobThatNeverBeganIsLookedAtOnce() {
        Rows never = Rows.ended("CANCELLED", 0).neverStarted();
        assertThat(end(never)).isEqualTo(new AttemptEnd.Stopped());
        assertThat(end(never)).isEqualTo(new AttemptEnd.Stopped());
        assertThat(remains.looks).isEqualTo(1);
    }

    @Test
    @Fault("F49")
    void theLosersExitWithItsMarkIsAnInterruption() {
        remains.launched(KEY, Rows.STARTED, Optional.of(Rows.STARTED));
        assertThat(end(Rows.ended("FAILED", BatchFile.LOST))).isInstanceOf(AttemptEnd.Finished.class);
        remains.losers(KEY, 1);
        assertThat(end(Rows.ended("FAILED", BatchFile.LOST))).isInstanceOf(AttemptEnd.Interrupted.class);
    }

    @Test
    void aClaimThatTheGatewayTookIsAnInterruption() {
        remains.lying.put(KEY, new Found(Optional.of(new Mark.Taken()), 1));
        assertThat(end(Rows.ended("FAILED", BatchFile.LOST)))
                .isEqualTo(new AttemptEnd.Interrupted("its claim had been taken before it started"));
    }

    @Test
    @Fault("F54")
    void aGateThatCouldNotWriteItsClaimIsAnInterruption() {
        assertThat(end(Rows.ended("FAILED", BatchFile.NO_CLAIM))).isInstanceOf(AttemptEnd.Interrupted.class);
    }

    @Test
    void nothingFinalFollowsFromAnEndWhoseMarksNobodyCouldRead() {
        remains.away = true;
        for (Rows row : List.of(
                Rows.ended("FAILED", 1),
                Rows.ended("FAILED", 75),
                Rows.ended("CANCELLED", 0),
                Rows.ended("TIMEOUT", 0),
                Rows.ended("NODE_FAIL", 1))) {
            assertThat(seen(row)).isEqualTo(new Sighting.Completing(0, Rows.STARTED));
        }
        assertThat(end(Rows.ended("FAILED", 3))).isInstanceOf(AttemptEnd.Finished.class);
    }

    @Test
    @Fault("F50")
    void withoutFilesTheFailureStandsWithANote() {
        Launches blind = Samples.launches(Optional.empty());
        Sighting seen =
                blind.sightings(List.of(entry(Rows.ended("FAILED", 1))), NOW).getFirst();
        assertThat(seen)
                .isInstanceOfSatisfying(
                        Sighting.Ended.class,
                        ended -> assertThat(ended.end().toString())
                                .contains("Failed")
                                .contains("without SSH nobody can tell"));
    }

    @Test
    @Fault("F56")
    void sacctsCodesOf128AndMoreAreNotTakenForTheGatesOwn() {
        // 203 is printed as 75 and 128 as 0: neither may pass for the user's own word, nor for the loser's.
        remains.launched(KEY, Rows.STARTED, Optional.of(Rows.STARTED));
        Rows of203 = Rows.of("FAILED").started(Rows.STARTED).ended(75, 0, JobRow.Origin.SACCT);
        Rows of128 = Rows.of("FAILED").started(Rows.STARTED).ended(0, 0, JobRow.Origin.SACCT);

        assertThat(end(of203).toString()).contains("exitCode=75").contains("less 128");
        assertThat(end(of128).toString()).contains("exitCode=128").contains("less 128");
    }

    @Test
    @Fault("F50")
    void aTimeLimitThatPassedBeforeTheGateIsAnInterruptionAndItsClaimIsTaken() {
        assertThat(why(Rows.ended("TIMEOUT", 0))).contains("time limit").contains("nothing of it ran");
        assertThat(remains.lying).containsEntry(KEY, new Found(Optional.of(new Mark.Taken()), 0));

        remains.away = true;
        assertThat(why(Rows.ended("TIMEOUT", 0))).as("known for good").contains("nothing of it ran");
        assertThat(remains.looks).isEqualTo(1);
    }

    @Test
    void aClaimThatWasTakenBeforeARestartOfTheGatewayIsStillOurs() {
        remains.lying.put(KEY, new Found(Optional.of(new Mark.Taken()), 0));
        assertThat(why(Rows.ended("TIMEOUT", 0))).contains("nothing of it ran");
    }

    @Test
    @Fault("F50")
    void whoeverAsksInOrderToStopItIsToldTheSame() {
        Sighting seen =
                launches.standing(List.of(entry(Rows.ended("TIMEOUT", 0))), NOW).getFirst();
        assertThat(((Sighting.Ended) seen).end()).isInstanceOf(AttemptEnd.Interrupted.class);
        assertThat(remains.lying).containsKey(KEY);
    }

    @Test
    void aTimeLimitOfWhatPassedItsGateIsTheJobs() {
        remains.launched(KEY, Rows.STARTED, Optional.of(Rows.STARTED));
        assertThat(end(Rows.ended("TIMEOUT", 0))).isEqualTo(TIMED_OUT);
    }

    @Test
    void aLaunchThatPassesBeforeItsClaimIsTakenHasRun() {
        remains.beforeTake = () -> remains.launched(KEY, Rows.STARTED, Optional.of(Rows.STARTED));
        assertThat(end(Rows.ended("TIMEOUT", 0))).isEqualTo(TIMED_OUT);
    }

    @Test
    @Fault("F50")
    void aLaunchOfAnotherStartThatPassesBeforeItsClaimIsTakenWasBrokenOff() {
        remains.beforeTake = () -> remains.launched(KEY, Rows.STARTED, Optional.of(Rows.STARTED.minusSeconds(3)));
        assertThat(why(Rows.ended("FAILED", 1))).contains("did not know that it had started");
    }

    @Test
    void aClaimDirectoryOfAnAgeThatNobodyTellsYetKeepsTheEndOpen() {
        remains.ageless = true;
        assertThat(seen(Rows.ended("TIMEOUT", 0))).isEqualTo(new Sighting.Completing(0, Rows.STARTED));
        assertThat(remains.lying).isEmpty();
        remains.ageless = false;
        assertThat(why(Rows.ended("TIMEOUT", 0))).contains("nothing of it ran");
    }

    @Test
    void aClaimThatCannotBeTakenYetKeepsTheEndOpen() {
        remains.beforeTake = () -> remains.away = true;
        assertThat(seen(Rows.ended("TIMEOUT", 0))).isEqualTo(new Sighting.Completing(0, Rows.STARTED));
        remains.away = false;
        remains.beforeTake = () -> {};
        assertThat(why(Rows.ended("TIMEOUT", 0))).contains("nothing of it ran");
    }

    @Test
    void whereClaimsMayHaveBeenRemovedSlurmsWordStands() {
        remains.made = Optional.of(Rows.STARTED.plusSeconds(1));
        assertThat(end(Rows.ended("TIMEOUT", 0))).isEqualTo(TIMED_OUT);
        assertThat(end(Rows.ended("FAILED", 1))).isInstanceOf(AttemptEnd.Finished.class);
        assertThat(remains.lying).isEmpty();
        remains.made = Optional.empty();
        assertThat(end(Rows.ended("TIMEOUT", 0))).as("told for good").isEqualTo(TIMED_OUT);
    }

    @Test
    void whereNobodyTellsWhenTheClaimDirectoryWasMadeItIsBelieved() {
        remains.made = Optional.empty();
        assertThat(why(Rows.ended("TIMEOUT", 0))).contains("nothing of it ran");
    }

    @Test
    void aRunThatIsAsOldAsClaimsAreKeptMayHaveHadOne() {
        Instant late = Rows.STARTED.plus(BatchFile.Claims.RETENTION);
        Entry entry = entry(Rows.ended("TIMEOUT", 0));
        assertThat(launches.sightings(List.of(entry), late.plusSeconds(1)).getFirst())
                .isEqualTo(new Sighting.Ended(0, TIMED_OUT, Rows.STARTED, Rows.ENDED));
        assertThat(remains.lying).isEmpty();
        assertThat(((Sighting.Ended) Samples.launches(Optional.of(remains))
                                .sightings(List.of(entry), late)
                                .getFirst())
                        .end())
                .isInstanceOf(AttemptEnd.Interrupted.class);
    }

    @Test
    void whereTheClaimDirectoryIsNotHisSlurmsWordStands() {
        remains.refuses = true;
        assertThat(end(Rows.ended("TIMEOUT", 0))).isEqualTo(TIMED_OUT);
        assertThat(end(Rows.ended("NODE_FAIL", 1))).isEqualTo(new AttemptEnd.NodeLost());
    }

    @ParameterizedTest
    @ValueSource(strings = {"NODE_FAIL", "PREEMPTED", "BOOT_FAIL", "LAUNCH_FAILED", "RECONFIG_FAIL"})
    @Fault("F49")
    void whatIsTriedAgainByItsNameKeepsItAndNoLateLaunchOfItPasses(String state) {
        Rows row = Rows.ended(state, 1);
        AttemptEnd plain = ((Sighting.Ended) States.of(row.row(), Claimed.UNKNOWN, NOW)).end();
        assertThat(end(row)).isEqualTo(plain);
        assertThat(remains.lying).containsEntry(KEY, new Found(Optional.of(new Mark.Taken()), 0));
    }

    @Test
    @Fault("F50")
    void anExitOfOneWithoutAClaimIsSlurmsOwn() {
        // 22.05 to 26.05: "Job credential revoked" before the gate was passed, FAILED 1:0; the gate ends with 74 or 75.
        assertThat(why(Rows.ended("FAILED", 1))).contains("before it had passed its gate");
        assertThat(remains.lying).containsKey(KEY);
    }

    @Test
    void whatOnlyARunOrItsUserCanCauseIsNotDoubted() {
        // 0:53 is an output that cannot be opened.
        Rows signalled = Rows.of("FAILED").started(Rows.STARTED).ended(0, 53, JobRow.Origin.EXACT);
        assertThat(end(Rows.ended("COMPLETED", 0))).isEqualTo(new AttemptEnd.Finished(Verdict.SUCCEEDED));
        assertThat(end(Rows.ended("FAILED", 3))).isEqualTo(new AttemptEnd.Finished(new Verdict.Failed(3, 0, "")));
        assertThat(end(signalled)).isEqualTo(new AttemptEnd.Finished(new Verdict.Failed(0, 53, "")));
        assertThat(end(Rows.ended("OUT_OF_MEMORY", 0))).isEqualTo(new AttemptEnd.Finished(new Verdict.OutOfMemory()));
        assertThat(end(Rows.ended("DEADLINE", 0))).isEqualTo(TIMED_OUT);
        assertThat(remains.looks).isZero();
        assertThat(remains.lying).isEmpty();
    }

    @Test
    void withoutFilesSlurmsWordStands() {
        Sighting seen = Samples.launches(Optional.empty())
                .sightings(List.of(entry(Rows.ended("TIMEOUT", 0))), NOW)
                .getFirst();
        assertThat(seen).isEqualTo(new Sighting.Ended(0, TIMED_OUT, Rows.STARTED, Rows.ENDED));
    }

    private String why(Rows row) {
        return ((AttemptEnd.Interrupted) end(row)).why();
    }

    private Sighting seen(Rows row) {
        return launches.sightings(List.of(entry(row)), NOW).getFirst();
    }

    private AttemptEnd end(Rows row) {
        return ((Sighting.Ended) seen(row)).end();
    }

    private static Entry entry(Rows row) {
        return new Entry(new Tag(Rows.ATTEMPT, IndexMap.SAME), TaskSet.SOLE, row.row());
    }
}
