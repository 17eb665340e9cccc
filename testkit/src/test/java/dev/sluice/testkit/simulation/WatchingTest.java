package dev.sluice.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.engine.Breaker;
import dev.sluice.engine.Effect;
import dev.sluice.engine.Event;
import dev.sluice.engine.Input;
import dev.sluice.engine.Reply;
import dev.sluice.job.AttemptEnd;
import dev.sluice.job.JobId;
import dev.sluice.job.JobState;
import dev.sluice.job.Lifecycle.Stage;
import dev.sluice.job.Phase;
import dev.sluice.job.Verdict;
import dev.sluice.spec.Ask;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Rules;
import dev.sluice.testkit.Fault;
import dev.sluice.testkit.fake.FakeSettings;
import dev.sluice.testkit.fake.Fate;
import dev.sluice.testkit.fake.Mischief;
import dev.sluice.testkit.fake.Moment;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** DISPATCH.md, "Watching", row by row, for a plain job and for an array. */
class WatchingTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private static JobId running(Scenario scenario, JobSpec spec) {
        JobId job = scenario.submit(spec);
        scenario.untilStage(job, Stage.RUNNING);
        return job;
    }

    private static long closedAs(Scenario scenario, Class<? extends AttemptEnd> end) {
        return scenario.recorded(Event.Closed.class).stream()
                .filter(closed -> end.isInstance(closed.end()))
                .count();
    }

    private static JobSpec with(JobSpec spec, Function<Rules, Rules> rules) {
        return spec.toBuilder().rules(rules.apply(spec.rules())).build();
    }

    // A limit

    @ParameterizedTest
    @EnumSource
    void aChangedLimitReachesWhatRuns(Shape shape) {
        limited(shape.spec());
    }

    /** Who gave none has his cluster's until he gives one. */
    @ParameterizedTest
    @EnumSource
    void aLimitThatIsGivenLaterReachesWhatRunsWithItsClustersDefault(Shape shape) {
        limited(shape.spec().toBuilder().ask(Ask.DEFAULTS).build());
    }

    /** It is sent once, and bites. */
    private static void limited(JobSpec spec) {
        Scenario scenario = Scenario.of(Scenario.slurm("hpc"));
        scenario.fate = Fate.succeedsAfter(Duration.ofMinutes(30));
        JobId job = running(scenario, spec);
        scenario.pass(Duration.ofMinutes(2));
        assertThat(scenario.calls(Effect.Alter.class)).as("nobody changed it").isZero();
        scenario.ask(new Input.Alter(
                Scenario.OPERATOR, job, OptionalInt.empty(), Optional.of(Duration.ofMinutes(5)), Optional.empty()));
        scenario.untilEnded(job);
        assertThat(scenario.verdicts(job)).containsOnly(new Verdict.TimedOut());
        assertThat(scenario.calls(Effect.Alter.class)).isEqualTo(1);
    }

    // An end

    @ParameterizedTest
    @EnumSource
    void anEndInAccountingIsTerminal(Shape shape) {
        Scenario scenario = Scenario.of(Scenario.slurm("hpc"));
        scenario.fate = new Fate(Duration.ofMinutes(1), new Verdict.OutOfMemory());
        JobId job = scenario.submit(shape.spec());
        scenario.untilEnded(job);
        assertThat(scenario.verdicts(job)).containsOnly(new Verdict.OutOfMemory());
        assertThat(scenario.launches(job)).containsOnly(1);
    }

    @ParameterizedTest
    @EnumSource
    void theClustersOwnRecordOfAnEndIsTerminalWhereThereIsNoAccounting(Shape shape) {
        Scenario scenario = Scenario.of(Scenario.slurm("hpc").withAccounting(FakeSettings.Accounting.NONE));
        scenario.fate = Fate.failsAfter(Duration.ofMinutes(1), 7, 0);
        JobId job = scenario.submit(shape.spec());
        scenario.untilEnded(job);
        assertThat(scenario.verdicts(job)).containsOnly(new Verdict.Failed(7, 0, ""));
    }

    @ParameterizedTest
    @EnumSource
    @Fault({"F17", "F48"})
    void anEndThatTheQueueHasForgottenIsReadInAccounting(Shape shape) {
        Scenario scenario = Scenario.of(Scenario.slurm("hpc"));
        scenario.fate = Fate.succeedsAfter(Duration.ofMinutes(2));
        JobId job = running(scenario, shape.spec());
        scenario.mischief().unreachable(scenario.now(), Duration.ofMinutes(30));
        Instant ended = scenario.now().plus(scenario.fate.work());
        scenario.untilEnded(job);
        assertThat(scenario.verdicts(job)).containsOnly(Verdict.SUCCEEDED);
        Duration kept = Scenario.slurm("hpc").minJobAge().orElseThrow();
        assertThat(scenario.now()).as("the queue had forgotten it long before").isAfter(ended.plus(kept));
    }

    @ParameterizedTest
    @EnumSource
    @Fault({"F21", "F41"})
    void preemptionEndsTheAttemptAndTheTaskIsTriedAgain(Shape shape) {
        Scenario scenario = Scenario.of(Scenario.slurm("hpc"));
        JobId job = running(scenario, shape.spec());
        assertThat(scenario.mischief().preempt(scenario.now())).isTrue();
        scenario.untilEnded(job);
        assertThat(scenario.verdicts(job)).containsOnly(Verdict.SUCCEEDED);
        assertThat(closedAs(scenario, AttemptEnd.Preempted.class)).isEqualTo(1);
        // One task was preempted; the others of an array went on as if nothing had happened.
        assertThat(scenario.launches(job)).containsOnlyOnce(2);
        assertThat(scenario.launches(job).stream().mapToInt(Integer::intValue).sum())
                .isEqualTo(scenario.launches(job).size() + 1);
    }

    @ParameterizedTest
    @EnumSource
    @Fault({"F21", "F30"})
    void aLostNodeEndsTheAttemptAndTheTaskIsTriedAgain(Shape shape) {
        Scenario scenario = Scenario.of(Scenario.slurm("hpc"));
        JobId job = running(scenario, shape.spec());
        assertThat(scenario.mischief().loseNode(scenario.now())).isTrue();
        scenario.untilEnded(job);
        assertThat(scenario.verdicts(job)).containsOnly(Verdict.SUCCEEDED);
        assertThat(closedAs(scenario, AttemptEnd.NodeLost.class)).isEqualTo(1);
        assertThat(scenario.launches(job)).containsOnlyOnce(2);
    }

    @ParameterizedTest
    @EnumSource
    @Fault("F41")
    void noRequeueMakesAPreemptionTheJobsEnd(Shape shape) {
        Scenario scenario = Scenario.of(Scenario.slurm("hpc"));
        JobId job = running(scenario, with(shape.spec(), rules -> rules.withRequeue(Rules.Requeue.OFF)));
        assertThat(scenario.mischief().preempt(scenario.now())).isTrue();
        scenario.untilEnded(job);
        assertThat(scenario.verdicts(job)).containsOnlyOnce(new Verdict.Preempted());
        assertThat(scenario.launches(job)).containsOnly(1);
    }

    @Test
    @Fault("F41")
    void preemptionPingPongEndsAtTheCapWithItsReason() {
        Scenario scenario = Scenario.of(Scenario.slurm("hpc"));
        JobId job = scenario.submit(with(Scenario.plain(), rules -> rules.withMaxAttempts(3)));
        for (int times = 0; times < 3; times++) {
            scenario.untilStage(job, Stage.RUNNING);
            assertThat(scenario.mischief().preempt(scenario.now())).isTrue();
            scenario.until("it was noticed", () -> scenario.stage(job) != Stage.RUNNING);
        }
        scenario.untilEnded(job);
        assertThat(scenario.verdicts(job)).containsOnly(new Verdict.Preempted());
        assertThat(scenario.launches(job)).containsOnly(3);
        List<Event.Placed> placed = scenario.recorded(Event.Placed.class);
        assertThat(placed).hasSize(3);
    }

    // Launched twice, aborted

    /** Crashes a second after a start until the cluster draws what is looked for; fails when it never does. */
    private static void afterACrashAtTheStart(
            FakeSettings cluster,
            Shape shape,
            dev.sluice.testkit.fake.Fault looked,
            java.util.function.BiConsumer<Scenario, JobId> then) {
        int found = 0;
        for (long seed = 1; seed <= 40; seed++) {
            Scenario scenario = Scenario.seeded(seed, cluster);
            scenario.mischief()
                    .ambush(scenario.now(), Moment.START, Duration.ofMillis(700), SECOND, Duration.ofSeconds(5));
            JobId job = scenario.submit(shape.spec());
            scenario.untilEnded(job);
            if (scenario.federation.faults.of(looked) > 0) {
                found++;
                then.accept(scenario, job);
            }
        }
        assertThat(found).as("crashes that came to " + looked).isPositive();
    }

    @ParameterizedTest
    @EnumSource
    @Fault({"F32", "F49"})
    void theGatesLoserIsNoRunOfTheUsers(Shape shape) {
        afterACrashAtTheStart(
                Scenario.slurm("hpc"), shape, dev.sluice.testkit.fake.Fault.LAUNCHED_TWICE, (scenario, job) -> {
                    assertThat(scenario.federation.faults.of(dev.sluice.testkit.fake.Fault.GATE_LOST))
                            .isPositive();
                    assertThat(scenario.verdicts(job)).containsOnly(Verdict.SUCCEEDED);
                    scenario.federation
                            .ledger
                            .launches()
                            .forEach(launch -> assertThat(scenario.federation.ledger.pastGate(
                                            launch.attempt(), launch.task(), launch.run()))
                                    .isEqualTo(1));
                });
    }

    @ParameterizedTest
    @EnumSource
    @Fault({"F32", "F50"})
    void whatTheControllerAbortsAfterACrashIsInterruptedNotTheUsersFailure(Shape shape) {
        afterACrashAtTheStart(
                Scenario.slurm("hpc"), shape, dev.sluice.testkit.fake.Fault.CREDENTIAL_REVOKED, (scenario, job) -> {
                    assertThat(closedAs(scenario, AttemptEnd.Interrupted.class)).isPositive();
                    assertThat(scenario.verdicts(job)).containsOnly(Verdict.SUCCEEDED);
                });
    }

    @ParameterizedTest
    @EnumSource
    @Fault("F50")
    void byRestAloneSuchAFailureStandsWithANote(Shape shape) {
        afterACrashAtTheStart(
                Scenario.rest("hpc"),
                shape,
                dev.sluice.testkit.fake.Fault.CREDENTIAL_REVOKED,
                (scenario, job) -> assertThat(scenario.verdicts(job))
                        .anySatisfy(verdict -> assertThat(verdict)
                                .isInstanceOfSatisfying(Verdict.Failed.class, failed -> {
                                    assertThat(failed.exitCode()).isEqualTo(1);
                                    assertThat(failed.note()).isNotEmpty();
                                })));
    }

    // Requeued there, held there

    @ParameterizedTest
    @EnumSource
    @Fault("F21")
    void whatItsClusterRequeuesIsReboundToItsNextRun(Shape shape) {
        Scenario scenario = Scenario.of(Scenario.slurm("hpc").withNativeRequeue(FakeSettings.NativeRequeue.BY_SPEC));
        JobId job = running(scenario, shape.spec());
        assertThat(scenario.mischief().preempt(scenario.now())).isTrue();
        scenario.untilEnded(job);
        assertThat(scenario.verdicts(job)).containsOnly(Verdict.SUCCEEDED);
        assertThat(scenario.launches(job)).containsOnlyOnce(2);
        assertThat(scenario.recorded(Event.Placed.class)).as("one attempt").hasSize(1);
        assertThat(scenario.recorded(Event.Moved.class))
                .filteredOn(moved -> moved.cause() == Event.Cause.REBOUND)
                .hasSize(1);
        assertThat(scenario.recorded(Event.Charged.class))
                .extracting(Event.Charged::run)
                .as("each run is paid for")
                .contains(0, 1);
    }

    @Test
    @Fault("F21")
    void eachRunIsPaidForOnceAsItWasThoughNobodyLookedMeanwhile() {
        Scenario scenario = Scenario.of(Scenario.slurm("hpc").withNativeRequeue(FakeSettings.NativeRequeue.BY_SPEC));
        JobId job = running(scenario, Scenario.plain());
        scenario.mischief().unreachable(scenario.now(), Duration.ofHours(1));
        assertThat(scenario.mischief().preempt(scenario.now())).isTrue();
        Instant first = scenario.now();
        scenario.until("a second run", () -> scenario.mischief().preempt(scenario.now()));
        Instant second = scenario.now();
        scenario.untilEnded(job);

        assertThat(scenario.launches(job)).containsExactly(3);
        List<Event.Charged> charges = scenario.recorded(Event.Charged.class);
        assertThat(charges).extracting(Event.Charged::run).containsExactly(0, 1, 2);
        assertThat(charges).extracting(Event.Charged::ended).startsWith(first, second);
        assertThat(charges.get(1).started()).isBetween(first, second);
    }

    @Test
    @Fault("F21")
    void aRequeuePaysOnlyForTheRunsSinceTheLast() {
        Scenario scenario = Scenario.of(Scenario.slurm("hpc").withNativeRequeue(FakeSettings.NativeRequeue.BY_SPEC));
        JobId job = running(scenario, Scenario.plain());
        assertThat(scenario.mischief().preempt(scenario.now())).isTrue();
        scenario.until("its next run is seen", () -> isRunning(scenario, job, 1));
        assertThat(scenario.mischief().preempt(scenario.now())).isTrue();
        scenario.untilEnded(job);
        assertThat(scenario.recorded(Event.Charged.class))
                .extracting(Event.Charged::run)
                .containsExactly(0, 1, 2);
    }

    private static boolean isRunning(Scenario scenario, JobId job, int run) {
        return scenario.state(job) instanceof JobState.Live live
                && live.phase() instanceof Phase.Running running
                && running.run() == run;
    }

    @Test
    @Fault({"F18", "F21"})
    void withoutAccountingTheRunThatWasSeenIsPaidForUntilTheNextIsSeen() {
        Scenario scenario = Scenario.of(Scenario.slurm("hpc").withNativeRequeue(FakeSettings.NativeRequeue.BY_SPEC));
        JobId job = running(scenario, Scenario.plain());
        scenario.mischief().accountingAway(scenario.now(), Duration.ofMinutes(3));
        assertThat(scenario.mischief().preempt(scenario.now())).isTrue();
        Instant broken = scenario.now();
        scenario.untilEnded(job);

        List<Event.Charged> charges = scenario.recorded(Event.Charged.class);
        // The rebinding to run 1 wrote down that run 0 is paid: accounting, back again, adds nothing.
        assertThat(charges).extracting(Event.Charged::run).containsExactly(0, 1);
        assertThat(charges.getFirst().ended()).isAfter(broken);
    }

    @ParameterizedTest
    @EnumSource
    @Fault("F23")
    void whatOthersHoldIsExplainedAndNeverReleasedByUs(Shape shape) {
        Scenario scenario = Scenario.of(Scenario.slurm("hpc").withCpus(0));
        scenario.mischief().capacity(scenario.now(), 64);
        scenario.pass(Duration.ofMinutes(2));
        scenario.mischief().capacity(scenario.now(), 0);
        JobId job = scenario.submit(shape.spec());
        scenario.untilStage(job, Stage.PENDING);
        assertThat(scenario.mischief().hold(scenario.now(), Mischief.Who.ADMINISTRATOR))
                .isTrue();
        scenario.pass(Duration.ofHours(1));
        assertThat(scenario.phase(job))
                .isInstanceOfSatisfying(
                        Phase.Pending.class,
                        pending ->
                                assertThat(pending.heldBy()).as("why it waits").isNotEmpty());
        assertThat(scenario.calls(Effect.Release.class)).isEqualTo(1);
        scenario.mischief().heal(scenario.now());
        scenario.mischief().capacity(scenario.now(), 64);
        scenario.untilEnded(job);
        assertThat(scenario.launches(job)).containsOnly(1);
    }

    @ParameterizedTest
    @EnumSource
    @Fault("F32")
    void aReleaseThatItsControllerForgotIsReleasedAgain(Shape shape) {
        Scenario scenario = Scenario.of(Scenario.slurm("hpc"));
        scenario.mischief()
                .ambush(
                        scenario.now(),
                        Moment.RELEASE,
                        Duration.ofMillis(100),
                        Duration.ofMillis(110),
                        Duration.ofSeconds(5));
        JobId job = scenario.submit(shape.spec());
        scenario.untilEnded(job);
        assertThat(scenario.federation.faults.of(dev.sluice.testkit.fake.Fault.ORDER_FORGOTTEN))
                .isPositive();
        assertThat(scenario.calls(Effect.Release.class)).isGreaterThan(1);
        assertThat(scenario.verdicts(job)).containsOnly(Verdict.SUCCEEDED);
        assertThat(scenario.launches(job)).containsOnly(1);
        assertThat(scenario.parked()).isEqualTo(1);
    }

    // Absent

    @ParameterizedTest
    @EnumSource
    @Fault("F24")
    void absentTwiceAndItsClaimWonItGoesToANewAttempt(Shape shape) {
        Scenario scenario = Scenario.of(Scenario.slurm("hpc"));
        scenario.mischief().capacity(scenario.now(), 64);
        JobId job = pendingForLong(scenario, shape);
        assertThat(scenario.mischief().delete(scenario.now())).isTrue();
        Instant gone = scenario.now();
        scenario.untilCalled(Effect.Claim.class, 1);
        assertThat(Duration.between(gone, scenario.now()))
                .as("two looks, a minute apart")
                .isGreaterThan(Duration.ofSeconds(60));
        scenario.mischief().capacity(scenario.now(), 64);
        scenario.untilEnded(job);
        assertThat(closedAs(scenario, AttemptEnd.NeverStarted.class)).isPositive();
        assertThat(scenario.verdicts(job)).containsOnly(Verdict.SUCCEEDED);
        assertThat(scenario.launches(job)).containsOnly(1);
    }

    /** Released, and its cluster has no room for it. */
    private static JobId pendingForLong(Scenario scenario, Shape shape) {
        scenario.pass(Duration.ofMinutes(2));
        scenario.mischief().capacity(scenario.now(), 0);
        JobId job = scenario.submit(shape.spec());
        scenario.untilStage(job, Stage.PENDING);
        return job;
    }

    @ParameterizedTest
    @EnumSource
    @Fault("F24")
    void absentTwiceAndItsClaimLostItIsInterrupted(Shape shape) {
        Scenario scenario = Scenario.of(Scenario.slurm("hpc"));
        JobId job = running(scenario, with(shape.spec(), rules -> rules.withRequeue(Rules.Requeue.OFF)));
        assertThat(scenario.mischief().delete(scenario.now())).isTrue();
        scenario.untilEnded(job);
        assertThat(scenario.verdicts(job))
                .allSatisfy(verdict -> assertThat(verdict).isInstanceOf(Verdict.Interrupted.class));
        assertThat(scenario.launches(job)).containsOnly(1);
    }

    @ParameterizedTest
    @EnumSource
    void absentTwiceAndNobodyCanAskItsClaimItStaysUnknownUntilAnOperatorSettlesIt(Shape shape) {
        Scenario scenario = Scenario.of(Scenario.rest("hpc"));
        JobId job = running(scenario, shape.spec());
        assertThat(scenario.mischief().delete(scenario.now())).isTrue();
        scenario.pass(Duration.ofHours(12));
        assertThat(scenario.phase(job))
                .isInstanceOfSatisfying(
                        Phase.Missing.class,
                        missing -> assertThat(missing.certainty()).isEqualTo(Phase.Certainty.UNRESOLVED));
        assertThat(scenario.alerted("may be settled")).isTrue();
        assertThat(scenario.launches(job)).as("never run again by itself").containsOnly(1);

        Input.Settle settle =
                new Input.Settle(Scenario.OPERATOR, job, Optional.empty(), Verdict.SUCCEEDED, "its output is complete");
        assertThat(scenario.ask(settle)).isEqualTo(Reply.DONE);
        assertThat(scenario.verdicts(job)).containsOnly(Verdict.SUCCEEDED);
        assertThat(scenario.recorded(Event.Settled.class))
                .as("audited: who, and why")
                .allSatisfy(settled -> {
                    assertThat(settled.by()).isEqualTo(Scenario.OPERATOR.user());
                    assertThat(settled.reason()).isEqualTo("its output is complete");
                })
                .isNotEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void absentTwiceAndConsentingToASecondRunItGoesToANewAttempt(Shape shape) {
        Scenario scenario = Scenario.of(Scenario.rest("hpc"));
        JobId job = running(scenario, with(shape.spec(), rules -> rules.withSecondRun(Rules.SecondRun.CONSENTED)));
        assertThat(scenario.mischief().delete(scenario.now())).isTrue();
        scenario.untilEnded(job);
        assertThat(scenario.verdicts(job)).containsOnly(Verdict.SUCCEEDED);
        assertThat(scenario.launches(job)).containsOnly(2);
    }

    @ParameterizedTest
    @EnumSource
    @Fault({"F17", "F18"})
    void absentWhileNoEndCanBeSeenItIsUnknownAndAlertedAndNeverRunAgain(Shape shape) {
        Scenario scenario = Scenario.of(Scenario.slurm("hpc").withMinJobAge(Optional.of(Duration.ofSeconds(60))));
        scenario.fate = Fate.succeedsAfter(Duration.ofMinutes(2));
        JobId job = running(scenario, shape.spec());
        scenario.mischief().accountingAway(scenario.now(), Duration.ofHours(2));
        scenario.mischief().unreachable(scenario.now(), Duration.ofMinutes(5));
        scenario.pass(Duration.ofMinutes(100));
        assertThat(scenario.phase(job))
                .isInstanceOfSatisfying(
                        Phase.Missing.class,
                        missing -> assertThat(missing.certainty()).isEqualTo(Phase.Certainty.HIDDEN));
        assertThat(scenario.alerted("may be settled")).isTrue();
        assertThat(scenario.calls(Effect.Claim.class)).isZero();
        scenario.untilEnded(job);
        assertThat(scenario.verdicts(job)).as("accounting is back, and knows").containsOnly(Verdict.SUCCEEDED);
        assertThat(scenario.launches(job)).containsOnly(1);
    }

    @ParameterizedTest
    @EnumSource
    @Fault({"F16", "F33"})
    void anUnreachableClusterChangesNoJob(Shape shape) {
        Scenario scenario = Scenario.of(Scenario.slurm("hpc"));
        JobId job = running(scenario, shape.spec());
        JobState before = scenario.state(job);
        scenario.mischief().unreachable(scenario.now(), Duration.ofHours(2));
        scenario.pass(Duration.ofMinutes(110));
        assertThat(scenario.state(job)).isEqualTo(before);
        assertThat(scenario.recorded(Event.BreakerSet.class).getLast().breaker())
                .isInstanceOfSatisfying(
                        Breaker.Open.class,
                        open -> assertThat(Duration.between(open.since(), scenario.now()))
                                .as("stale since")
                                .isGreaterThan(Duration.ofMinutes(105)));
        scenario.untilEnded(job);
        assertThat(scenario.verdicts(job)).containsOnly(Verdict.SUCCEEDED);
        assertThat(scenario.launches(job)).containsOnly(1);
        assertThat(scenario.recorded(Event.BreakerSet.class).getLast().breaker())
                .isEqualTo(Breaker.CLOSED);
    }
}
