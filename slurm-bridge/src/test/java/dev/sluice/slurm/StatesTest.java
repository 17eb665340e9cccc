package dev.sluice.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.Sighting;
import dev.sluice.cluster.Sighting.Claimed;
import dev.sluice.cluster.Sighting.Holder;
import dev.sluice.job.AttemptEnd;
import dev.sluice.job.Verdict;
import dev.sluice.sbatch.SlurmState;
import dev.sluice.slurm.door.JobRow;
import dev.sluice.testkit.Fault;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Every state, flag and reason of SLURM's, those it has not got yet too. */
final class StatesTest {
    private static final Instant NOW = Rows.ENDED.plusSeconds(9);
    private static final Map<SlurmState, Class<? extends AttemptEnd>> ENDS = Map.of(
            SlurmState.COMPLETED, AttemptEnd.Finished.class,
            SlurmState.FAILED, AttemptEnd.Finished.class,
            SlurmState.TIMEOUT, AttemptEnd.Finished.class,
            SlurmState.DEADLINE, AttemptEnd.Finished.class,
            SlurmState.OUT_OF_MEMORY, AttemptEnd.Finished.class,
            SlurmState.CANCELLED, AttemptEnd.Stopped.class,
            SlurmState.PREEMPTED, AttemptEnd.Preempted.class,
            SlurmState.NODE_FAIL, AttemptEnd.NodeLost.class,
            SlurmState.BOOT_FAIL, AttemptEnd.Interrupted.class);

    @ParameterizedTest
    @EnumSource(SlurmState.class)
    @Fault("F22")
    void everyBaseStateIsAnEndOrNoneWithEachFlagAndWithNone(SlurmState base) {
        if (base.kind() != SlurmState.Kind.BASE) {
            // Alone, as squeue prints it, no flag is an end: SLURM has something to do with the job yet.
            if (base != SlurmState.LAUNCH_FAILED && base != SlurmState.RECONFIG_FAIL) {
                assertThat(seen(Rows.of(base.name()))).isNotInstanceOf(Sighting.Ended.class);
            }
            return;
        }
        Class<? extends AttemptEnd> end = ENDS.get(base);
        Sighting plain = seen(Rows.ended(base.name(), 1));
        assertThat(plain instanceof Sighting.Ended).as(plain.toString()).isEqualTo(end != null);
        if (plain instanceof Sighting.Ended ended) {
            assertThat(ended.end()).isInstanceOf(end);
        }
        for (SlurmState flag : SlurmState.values()) {
            if (flag.kind() == SlurmState.Kind.FLAG) {
                Rows both =
                        Rows.of(base.name(), flag.name()).started(Rows.STARTED).ended(1, 0, JobRow.Origin.EXACT);
                boolean ends = end != null && flag != SlurmState.COMPLETING;
                assertThat(seen(both) instanceof Sighting.Ended)
                        .as(both.toString())
                        .isEqualTo(ends);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "JobHeldUser, US",
        "JobHeldAdmin, ADMINISTRATOR",
        "JobHoldMaxRequeue, LIMIT",
        "launch failed requeued held, ADMINISTRATOR"
    })
    void whoHoldsItIsInTheReason(String reason, Holder holder) {
        assertThat(seen(Rows.of("PENDING").reason(reason))).isEqualTo(new Sighting.Held(0, holder, reason));
    }

    @Test
    void aRequeueOnHoldIsHeldInEitherForm() {
        assertThat(seen(Rows.of("REQUEUE_HOLD"))).isInstanceOf(Sighting.Held.class);
        assertThat(seen(Rows.of("PENDING", "REQUEUE_HOLD"))).isInstanceOf(Sighting.Held.class);
        assertThat(seen(Rows.of("SPECIAL_EXIT"))).isInstanceOf(Sighting.Held.class);
        assertThat(seen(Rows.of("PENDING", "SPECIAL_EXIT"))).isInstanceOf(Sighting.Held.class);
        assertThat(seen(Rows.of("RESV_DEL_HOLD"))).isInstanceOf(Sighting.Held.class);
        assertThat(seen(Rows.of("PENDING", "RESV_DEL_HOLD"))).isInstanceOf(Sighting.Held.class);
    }

    @Test
    void aStoppedJobIsPausedInEitherForm() {
        assertThat(seen(Rows.of("STOPPED").started(Rows.STARTED))).isEqualTo(new Sighting.Paused(0, Rows.STARTED));
        assertThat(seen(Rows.of("RUNNING", "STOPPED").started(Rows.STARTED)))
                .isEqualTo(new Sighting.Paused(0, Rows.STARTED));
    }

    @Test
    @Fault("F22")
    void aWordNobodyHasSeenIsPendingUntilItStartsAndNoEndEver() {
        assertThat(seen(Rows.of("HIBERNATING"))).isEqualTo(new Sighting.Pending(0));
        assertThat(seen(Rows.of("HIBERNATING").started(Rows.STARTED)))
                .isEqualTo(new Sighting.Running(0, Rows.STARTED, Claimed.UNKNOWN));
        assertThat(seen(Rows.ended("HIBERNATING", 0))).isNotInstanceOf(Sighting.Ended.class);
        assertThat(States.raw(Rows.of("HIBERNATING", "SNORING").reason("Winter").row()))
                .isEqualTo("HIBERNATING+SNORING (Winter)");
    }

    @Test
    void aJobOfLessThanASecondHasRunAndOneThatNeverStartedHasNot() {
        Sighting.Ended brief = (Sighting.Ended) seen(Rows.ended("COMPLETED", 0).started(Rows.ENDED));
        assertThat(brief.started()).isBefore(brief.at());
        Sighting.Ended never = (Sighting.Ended) seen(Rows.ended("CANCELLED", 0).neverStarted());
        assertThat(never.started()).isEqualTo(never.at());
    }

    @Test
    @Fault("F56")
    void anExitCodeThatSacctCutIsSaidToBeCut() {
        assertThat(failed(3, 0, JobRow.Origin.EXACT)).isEqualTo(new Verdict.Failed(3, 0, ""));
        assertThat(failed(200, 0, JobRow.Origin.EXACT)).isEqualTo(new Verdict.Failed(200, 0, ""));
        assertThat(failed(0, 9, JobRow.Origin.SACCT)).isEqualTo(new Verdict.Failed(0, 9, ""));
        assertThat(Stream.of(failed(0, 0, JobRow.Origin.SACCT), failed(72, 0, JobRow.Origin.SACCT)))
                .extracting(Verdict.Failed::exitCode)
                .containsExactly(128, 72);
        assertThat(failed(72, 0, JobRow.Origin.SACCT).note()).contains("less 128");
    }

    private static Verdict.Failed failed(int code, int signal, JobRow.Origin origin) {
        Sighting seen = seen(Rows.of("FAILED").started(Rows.STARTED).ended(code, signal, origin));
        return (Verdict.Failed) ((AttemptEnd.Finished) ((Sighting.Ended) seen).end()).verdict();
    }

    private static Sighting seen(Rows row) {
        return States.of(row.row(), Claimed.UNKNOWN, NOW);
    }
}
