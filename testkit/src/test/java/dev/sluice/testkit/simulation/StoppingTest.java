package dev.sluice.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.engine.Effect;
import dev.sluice.engine.Event;
import dev.sluice.engine.Input;
import dev.sluice.engine.Reply;
import dev.sluice.job.AttemptEnd;
import dev.sluice.job.ClusterName;
import dev.sluice.job.JobId;
import dev.sluice.job.Lifecycle.Stage;
import dev.sluice.job.Phase;
import dev.sluice.job.Verdict;
import dev.sluice.testkit.Fault;
import dev.sluice.testkit.fake.FakeSettings;
import dev.sluice.testkit.fake.Fate;
import dev.sluice.testkit.fake.Mischief;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** DISPATCH.md, "Stopping", row by row, for a plain job and for an array. */
class StoppingTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    /** Nothing starts by itself for longer than a withdrawal takes. */
    private static final Duration SLOW = Duration.ofMinutes(5);

    private static FakeSettings slowToStart(FakeSettings cluster) {
        return cluster.withPace(SLOW, cluster.gate());
    }

    private static void cancelledAndNeverRan(Scenario scenario, JobId job) {
        scenario.untilEnded(job);
        assertThat(scenario.verdicts(job)).containsOnly(Verdict.CANCELLED);
        scenario.until("nothing of it is left", scenario::swept);
        scenario.pass(Duration.ofHours(2));
        assertThat(scenario.launches(job)).containsOnly(0);
        assertThat(scenario.swept()).isTrue();
    }

    private static void ranOnce(Scenario scenario, JobId job) {
        scenario.untilEnded(job);
        assertThat(scenario.verdicts(job)).containsOnly(Verdict.SUCCEEDED);
        assertThat(scenario.launches(job)).containsOnly(1);
    }

    // Cancel

    @ParameterizedTest
    @EnumSource
    void cancelOfWhatWaitsIsFinalAtOnce(Shape shape) {
        Scenario scenario = Scenario.of(Scenario.slurm("hpc").withCpus(0));
        JobId job = scenario.submit(shape.spec());
        assertThat(scenario.stage(job)).isEqualTo(Stage.WAITING);
        assertThat(scenario.cancel(job)).isEqualTo(Reply.DONE);
        assertThat(scenario.stage(job)).isEqualTo(Stage.ENDED);
        cancelledAndNeverRan(scenario, job);
        assertThat(scenario.calls(Effect.Park.class)).isZero();
    }

    @ParameterizedTest
    @EnumSource
    @Fault({"F14", "F51"})
    void cancelOfWhatIsIntendedIsFinalAtOnceAndItsKeyIsSweptUntilTheFence(Shape shape) {
        Scenario scenario = Scenario.of(Scenario.slurm("hpc"));
        // The park lies in a frozen controller and is carried out long after its cancel.
        scenario.mischief().freeze(scenario.now(), Duration.ofSeconds(40), Mischief.Thaw.ACTS);
        JobId job = scenario.submit(shape.spec());
        scenario.pass(SECOND);
        assertThat(scenario.stage(job)).isEqualTo(Stage.INTENDED);
        scenario.cancel(job);
        assertThat(scenario.stage(job)).as("final at once").isEqualTo(Stage.ENDED);
        assertThat(scenario.recorded(Event.LeftBehind.class)).as("on disk").isNotEmpty();
        scenario.until("it turns up late", () -> scenario.parked() == 1);
        cancelledAndNeverRan(scenario, job);
    }

    @ParameterizedTest
    @EnumSource
    @Fault("F1")
    void whatAGatewayIntendedBeforeItDiedIsSweptOnceCancelled(Shape shape) {
        Scenario scenario = Scenario.of(Scenario.slurm("hpc")).dieAt("after call Park", Duration.ofMillis(1));
        scenario.mischief().freeze(scenario.now(), Duration.ofSeconds(50), Mischief.Thaw.ACTS);
        JobId job = scenario.submit(shape.spec());
        scenario.cancel(job);
        assertThat(scenario.stage(job)).isEqualTo(Stage.ENDED);
        scenario.until("it turns up late", () -> scenario.parked() == 1);
        cancelledAndNeverRan(scenario, job);
    }

    @ParameterizedTest
    @EnumSource
    void cancelOfWhatIsParkedIsVerifiedByReading(Shape shape) {
        Scenario scenario = Scenario.of(Scenario.slurm("hpc")).loseAnswerTo(Effect.Stop.class);
        scenario.mischief().limitParks(scenario.now(), Duration.ofHours(1));
        JobId job = scenario.submit(shape.spec());
        scenario.untilStage(job, Stage.PARKED);
        scenario.cancel(job);
        assertThat(scenario.stage(job)).as("not before it was read").isNotEqualTo(Stage.ENDED);
        cancelledAndNeverRan(scenario, job);
    }

    @ParameterizedTest
    @EnumSource
    void cancelOfWhatIsReleasedIsReadAgainAfterItsFence(Shape shape) {
        Scenario scenario = Scenario.of(slowToStart(Scenario.slurm("hpc"))).lose(Effect.Stop.class);
        JobId job = scenario.submit(shape.spec());
        scenario.untilStage(job, Stage.PENDING);
        scenario.cancel(job);
        cancelledAndNeverRan(scenario, job);
        assertThat(scenario.calls(Effect.Stop.class))
                .as("the lost one, and another after it was read")
                .isGreaterThan(1);
    }

    @ParameterizedTest
    @EnumSource
    void cancelOfWhatHadEndedGivesItsRealVerdict(Shape shape) {
        Scenario scenario = Scenario.of(Scenario.slurm("hpc"));
        scenario.fate = Fate.failsAfter(Duration.ofMinutes(1), 3, 0);
        JobId job = scenario.submit(shape.spec());
        scenario.untilStage(job, Stage.RUNNING);
        scenario.mischief().unreachable(scenario.now(), Duration.ofMinutes(3));
        scenario.cancel(job);
        scenario.untilEnded(job);
        assertThat(scenario.verdicts(job)).containsOnly(new Verdict.Failed(3, 0, ""));
    }

    @ParameterizedTest
    @EnumSource
    @Fault({"F20", "F24"})
    void cancelOfWhatItsControllerForgotIsFinalThoughNobodyCanAskItsClaim(Shape shape) {
        Scenario scenario = Scenario.of(Scenario.rest("hpc"));
        JobId job = scenario.submit(shape.spec());
        scenario.untilStage(job, Stage.RUNNING);
        scenario.mischief().crash(scenario.now(), Duration.ofMinutes(1), Duration.ofMinutes(1));
        scenario.pass(SECOND);
        scenario.cancel(job);
        scenario.untilEnded(job);
        assertThat(scenario.verdicts(job)).containsOnly(new Verdict.Cancelled(Verdict.Outcome.UNSEEN));
        assertThat(scenario.calls(Effect.Claim.class)).isPositive();
    }

    @ParameterizedTest
    @EnumSource
    void cancelOfWhatVanishedIsCancelledWithItsOutcomeUnseen(Shape shape) {
        Scenario scenario = Scenario.of(Scenario.slurm("hpc"));
        JobId job = scenario.submit(shape.spec());
        scenario.untilStage(job, Stage.RUNNING);
        scenario.mischief().unreachable(scenario.now(), Duration.ofMinutes(3));
        scenario.pass(SECOND);
        scenario.cancel(job);
        scenario.pass(Duration.ofMinutes(3));
        scenario.mischief().delete(scenario.now());
        scenario.untilEnded(job);
        assertThat(scenario.verdicts(job)).containsOnly(new Verdict.Cancelled(Verdict.Outcome.UNSEEN));
        assertThat(scenario.launches(job)).containsOnly(1);
    }

    @ParameterizedTest
    @EnumSource
    @Fault("F15")
    void cancelIsKeptWhileItsClusterIsAwayForHours(Shape shape) {
        Scenario scenario = Scenario.of(Scenario.slurm("hpc"));
        scenario.fate = Fate.succeedsAfter(Duration.ofMinutes(55));
        JobId job = scenario.submit(shape.spec());
        scenario.untilStage(job, Stage.RUNNING);
        scenario.mischief().unreachable(scenario.now(), Duration.ofMinutes(40));
        scenario.pass(SECOND);
        assertThat(scenario.cancel(job)).isEqualTo(Reply.DONE);
        scenario.dieAt("before call Measure", Duration.ofMinutes(10));
        scenario.untilEnded(job);
        assertThat(scenario.federation.lives()).isEqualTo(2);
        assertThat(scenario.verdicts(job)).containsOnly(Verdict.CANCELLED);
        scenario.until("nothing of it runs", scenario::swept);
        assertThat(scenario.federation.ledger.completions(job, 0)).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void cancelWinsOverAWithdrawal(Shape shape) {
        Scenario scenario = Scenario.of(slowToStart(Scenario.slurm("a")), Scenario.slurm("b"));
        JobId job = onFirst(scenario, shape);
        scenario.lose(Effect.Alter.class);
        scenario.reroute(job);
        scenario.untilStage(job, Stage.WITHDRAWING);
        scenario.cancel(job);
        cancelledAndNeverRan(scenario, job);
        assertThat(scenario.recorded(Event.Placed.class)).as("no next cluster").hasSize(1);
    }

    /** Pending on cluster a, which is the larger one. */
    private static JobId onFirst(Scenario scenario, Shape shape) {
        JobId job = scenario.submit(shape.spec());
        scenario.untilStage(job, Stage.PENDING);
        assertThat(scenario.live(job).attempt().cluster().value()).isEqualTo("a");
        return job;
    }

    /** All tasks have started, and the gateway has not looked since. */
    private static void startedUnseen(Scenario scenario, JobId job) {
        int tasks = scenario.launches(job).size();
        scenario.until("all have started", () -> scenario.told(line -> line.contains("user code of task")) == tasks);
        assertThat(scenario.stage(job)).isEqualTo(Stage.PENDING);
    }

    /** It shall leave a cluster that takes nothing new. */
    private static void reroute(Scenario scenario, JobId job) {
        ClusterName here = scenario.live(job).attempt().cluster();
        scenario.ask(new Input.SetDrain(Scenario.OPERATOR, here, Event.Drain.ON));
        scenario.reroute(job);
    }

    // Withdraw

    @ParameterizedTest
    @EnumSource
    void withdrawnWhileIntendedItIsCancelledVerifiedAndGoesToTheNextCluster(Shape shape) {
        Scenario scenario = Scenario.of(Scenario.slurm("a"), Scenario.slurm("b").withCpus(32));
        scenario.cluster("a").mischief().unreachable(scenario.now(), Duration.ofHours(1));
        JobId job = scenario.submit(shape.spec());
        scenario.pass(Duration.ofMinutes(2));
        reroute(scenario, job);
        ranOnce(scenario, job);
        assertThat(scenario.recorded(Event.Closed.class).getFirst().end()).isEqualTo(new AttemptEnd.Withdrawn());
        assertThat(scenario.recorded(Event.LeftBehind.class))
                .as("its key is swept")
                .isNotEmpty();
        scenario.until("nothing of it is left", scenario::swept);
    }

    @ParameterizedTest
    @EnumSource
    void withdrawnWhileParkedItIsCancelledVerifiedAndGoesToTheNextCluster(Shape shape) {
        Scenario scenario = Scenario.of(Scenario.slurm("a"), Scenario.slurm("b").withCpus(32));
        scenario.cluster("a").mischief().limitParks(scenario.now(), Duration.ofHours(1));
        JobId job = scenario.submit(shape.spec());
        scenario.untilStage(job, Stage.PARKED);
        reroute(scenario, job);
        scenario.until("its stop is sent", () -> scenario.calls(Effect.Stop.class) == 1);
        ranOnce(scenario, job);
        assertThat(scenario.recorded(Event.Closed.class).getFirst().end()).isEqualTo(new AttemptEnd.Withdrawn());
        scenario.until("nothing of it is left", scenario::swept);
    }

    @ParameterizedTest
    @EnumSource
    void withdrawnWhileReleasingItWaitsOutTheFence(Shape shape) {
        Scenario scenario = Scenario.of(slowToStart(Scenario.slurm("a"))).lose(Effect.Release.class);
        JobId job = scenario.submit(shape.spec());
        scenario.untilStage(job, Stage.RELEASING);
        Phase.Releasing releasing = (Phase.Releasing) scenario.phase(job);
        scenario.reroute(job);
        scenario.until(
                "it is closed", () -> !scenario.recorded(Event.Closed.class).isEmpty());
        assertThat(scenario.now()).isAfterOrEqualTo(releasing.fence());
        ranOnce(scenario, job);
    }

    @ParameterizedTest
    @EnumSource
    void withdrawnFromSlurmWhilePendingItIsHeldReadCancelledAndVerified(Shape shape) {
        Scenario scenario = Scenario.of(
                slowToStart(Scenario.slurm("a")), Scenario.slurm("b").withCpus(32));
        JobId job = onFirst(scenario, shape);
        reroute(scenario, job);
        scenario.untilCalled(Effect.Stop.class, 1);
        assertThat(scenario.calls(Effect.Alter.class)).as("held").isEqualTo(1);
        assertThat(scenario.calls(Effect.Find.class)).as("read").isEqualTo(1);
        Instant stopped = scenario.now();
        scenario.until(
                "it is closed", () -> !scenario.recorded(Event.Closed.class).isEmpty());
        assertThat(scenario.calls(Effect.Find.class))
                .as("read again once nothing can be forgotten")
                .isEqualTo(2);
        assertThat(Duration.between(stopped, scenario.now()))
                .as("a controller may forget for so long that it had started")
                .isGreaterThan(Duration.ofSeconds(10));
        assertThat(scenario.calls(Effect.Claim.class)).as("and its claim taken").isEqualTo(1);
        assertThat(scenario.recorded(Event.Closed.class).getFirst().end().ran()).isFalse();
        ranOnce(scenario, job);
        assertThat(scenario.recorded(Event.Placed.class)
                        .getLast()
                        .to()
                        .attempt()
                        .cluster()
                        .value())
                .isEqualTo("b");
    }

    @ParameterizedTest
    @EnumSource
    @Fault({"F13", "F53"})
    void withdrawnAsItStartsItsHoldIsUndoneAndItRunsOn(Shape shape) {
        Scenario scenario = Scenario.of(Scenario.slurm("a"), Scenario.slurm("b").withCpus(32));
        JobId job = scenario.submit(shape.spec());
        startedUnseen(scenario, job);
        scenario.reroute(job);
        // The hold gets there when all tasks have started, and answers 0 all the same.
        ranOnce(scenario, job);
        assertThat(scenario.recorded(Event.Placed.class)).as("it stayed").hasSize(1);
        assertThat(scenario.federation.faults.of(dev.sluice.testkit.fake.Fault.HOLD_TOO_LATE))
                .as("the hold hit what had started")
                .isPositive();
        assertThat(scenario.told(line -> line.contains("Unhold")))
                .as("and is undone")
                .isPositive();
    }

    @ParameterizedTest
    @EnumSource
    @Fault("F53")
    void aHoldThatBitesAtTheNextRequeueIsUndone(Shape shape) {
        Scenario scenario = Scenario.of(Scenario.slurm("a").withNativeRequeue(FakeSettings.NativeRequeue.BY_SPEC));
        JobId job = scenario.submit(shape.spec());
        startedUnseen(scenario, job);
        scenario.reroute(job);
        scenario.until(
                "the hold has hit what had started",
                () -> scenario.federation.faults.of(dev.sluice.testkit.fake.Fault.HOLD_TOO_LATE) > 0);
        // Before the hold can be undone a task is preempted and requeued: held by us.
        assertThat(scenario.mischief().preempt(scenario.now())).isTrue();
        scenario.untilEnded(job);
        assertThat(scenario.federation.faults.of(dev.sluice.testkit.fake.Fault.HOLD_BIT))
                .isPositive();
        assertThat(scenario.verdicts(job)).containsOnly(Verdict.SUCCEEDED);
    }

    @ParameterizedTest
    @EnumSource
    void nothingIsWithdrawnFromAClusterThatDoesNotAnswer(Shape shape) {
        Scenario scenario = Scenario.of(
                slowToStart(Scenario.slurm("a")), Scenario.slurm("b").withCpus(32));
        JobId job = onFirst(scenario, shape);
        scenario.cluster("a").mischief().unreachable(scenario.now(), Duration.ofMinutes(30));
        reroute(scenario, job);
        scenario.pass(Duration.ofMinutes(29));
        assertThat(scenario.stage(job)).isEqualTo(Stage.WITHDRAWING);
        assertThat(scenario.recorded(Event.Placed.class)).hasSize(1);
        ranOnce(scenario, job);
    }

    @ParameterizedTest
    @EnumSource
    void withdrawnFromKubernetesWhilePendingItIsSuspendedAndItsNameProvenEmpty(Shape shape) {
        Scenario scenario = Scenario.of(
                slowToStart(Scenario.kubernetes("a")), Scenario.slurm("b").withCpus(32));
        JobId job = onFirst(scenario, shape);
        reroute(scenario, job);
        ranOnce(scenario, job);
        assertThat(scenario.recorded(Event.Placed.class)).hasSizeGreaterThan(1);
        scenario.until("nothing of it is left", scenario::swept);
    }

    @ParameterizedTest
    @EnumSource
    @Fault("F13")
    void withdrawnFromKubernetesAsItStartsItRunsOn(Shape shape) {
        Scenario scenario =
                Scenario.of(Scenario.kubernetes("a"), Scenario.slurm("b").withCpus(32));
        JobId job = scenario.submit(shape.spec());
        startedUnseen(scenario, job);
        scenario.reroute(job);
        ranOnce(scenario, job);
        assertThat(scenario.recorded(Event.Placed.class)).as("it stayed").hasSize(1);
    }

    @ParameterizedTest
    @EnumSource
    void withdrawnAfterItVanishedTheClaimDecides(Shape shape) {
        Scenario scenario = Scenario.of(
                slowToStart(Scenario.slurm("a")), Scenario.slurm("b").withCpus(32));
        JobId job = onFirst(scenario, shape);
        scenario.mischief().delete(scenario.now());
        reroute(scenario, job);
        scenario.untilCalled(Effect.Claim.class, 1);
        ranOnce(scenario, job);
    }

    @ParameterizedTest
    @EnumSource
    @Fault("F1")
    void aWithdrawalOfAnOlderEpochIsReadFirstAndGoesOn(Shape shape) {
        for (String point :
                new String[] {"before call Alter", "after call Alter", "before call Stop", "after call Stop"}) {
            Scenario scenario = Scenario.of(
                            slowToStart(Scenario.slurm("a")),
                            Scenario.slurm("b").withCpus(32))
                    .dieAt(point, Duration.ofSeconds(5));
            JobId job = onFirst(scenario, shape);
            reroute(scenario, job);
            ranOnce(scenario, job);
            assertThat(scenario.federation.lives()).as(point).isEqualTo(2);
            scenario.until("nothing of it is left", scenario::swept);
        }
    }

    @ParameterizedTest
    @EnumSource
    void requeuedWhileRunningItIsStoppedWithGraceAndWaitsOnceItsEndWasRead(Shape shape) {
        Scenario scenario = Scenario.of(Scenario.slurm("hpc"));
        JobId job = scenario.submit(shape.spec());
        scenario.untilStage(job, Stage.RUNNING);
        scenario.requeue(job);
        assertThat(scenario.stage(job)).as("not before its end was read").isEqualTo(Stage.RUNNING);
        assertThat(scenario.called(Effect.Stop.class))
                .allMatch(stop -> stop.grace().equals(Duration.ofSeconds(30)));
        scenario.untilEnded(job);
        assertThat(scenario.verdicts(job)).containsOnly(Verdict.SUCCEEDED);
        assertThat(scenario.launches(job)).containsOnly(2);
    }

    @Test
    void tasksOfAnArrayAreStoppedOneByOne() {
        Scenario scenario = Scenario.of(Scenario.slurm("hpc"));
        JobId job = scenario.submit(Scenario.array(4));
        scenario.untilStage(job, Stage.RUNNING);
        scenario.cancel(job, 1);
        scenario.requeue(job, 2);
        scenario.untilEnded(job);
        assertThat(scenario.verdicts(job))
                .containsExactly(Verdict.SUCCEEDED, Verdict.CANCELLED, Verdict.SUCCEEDED, Verdict.SUCCEEDED);
        assertThat(scenario.launches(job)).containsExactly(1, 1, 2, 1);
    }
}
