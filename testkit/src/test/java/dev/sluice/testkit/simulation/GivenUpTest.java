package dev.sluice.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.engine.Engine;
import dev.sluice.engine.Event;
import dev.sluice.job.JobId;
import dev.sluice.job.JobState;
import dev.sluice.job.Lifecycle.Stage;
import dev.sluice.job.Phase;
import dev.sluice.job.TaskSet;
import dev.sluice.policy.plan.Charge;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An attempt that its cluster has forgotten, and of which nothing can tell whether it ran, keeps no room from others. */
class GivenUpTest {
    private static final int CPUS = 16;

    /**
     * All of a cluster that is seen by REST alone: nobody can ask the claim of what vanished. Of small tasks, as wide ones are handed to
     * a cluster before there is room.
     */
    private static JobId givenUp(Scenario scenario) {
        scenario.mischief().capacity(scenario.now(), CPUS);
        scenario.pass(Duration.ofMinutes(2));
        JobId job = scenario.submit(Scenario.array(CPUS));
        scenario.untilStage(job, Stage.RUNNING);
        assertThat(scenario.mischief().delete(scenario.now())).isTrue();
        scenario.until(
                "nothing can tell whether it ran",
                () -> scenario.phase(job) instanceof Phase.Missing missing
                        && missing.certainty() == Phase.Certainty.UNRESOLVED);
        return job;
    }

    private static List<Charge> charges(Engine engine, JobId job) {
        return engine.planner().snapshot().charges().stream()
                .filter(charge -> charge.job().equals(job))
                .toList();
    }

    @Test
    void othersGoWhereItWas() {
        Scenario scenario = Scenario.of(Scenario.rest("hpc"));
        JobId job = givenUp(scenario);
        JobId next = scenario.submit(Scenario.plain());
        scenario.untilEnded(next);
        assertThat(scenario.stage(job)).as("still nobody knows").isNotEqualTo(Stage.ENDED);
    }

    /** The gateway that takes over has it from disk. */
    @Test
    void alsoInTheNextLife() {
        Scenario scenario = Scenario.of(Scenario.rest("hpc"));
        JobId job = givenUp(scenario);
        scenario.dieAt("after commit of Accepted", Duration.ofMinutes(1));
        JobId next = scenario.submit(Scenario.plain());
        scenario.untilEnded(next);
        assertThat(scenario.stage(job)).as("still nobody knows").isNotEqualTo(Stage.ENDED);
    }

    @Test
    void whereItIsSeenAfterAllItHoldsWhatItHas() {
        Scenario scenario = Scenario.of(Scenario.rest("hpc"));
        JobId job = givenUp(scenario);
        Engine engine = scenario.federation.auditor.folded();
        assertThat(charges(engine, job)).isEmpty();
        JobState.Live live = scenario.live(job);
        Phase.Missing missing = (Phase.Missing) live.phase();
        Instant started = missing.since().truncatedTo(ChronoUnit.SECONDS);
        Phase running = new Phase.Running(missing.binding(), missing.run(), started);
        engine.replay(
                new Event.Moved(job, TaskSet.range(0, CPUS - 1), live.with(running), Event.Cause.SEEN), scenario.now());
        assertThat(charges(engine, job))
                .singleElement()
                .satisfies(charge ->
                        assertThat(charge.runs()).containsExactly(new Charge.Run(TaskSet.range(0, CPUS - 1), started)));
    }
}
