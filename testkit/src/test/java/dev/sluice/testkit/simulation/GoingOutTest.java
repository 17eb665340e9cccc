package dev.sluice.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.engine.Breaker;
import dev.sluice.engine.Effect;
import dev.sluice.engine.EngineSettings;
import dev.sluice.engine.Event;
import dev.sluice.job.AttemptEnd;
import dev.sluice.job.AttemptId;
import dev.sluice.job.JobId;
import dev.sluice.job.Lifecycle.Stage;
import dev.sluice.job.Phase;
import dev.sluice.job.Verdict;
import dev.sluice.testkit.Fault;
import dev.sluice.testkit.fake.FakeSettings;
import dev.sluice.testkit.fake.Mischief;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** DISPATCH.md, "Going out", row by row, for a plain job and for an array. */
class GoingOutTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private static void ranOnce(Scenario scenario, JobId job) {
        scenario.untilEnded(job);
        assertThat(scenario.verdicts(job)).containsOnly(Verdict.SUCCEEDED);
        assertThat(scenario.launches(job)).containsOnly(1);
        scenario.until("nothing of it is left", scenario::swept);
    }

    @ParameterizedTest
    @EnumSource
    void intendedAndNotBegunIsParkedReleasedAndRunsOnce(Shape shape) {
        Scenario scenario = Scenario.of(Scenario.slurm("hpc"));
        JobId job = scenario.submit(shape.spec());
        ranOnce(scenario, job);
        assertThat(scenario.parked()).isEqualTo(1);
        assertThat(scenario.calls(Effect.Find.class))
                .as("a quick park needs no reading")
                .isZero();
    }

    @ParameterizedTest
    @EnumSource
    void aParkUnderWayIsLeftAloneByTheSweep(Shape shape) {
        Scenario scenario = Scenario.of(Scenario.slurm("hpc")).loseAnswerTo(Effect.Park.class);
        JobId job = scenario.submit(shape.spec());
        scenario.pass(Duration.ofSeconds(25));
        assertThat(scenario.parked()).isEqualTo(1);
        assertThat(scenario.phase(job)).isInstanceOf(Phase.Intended.class);
        assertThat(scenario.calls(Effect.Observe.class)).isGreaterThan(1);
        assertThat(scenario.calls(Effect.Stop.class)).isZero();
        ranOnce(scenario, job);
    }

    @ParameterizedTest
    @EnumSource
    @Fault({"F2", "F6"})
    void intendedAndItsAnswerLostIsFoundByKeyNotParkedAgain(Shape shape) {
        Scenario scenario = Scenario.of(Scenario.slurm("hpc")).loseAnswerTo(Effect.Park.class);
        JobId job = scenario.submit(shape.spec());
        ranOnce(scenario, job);
        assertThat(scenario.calls(Effect.Find.class)).isPositive();
        assertThat(scenario.calls(Effect.Park.class)).isEqualTo(1);
        assertThat(scenario.parked()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    @Fault("F1")
    void intendedOfAnOlderEpochIsFoundByKeyNotParkedAgain(Shape shape) {
        Scenario scenario = Scenario.of(Scenario.slurm("hpc")).dieAt("after call Park", Duration.ofSeconds(5));
        JobId job = scenario.submit(shape.spec());
        ranOnce(scenario, job);
        assertThat(scenario.federation.lives()).isEqualTo(2);
        assertThat(scenario.calls(Effect.Park.class)).isEqualTo(1);
        assertThat(scenario.calls(Effect.Find.class)).isPositive();
    }

    @ParameterizedTest
    @EnumSource
    @Fault("F51")
    void intendedAndFoundTwiceBindsOneAndCancelsTheOther(Shape shape) {
        Scenario scenario = Scenario.of(Scenario.slurm("hpc")).twice(Effect.Park.class);
        JobId job = scenario.submit(shape.spec());
        ranOnce(scenario, job);
        assertThat(scenario.parked()).as("a park that got there twice").isEqualTo(2);
        assertThat(scenario.calls(Effect.Stop.class))
                .as("the other is cancelled")
                .isPositive();
    }

    @ParameterizedTest
    @EnumSource
    void intendedAndNowhereIsParkedAgainAsTheSameAttempt(Shape shape) {
        Scenario scenario = Scenario.of(Scenario.slurm("hpc")).lose(Effect.Park.class);
        JobId job = scenario.submit(shape.spec());
        ranOnce(scenario, job);
        assertThat(scenario.called(Effect.Park.class))
                .hasSize(2)
                .extracting(park -> park.attempt().id())
                .containsOnly(
                        scenario.called(Effect.Park.class).getFirst().attempt().id());
        assertThat(scenario.parked()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    @Fault({"F34", "F47"})
    void intendedAndItsClusterSilentWaitsWhileTheBreakerCounts(Shape shape) {
        Scenario scenario = Scenario.of(Scenario.slurm("hpc")).loseAnswerTo(Effect.Park.class);
        JobId job = scenario.submit(shape.spec());
        scenario.pass(Duration.ofSeconds(2));
        scenario.mischief().unreachable(scenario.now(), Duration.ofHours(1));
        scenario.pass(Duration.ofMinutes(55));
        assertThat(scenario.phase(job)).isInstanceOf(Phase.Intended.class);
        assertThat(scenario.calls(Effect.Park.class)).isEqualTo(1);
        assertThat(scenario.recorded(Event.BreakerSet.class)).anyMatch(set -> set.breaker() instanceof Breaker.Open);
        assertThat(scenario.calls(Effect.Find.class) + scenario.calls(Effect.Measure.class))
                .as("a silent cluster is asked seldom")
                .isLessThan(200);
        ranOnce(scenario, job);
        assertThat(scenario.parked()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    @Fault("F7")
    void onKubernetesWhatExistsAlreadyUnderTheNameIsOurs(Shape shape) {
        Scenario scenario = Scenario.of(Scenario.kubernetes("k8s")).twice(Effect.Park.class);
        JobId job = scenario.submit(shape.spec());
        ranOnce(scenario, job);
        assertThat(scenario.parked()).as("a name is taken once").isEqualTo(1);
        assertThat(scenario.federation.faults.of(dev.sluice.testkit.fake.Fault.ALREADY_EXISTS))
                .isPositive();
    }

    /** What is blocked is left alone for longer than between two looks at everything. */
    private static EngineSettings patient(EngineSettings s) {
        return new EngineSettings(
                s.realm(),
                s.firstJob(),
                s.maxTasks(),
                s.maxKeys(),
                s.keyLife(),
                s.skew(),
                Duration.ofMinutes(5),
                s.maxBackoff(),
                s.heapRetention(),
                s.vigil(),
                s.pins(),
                s.policy(),
                s.clusters());
    }

    /** A park that a limit of the cluster holds, and that its release is refused for. */
    private static JobId blocked(Scenario scenario, Shape shape) {
        scenario.mischief().limitParks(scenario.now(), MINUTE);
        JobId job = scenario.submit(shape.spec());
        scenario.untilStage(job, Stage.PARKED);
        return job;
    }

    @ParameterizedTest
    @EnumSource
    void parkedAndAbsentWithoutAnEndIsParkedAgainAsTheSameAttempt(Shape shape) {
        Scenario scenario = Scenario.of(GoingOutTest::patient, Scenario.slurm("hpc"));
        JobId job = blocked(scenario, shape);
        AttemptId attempt = scenario.live(job).attempt().id();
        assertThat(scenario.mischief().delete(scenario.now())).isTrue();
        scenario.untilCalled(Effect.Park.class, 2);
        assertThat(scenario.called(Effect.Park.class).getLast().attempt().id()).isEqualTo(attempt);
        scenario.mischief().heal(scenario.now());
        ranOnce(scenario, job);
    }

    @ParameterizedTest
    @EnumSource
    @Fault("F24")
    void parkedAndCancelledByOthersIsTerminal(Shape shape) {
        Scenario scenario = Scenario.of(Scenario.slurm("hpc"));
        JobId job = blocked(scenario, shape);
        assertThat(scenario.mischief().cancel(scenario.now())).isTrue();
        scenario.untilEnded(job);
        assertThat(scenario.verdicts(job)).containsOnly(Verdict.CANCELLED);
        assertThat(scenario.launches(job)).containsOnly(0);
    }

    @ParameterizedTest
    @EnumSource
    void parkedAndReleasedByItsOwnerCountsAsReleasedWithAnAlert(Shape shape) {
        Scenario scenario = Scenario.of(Scenario.slurm("hpc")).loseAnswerTo(Effect.Park.class);
        JobId job = scenario.submit(shape.spec());
        scenario.until("it is on the cluster", () -> scenario.parked() == 1);
        assertThat(scenario.mischief().releaseByOwner(scenario.now())).isTrue();
        ranOnce(scenario, job);
        assertThat(scenario.alerted("released, but not by us")).isTrue();
        assertThat(scenario.calls(Effect.Release.class)).isZero();
    }

    @ParameterizedTest
    @EnumSource
    @Fault({"F5", "F23"})
    void releasingAndHeldByAnAdministratorIsKeptExplainedAndTriedAgain(Shape shape) {
        Scenario scenario = Scenario.of(Scenario.slurm("hpc")).lose(Effect.Release.class);
        JobId job = scenario.submit(shape.spec());
        scenario.untilStage(job, Stage.RELEASING);
        scenario.pass(Duration.ofSeconds(1));
        assertThat(scenario.mischief().hold(scenario.now(), Mischief.Who.ADMINISTRATOR))
                .isTrue();
        scenario.pass(Duration.ofMinutes(20));
        assertThat(scenario.launches(job)).containsOnly(0);
        assertThat(scenario.phase(job))
                .isInstanceOfSatisfying(
                        Phase.Parked.class,
                        parked ->
                                assertThat(parked.blocked()).as("why it waits").isPresent());
        assertThat(scenario.parked()).isEqualTo(1);
        scenario.mischief().heal(scenario.now());
        ranOnce(scenario, job);
    }

    @ParameterizedTest
    @EnumSource
    void releasingAndItsRequestLostIsReadAndReleasedAgain(Shape shape) {
        Scenario scenario = Scenario.of(Scenario.slurm("hpc")).lose(Effect.Release.class);
        JobId job = scenario.submit(shape.spec());
        ranOnce(scenario, job);
        assertThat(scenario.calls(Effect.Release.class)).isEqualTo(2);
        assertThat(scenario.calls(Effect.Find.class)).as("it is read first").isPositive();
    }

    @ParameterizedTest
    @EnumSource
    void releasingAndItsAnswerLostIsReadAndFoundToRun(Shape shape) {
        Scenario scenario = Scenario.of(Scenario.slurm("hpc")).loseAnswerTo(Effect.Release.class);
        JobId job = scenario.submit(shape.spec());
        ranOnce(scenario, job);
        assertThat(scenario.calls(Effect.Release.class)).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    @Fault("F1")
    void releasingOfAnOlderEpochIsReadFirst(Shape shape) {
        for (String point : new String[] {"before call Release", "after call Release"}) {
            Scenario scenario = Scenario.of(Scenario.slurm("hpc")).dieAt(point, Duration.ofSeconds(5));
            JobId job = scenario.submit(shape.spec());
            ranOnce(scenario, job);
            assertThat(scenario.calls(Effect.Find.class)).as(point).isPositive();
            assertThat(scenario.parked()).as(point).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    @Fault("F16")
    void releasingAndItsClusterSilentWaits(Shape shape) {
        Scenario scenario = Scenario.of(Scenario.slurm("hpc")).lose(Effect.Release.class);
        JobId job = scenario.submit(shape.spec());
        scenario.untilStage(job, Stage.RELEASING);
        scenario.pass(Duration.ofSeconds(1));
        scenario.mischief().unreachable(scenario.now(), Duration.ofHours(1));
        scenario.pass(Duration.ofMinutes(55));
        assertThat(scenario.stage(job)).isEqualTo(Stage.RELEASING);
        ranOnce(scenario, job);
        assertThat(scenario.parked()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void releasingAndAbsentIsNotParkedAgainBeforeTheClaimIsTaken(Shape shape) {
        Scenario scenario = Scenario.of(Scenario.slurm("hpc")).lose(Effect.Release.class);
        JobId job = scenario.submit(shape.spec());
        scenario.untilStage(job, Stage.RELEASING);
        scenario.pass(Duration.ofSeconds(1));
        assertThat(scenario.mischief().delete(scenario.now())).isTrue();
        scenario.untilCalled(Effect.Claim.class, 1);
        assertThat(scenario.calls(Effect.Park.class)).isEqualTo(1);
        ranOnce(scenario, job);
        assertThat(scenario.recorded(Event.Closed.class).getFirst().end()).isEqualTo(new AttemptEnd.NeverStarted());
    }

    /** Its park was answered late, and its controller had died meanwhile: no release can have let it go. */
    @ParameterizedTest
    @EnumSource
    @Fault("F46")
    void absentAtItsFirstReleaseItIsParkedAgainAsTheSameAttempt(Shape shape) {
        Scenario scenario = Scenario.of(Scenario.rest("hpc")).stall(Effect.Park.class);
        JobId job = scenario.submit(shape.spec());
        scenario.pass(Duration.ofSeconds(2));
        scenario.mischief().crash(scenario.now(), Duration.ofSeconds(10), Duration.ofSeconds(1));
        ranOnce(scenario, job);
        assertThat(scenario.called(Effect.Park.class))
                .extracting(park -> park.attempt().id())
                .hasSize(2)
                .containsOnly(scenario.called(Effect.Release.class)
                        .getFirst()
                        .grants()
                        .getFirst()
                        .attempt()
                        .id());
        assertThat(scenario.recorded(Event.Moved.class))
                .extracting(moved -> Stage.of(moved.to()))
                .doesNotContain(Stage.MISSING);
    }

    /** It vanished while its first release was on its way. */
    @ParameterizedTest
    @EnumSource
    @Fault("F46")
    void absentWhenItsFirstReleaseGetsThereItIsSearchedForAndParkedAgain(Shape shape) {
        Scenario scenario = Scenario.of(Scenario.rest("hpc"));
        JobId job = scenario.submit(shape.spec());
        scenario.untilStage(job, Stage.RELEASING);
        assertThat(scenario.mischief().delete(scenario.now())).isTrue();
        scenario.untilCalled(Effect.Park.class, 2);
        assertThat(scenario.calls(Effect.Release.class)).isEqualTo(1);
        assertThat(scenario.calls(Effect.Find.class)).as("it is searched for").isPositive();
        ranOnce(scenario, job);
        assertThat(scenario.recorded(Event.Moved.class))
                .extracting(moved -> Stage.of(moved.to()))
                .doesNotContain(Stage.MISSING);
    }

    @ParameterizedTest
    @EnumSource
    @Fault({"F20", "F46", "F52"})
    void aSlowParkIsReadBeforeItIsReleased(Shape shape) {
        FakeSettings byId = Scenario.slurm("hpc").withRelease(FakeSettings.ReleaseBy.ID);
        Scenario scenario = Scenario.of(byId).stall(Effect.Park.class);
        JobId job = scenario.submit(shape.spec());
        scenario.pass(Duration.ofSeconds(2));
        // Within the five seconds its controller dies, forgets it, and gives its id to somebody else's job of that
        // user.
        scenario.mischief().crash(scenario.now(), Duration.ofSeconds(10), Duration.ofSeconds(1));
        scenario.pass(Duration.ofSeconds(2));
        scenario.mischief().foreignJob(scenario.now(), Mischief.Held.HELD, Mischief.Account.OURS);
        ranOnce(scenario, job);
        assertThat(scenario.federation.faults.of(dev.sluice.testkit.fake.Fault.ID_REUSED))
                .as("its id was given away")
                .isPositive();
        assertThat(scenario.federation.ledger.touches()).isEmpty();
    }
}
