package dev.sluice.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.engine.Event;
import dev.sluice.engine.Input;
import dev.sluice.job.JobId;
import dev.sluice.job.Slice;
import dev.sluice.job.TaskSet;
import dev.sluice.job.Verdict;
import dev.sluice.spec.ArraySpec;
import dev.sluice.spec.JobSpec;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Arrays cost what their differences cost, and their tasks are asked for one by one. */
class ArraysTest {
    private static final int TASKS = 10_000;

    private static List<Slice> slices(Scenario scenario, JobId job) {
        return scenario.federation.leader().orElseThrow().engine.slices(job);
    }

    @Test
    void tenThousandQueuedTasksAreOneSlice() {
        Scenario scenario = Scenario.of(Scenario.slurm("hpc").withCpus(0));
        JobId job = scenario.submit(Scenario.array(TASKS));
        assertThat(slices(scenario, job)).hasSize(1);
        assertThat(scenario.submit(Scenario.plain()).value())
                .as("each task has an id of its own")
                .isEqualTo(job.value() + TASKS);
    }

    /** The worst case: each task ends otherwise than its neighbours. Two slices, and a run of 8 bytes for each task. */
    @Test
    void alternatingOutcomesAreTwoSlices() {
        Scenario scenario = Scenario.of(Scenario.slurm("hpc").withCpus(0));
        JobId job = scenario.submit(Scenario.array(TASKS));
        TaskSet odd = TaskSet.range(1, TASKS - 1, 2);
        scenario.ask(new Input.Cancel(Scenario.ALICE, job, Optional.of(odd)));
        assertThat(slices(scenario, job)).hasSize(2);
        assertThat(slices(scenario, job))
                .anySatisfy(slice -> assertThat(slice.tasks()).isEqualTo(odd));
    }

    @Test
    void aTaskIsMeantByItsOwnId() {
        Scenario scenario = Scenario.of(Scenario.slurm("hpc"));
        JobId job = scenario.submit(Scenario.array(4));
        scenario.cancel(new JobId(job.value() + 2));
        scenario.untilEnded(job);
        assertThat(scenario.verdicts(job))
                .containsExactly(Verdict.SUCCEEDED, Verdict.SUCCEEDED, Verdict.CANCELLED, Verdict.SUCCEEDED);
    }

    @Test
    void noMoreTasksRunAtOnceThanTheArraySays() {
        Scenario scenario = Scenario.of(Scenario.slurm("hpc"));
        JobSpec spec = Scenario.plain().toBuilder()
                .array(new ArraySpec(TaskSet.range(0, 9), 3))
                .build();
        JobId job = scenario.submit(spec);
        scenario.untilEnded(job);
        assertThat(scenario.verdicts(job)).containsOnly(Verdict.SUCCEEDED);
        int live = 0;
        int most = 0;
        for (var stored : scenario.federation.store.events(0, Integer.MAX_VALUE)) {
            if (stored.event() instanceof Event.Placed placed) {
                live += placed.tasks().size();
            } else if (stored.event() instanceof Event.Closed closed) {
                live -= closed.tasks().size();
            }
            most = Math.max(most, live);
        }
        assertThat(most).isEqualTo(3);
    }
}
