package dev.sluice.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.Parking;
import dev.sluice.engine.Effect;
import dev.sluice.engine.Event;
import dev.sluice.engine.Input;
import dev.sluice.job.Attempt;
import dev.sluice.job.AttemptId;
import dev.sluice.job.ClusterName;
import dev.sluice.job.JobId;
import dev.sluice.job.Lifecycle.Stage;
import dev.sluice.job.Refusals;
import dev.sluice.job.UserName;
import dev.sluice.job.Verdict;
import dev.sluice.testkit.Fault;
import dev.sluice.testkit.fake.FakeSettings;
import dev.sluice.testkit.fake.Mischief;
import java.time.Duration;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** DISPATCH.md, "Watching": what is found with a key of ours and without a binding. */
class StraysTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private static FakeSettings quick(String name) {
        return Scenario.slurm(name).withPace(Duration.ofMillis(20), Duration.ofMillis(20));
    }

    /** Its park lies in a controller that hangs, and people took it back; then it turns up, and its owner lets it run. */
    private static JobId abandonedAndRunning(Scenario scenario, Shape shape) {
        scenario.cluster("a").mischief().freeze(scenario.now(), Duration.ofSeconds(40), Mischief.Thaw.ACTS);
        JobId job = scenario.submit(shape.spec());
        scenario.pass(SECOND);
        scenario.ask(new Input.SetDrain(Scenario.OPERATOR, new ClusterName("a"), Event.Drain.ON));
        scenario.reroute(job);
        scenario.until(
                "it turns up late",
                () -> !scenario.cluster("a").liveObjects(scenario.now()).isEmpty());
        assertThat(scenario.cluster("a").mischief().releaseByOwner(scenario.now()))
                .isTrue();
        return job;
    }

    @ParameterizedTest
    @EnumSource
    @Fault("F51")
    void foundRunningAndClaimedWithoutABindingItIsAdoptedWhereTheTaskIsFree(Shape shape) {
        Scenario scenario = Scenario.of(quick("a"));
        JobId job = abandonedAndRunning(scenario, shape);
        scenario.untilEnded(job);
        assertThat(scenario.recorded(Event.Adopted.class)).isNotEmpty();
        assertThat(scenario.verdicts(job)).containsOnly(Verdict.SUCCEEDED);
        assertThat(scenario.launches(job)).containsOnly(1);
    }

    @ParameterizedTest
    @EnumSource
    @Fault("F51")
    void foundRunningAndClaimedWhileTheTaskRunsElsewhereItIsCancelledWithAnAlert(Shape shape) {
        Scenario scenario = Scenario.of(quick("a"), Scenario.slurm("b").withCpus(32));
        JobId job = abandonedAndRunning(scenario, shape);
        scenario.untilEnded(job);
        assertThat(scenario.alerted("may run: it is stopped"))
                .as(scenario.told())
                .isTrue();
        assertThat(scenario.recorded(Event.Adopted.class)).isEmpty();
        assertThat(scenario.verdicts(job)).containsOnly(Verdict.SUCCEEDED);
        scenario.until("nothing of it is left", scenario::swept);
    }

    @ParameterizedTest
    @EnumSource
    @Fault("F51")
    void foundHeldWithoutABindingItIsCancelledAndVerified(Shape shape) {
        Scenario scenario = Scenario.of(Scenario.slurm("hpc"));
        scenario.mischief().freeze(scenario.now(), Duration.ofSeconds(40), Mischief.Thaw.ACTS);
        JobId job = scenario.submit(shape.spec());
        scenario.pass(SECOND);
        scenario.cancel(job);
        scenario.until("it turns up late", () -> scenario.parked() == 1);
        scenario.loseAnswerTo(Effect.Stop.class);
        scenario.until("it is gone", scenario::swept);
        scenario.until(
                "and off the list",
                () -> !scenario.recorded(Event.SweptUp.class).isEmpty());
        assertThat(scenario.launches(job)).containsOnly(0);
    }

    /** An object with a key of our realm that no job of ours ever had: as after a backup was restored. */
    private static Parking.Parked unknown(Scenario scenario, Attempt attempt, Shape shape) {
        if (scenario.cluster("hpc").park(attempt, shape.spec(), scenario.now()) instanceof Parking.Parked parked) {
            return parked;
        }
        throw new AssertionError("not parked");
    }

    private static Attempt attempt(Shape shape) {
        return new Attempt(
                AttemptId.random(Plot.REALM, new SplittableRandom(4)),
                new JobId(1_000_000_500),
                new UserName("alice"),
                new ClusterName("hpc"),
                Optional.empty(),
                shape.spec().tasks(),
                1,
                Optional.of(Duration.ofHours(1)),
                Refusals.NONE);
    }

    @ParameterizedTest
    @EnumSource
    void parkedUnderAKeyThatNobodyRemembersItIsCancelled(Shape shape) {
        Scenario scenario = Scenario.of(Scenario.slurm("hpc"));
        unknown(scenario, attempt(shape), shape);
        scenario.until("it is cancelled", scenario::swept);
    }

    @ParameterizedTest
    @EnumSource
    void runningUnderAKeyThatNobodyRemembersItIsAlertedAndLeftAlone(Shape shape) {
        Scenario scenario = Scenario.of(quick("hpc"));
        Attempt attempt = attempt(shape);
        unknown(scenario, attempt, shape);
        assertThat(scenario.mischief().releaseByOwner(scenario.now())).isTrue();
        scenario.until("somebody is told", () -> scenario.alerted("there is no record of it"));
        scenario.until("it is over", scenario::swept);
        attempt.tasks().stream()
                .forEach(task -> assertThat(scenario.federation.ledger.completions(attempt.job(), task))
                        .as("it ran to its own end")
                        .isEqualTo(1));
        assertThat(scenario.calls(Effect.Stop.class)).isZero();
    }

    @Test
    @Fault("F20")
    void somebodyElsesObjectUnderACopiedKeyIsNeverTouched() {
        Scenario scenario = Scenario.of(Scenario.slurm("hpc"));
        JobId job = scenario.submit(Scenario.plain());
        scenario.untilStage(job, Stage.RUNNING);
        scenario.mischief().copyKey(scenario.now(), scenario.live(job).attempt().id());
        scenario.untilEnded(job);
        assertThat(scenario.verdicts(job)).containsOnly(Verdict.SUCCEEDED);
        assertThat(scenario.federation.ledger.touches()).isEmpty();
    }
}
