package dev.sluice.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.Search;
import dev.sluice.cluster.Sighting;
import dev.sluice.job.TaskSet;
import dev.sluice.testkit.Fault;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tasks that leave an array one after the other. */
@Timeout(30)
final class DepartedTest extends Watching {
    @Test
    @Fault({"F17", "F18", "F26"})
    void aTaskThatLeavesAfterAnotherWasGivenUpHasItsOwnPatience() {
        TaskSet both = TaskSet.of(1, 2);
        door.queued(task(1, 13), task(2, 14));
        look();
        door.queued(task(2, 14));
        look();
        pass(PATIENCE);
        look();
        pass(Duration.ofHours(1));
        look();
        assertThat(door.questions).as("the first one is given up").hasSize(2);

        door.queued();
        door.recorded(Rows.running().comment("").own(12, 14).indices(of(2)));
        assertThat(look()).as("accounting lags").isEmpty();
        assertThat(door.questions).hasSize(3);
        assertThat(find(both)).isInstanceOf(Search.Unknown.class);
        assertThat(find(TaskSet.of(1))).as("it gets no second patience").isInstanceOf(Search.None.class);

        door.recorded(Rows.ended("FAILED", 9).comment("").own(12, 14).indices(of(2)));
        pass(Departed.AGAIN);
        assertThat(look()).containsExactly(finished(9));
    }

    @Test
    @Fault({"F17", "F26"})
    void theLastTaskThatLeavesWithOthersHasItsWholePatience() {
        door.queued(task(1, 13), task(2, 14));
        look();
        door.queued(task(2, 14));
        look();
        pass(Departed.AGAIN.minusSeconds(1));
        door.queued();
        door.recorded(Rows.running().comment("").own(12, 14).indices(of(2)));
        look();
        assertThat(door.questions).as("both in one question").hasSize(1);
        pass(PATIENCE.minusSeconds(1));
        assertThat(look()).isEmpty();
        pass(Departed.AGAIN);
        assertThat(look()).containsExactly(new Sighting.Lost(0));
    }

    @Test
    @Fault("F26")
    void allThatIsOwedOfOneArrayIsOneOfTheJobsInAQuestion() {
        int tasks = Accounting.AT_ONCE + 1;
        door.accounting = QueueDoor.Accounting.AWAY;
        for (int gone = 0; gone <= tasks; gone++) {
            door.queued(IntStream.range(gone, tasks)
                    .mapToObj(task -> task(task, 100 + task))
                    .toArray(Rows[]::new));
            look();
            pass(Departed.AGAIN);
        }
        door.accounting = QueueDoor.Accounting.ANSWERS;
        beside.remove().run();
        pass(Departed.AGAIN);
        door.recorded(IntStream.range(0, tasks)
                .mapToObj(task -> Rows.ended("COMPLETED", 0)
                        .comment("")
                        .own(12, 100 + task)
                        .indices(of(task)))
                .toArray(Rows[]::new));
        assertThat(look()).hasSize(tasks);
    }
}
