package dev.sluice.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.Alteration;
import dev.sluice.cluster.Change;
import dev.sluice.engine.Effect;
import dev.sluice.engine.Event;
import dev.sluice.engine.Input;
import dev.sluice.job.Binding;
import dev.sluice.job.ClusterName;
import dev.sluice.job.JobId;
import dev.sluice.job.JobState;
import dev.sluice.job.Lifecycle.Stage;
import dev.sluice.job.Phase;
import dev.sluice.job.Verdict;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Rules;
import dev.sluice.testkit.Fault;
import dev.sluice.testkit.fake.FakeSettings;
import dev.sluice.testkit.fake.Fate;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * DISPATCH.md, "Watching": a cluster whose history was set back has parked again what it had released. The record on our disk knows
 * better, so it needs no life that saw it released.
 */
class SetBackTest {
    /** Most of its tasks' time is still to come. */
    private static Scenario scenario() {
        Scenario scenario = Scenario.of(Scenario.kubernetes("k8s").withCpus(16));
        scenario.fate = Fate.succeedsAfter(Duration.ofMinutes(30));
        return scenario;
    }

    private static JobSpec once(Shape shape) {
        return shape.spec().toBuilder()
                .rules(Rules.DEFAULTS.withRequeue(Rules.Requeue.OFF))
                .build();
    }

    /** Released, and there is no room for it. */
    private static JobId waiting(Scenario scenario, Shape shape) {
        scenario.pass(Duration.ofMinutes(2));
        scenario.mischief().capacity(scenario.now(), 0);
        JobId job = scenario.submit(once(shape));
        scenario.untilStage(job, Stage.PENDING);
        return job;
    }

    private static void setBack(Scenario scenario) {
        assertThat(scenario.mischief().setBack(scenario.now())).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    @Fault("F29")
    void whatRanAndIsParkedAgainIsInterruptedAndNeverReleasedAgain(Shape shape) {
        Scenario scenario = scenario();
        JobId job = scenario.submit(once(shape));
        scenario.untilStage(job, Stage.RUNNING);
        int releases = scenario.calls(Effect.Release.class);
        int reads = scenario.calls(Effect.Find.class);
        setBack(scenario);
        scenario.untilEnded(job);
        assertThat(scenario.calls(Effect.Find.class)).as("a read said so too").isGreaterThan(reads);
        assertThat(scenario.verdicts(job))
                .allSatisfy(verdict -> assertThat(verdict)
                        .isInstanceOfSatisfying(
                                Verdict.Interrupted.class,
                                interrupted -> assertThat(interrupted.why()).contains("set back")));
        assertThat(scenario.alerted("history was set back")).isTrue();
        scenario.until("nothing of it is left", scenario::swept);
        assertThat(scenario.launches(job)).containsOnly(1);
        assertThat(scenario.calls(Effect.Release.class)).isEqualTo(releases);
    }

    /** Nobody saw it start; it may have, in the history that is lost. */
    @ParameterizedTest
    @EnumSource
    @Fault("F29")
    void whatWaitedThereAndIsParkedAgainIsNotReleasedAgainEither(Shape shape) {
        Scenario scenario = scenario();
        JobId job = waiting(scenario, shape);
        int releases = scenario.calls(Effect.Release.class);
        setBack(scenario);
        scenario.mischief().capacity(scenario.now(), 16);
        scenario.untilEnded(job);
        assertThat(scenario.verdicts(job)).hasOnlyElementsOfType(Verdict.Interrupted.class);
        assertThat(scenario.launches(job)).containsOnly(0);
        assertThat(scenario.calls(Effect.Release.class)).isEqualTo(releases);
    }

    @ParameterizedTest
    @EnumSource
    @Fault({"F29", "F1"})
    void whatMayStartAnewDoesSoAsAnotherAttemptAndTheOldOneIsSweptAway(Shape shape) {
        Scenario scenario = scenario();
        JobId job = scenario.submit(shape.spec());
        scenario.untilStage(job, Stage.RUNNING);
        String first = scenario.live(job).attempt().id().toString();
        setBack(scenario);
        scenario.until(
                "another attempt runs",
                () -> scenario.stage(job) == Stage.RUNNING
                        && !scenario.live(job).attempt().id().toString().equals(first));
        scenario.untilEnded(job);
        assertThat(scenario.verdicts(job)).containsOnly(Verdict.SUCCEEDED);
        assertThat(scenario.launches(job)).containsOnly(2);
        scenario.until("nothing of it is left", scenario::swept);
    }

    /** Nor is it run on another cluster as if it had never been anywhere. */
    @ParameterizedTest
    @EnumSource
    @Fault("F29")
    void whatIsTakenAwayFromThereIsNotRunElsewhere(Shape shape) {
        FakeSettings slow = Scenario.kubernetes("a");
        Scenario scenario = Scenario.of(
                slow.withPace(Duration.ofMinutes(5), slow.gate()),
                Scenario.kubernetes("b").withCpus(32));
        JobId job = scenario.submit(once(shape));
        scenario.untilStage(job, Stage.PENDING);
        ClusterName here = scenario.live(job).attempt().cluster();
        assertThat(here).isEqualTo(new ClusterName("a"));
        setBack(scenario);
        scenario.ask(new Input.SetDrain(Scenario.OPERATOR, here, Event.Drain.ON));
        scenario.reroute(job);
        scenario.untilEnded(job);
        assertThat(scenario.verdicts(job)).hasOnlyElementsOfType(Verdict.Interrupted.class);
        assertThat(scenario.launches(job)).containsOnly(0);
        scenario.until("nothing of it is left", scenario::swept);
    }

    /** What was cancelled ends as cancelled, however its cluster has it. */
    @ParameterizedTest
    @EnumSource
    @Fault("F29")
    void whatWasCancelledMeanwhileIsCancelled(Shape shape) {
        Scenario scenario = scenario();
        JobId job = scenario.submit(once(shape));
        scenario.untilStage(job, Stage.RUNNING);
        setBack(scenario);
        scenario.cancel(job);
        scenario.untilEnded(job);
        assertThat(scenario.verdicts(job))
                .allSatisfy(verdict -> assertThat(verdict).isInstanceOf(Verdict.Cancelled.class));
        scenario.until("nothing of it is left", scenario::swept);
        assertThat(scenario.launches(job)).containsOnly(1);
    }

    /** A hold of ours that a withdrawal left there is no sign of it: that is released again. */
    @ParameterizedTest
    @EnumSource
    void aHoldOfOursThatWasNotUndoneIsReleasedAgain(Shape shape) {
        Scenario scenario = scenario();
        JobId job = waiting(scenario, shape);
        JobState.Live live = scenario.live(job);
        Binding binding = ((Phase.Pending) live.phase()).binding();
        assertThat(scenario.cluster("k8s")
                        .alter(live.attempt().id(), binding, live.attempt().tasks(), new Change.Hold(), scenario.now()))
                .isInstanceOf(Alteration.Altered.class);
        scenario.until("it is to be released again", () -> scenario.phase(job) instanceof Phase.Releasing);
        scenario.mischief().capacity(scenario.now(), 16);
        scenario.untilEnded(job);
        assertThat(scenario.verdicts(job)).containsOnly(Verdict.SUCCEEDED);
        assertThat(scenario.launches(job)).containsOnly(1);
    }
}
