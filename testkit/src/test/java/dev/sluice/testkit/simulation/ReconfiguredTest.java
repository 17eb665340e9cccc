package dev.sluice.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.CapacityReading;
import dev.sluice.cluster.CapacityReading.Amount;
import dev.sluice.engine.Decision;
import dev.sluice.engine.Engine;
import dev.sluice.engine.EngineSettings;
import dev.sluice.engine.EngineSettings.ClusterSettings;
import dev.sluice.engine.Event;
import dev.sluice.engine.Image;
import dev.sluice.engine.Input;
import dev.sluice.engine.Reply;
import dev.sluice.engine.Transitions;
import dev.sluice.job.ClusterName;
import dev.sluice.job.JobId;
import dev.sluice.job.JobState;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.UserName;
import dev.sluice.policy.plan.Budget;
import dev.sluice.policy.plan.PolicySettings;
import dev.sluice.policy.plan.Snapshot;
import dev.sluice.policy.project.Caps;
import dev.sluice.policy.project.Project;
import dev.sluice.policy.project.ProjectTree;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Work;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Other settings of planning while jobs wait and run: nothing of them is lost. */
class ReconfiguredTest {
    private static final ClusterName HPC = new ClusterName("hpc");
    private static final Instant NOW = Instant.parse("2026-03-01T00:00:00Z");
    private static final Input.Requester OPERATOR = new Input.Requester(new UserName("olga"), Input.Role.OPERATOR);
    private static final PolicySettings CAPPED =
            PolicySettings.DEFAULTS.withProjects(ProjectTree.of(List.of(Project.plain(new ProjectPath("physics"))
                    .withCaps(new Caps(
                            OptionalInt.of(3), OptionalInt.empty(), OptionalInt.empty(), OptionalInt.empty())))));

    private final SplittableRandom random = new SplittableRandom(1);
    private final Engine engine = Engine.restore(
            List.of(), 1, EngineSettings.of(7, List.of(ClusterSettings.of(HPC))), NOW, Transitions.UNWATCHED);

    private Reply tell(Input input) {
        Decision decided = engine.decide(input, NOW, random);
        replay(decided.events());
        return decided.reply();
    }

    private void replay(List<Event> events) {
        events.forEach(event -> engine.replay(event, NOW));
    }

    private static JobSpec job(String project) {
        return JobSpec.builder("sample", new ProjectPath(project), new UserName("ada"), Work.Command.of("/bin/true"))
                .build();
    }

    private Reply submit(String project) {
        return tell(new Input.Submit(
                new Input.Requester(new UserName("ada"), Input.Role.USER),
                Optional.empty(),
                List.of(Input.Submission.of(job(project)))));
    }

    private JobId taken(String project) {
        return ((Reply.Accepted) submit(project)).jobs().getFirst();
    }

    private void plan(int budget) {
        replay(engine.plan(NOW, budget, random));
    }

    private boolean waits(JobId job) {
        return engine.slices(job).stream().anyMatch(slice -> slice.state() instanceof JobState.Waiting);
    }

    @Test
    void whatWaitsAndRunsIsAsItWas() {
        Amount all = Amount.of(100, 1L << 40);
        replay(List.of(new Event.Measured(
                HPC,
                new CapacityReading.Capacity(
                        NOW,
                        List.of(new CapacityReading.PartitionCapacity("debug", all, Amount.of(0, 0), all, 10_000))))));
        JobId runs = taken("physics");
        plan(1);
        assertThat(waits(runs)).isFalse();
        JobId waits = taken("physics");
        taken("closed");
        tell(new Input.SetBudget(OPERATOR, new ProjectPath("closed"), Budget.CLOSED));
        List<Image> images = engine.images();
        Snapshot snapshot = engine.planner().snapshot();
        engine.takeTouched();

        Decision decided = engine.decide(new Input.Reconfigure(CAPPED), NOW, random);
        assertThat(decided.events()).containsExactly(new Event.Reconfigured(CAPPED));
        replay(decided.events());

        assertThat(engine.images()).isEqualTo(images);
        assertThat(engine.planner().snapshot()).isEqualTo(snapshot);
        assertThat(engine.takeTouched()).isEmpty();
        JobId next = taken("physics");
        plan(10);
        assertThat(waits(waits)).isFalse();
        assertThat(waits(next)).as("what came since is planned, too").isFalse();
        assertThat(engine.planner().snapshot().queued())
                .singleElement()
                .satisfies(candidate -> assertThat(candidate.project()).isEqualTo(new ProjectPath("closed")));
    }

    @Test
    void theDoorGoesByThemAtOnceAndCountsWhatIsThere() {
        taken("physics");
        taken("physics/lattice");
        taken("physics");
        tell(new Input.Reconfigure(CAPPED));
        assertThat(submit("physics")).isInstanceOf(Reply.Full.class);
        tell(new Input.Reconfigure(PolicySettings.DEFAULTS));
        taken("physics");
    }

    @Test
    void theSameSettingsAgainAreNoNews() {
        tell(new Input.Reconfigure(CAPPED));
        assertThat(engine.decide(new Input.Reconfigure(CAPPED), NOW, random).events())
                .isEmpty();
    }
}
