package dev.sluice.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.Sweep;
import dev.sluice.job.AttemptId;
import dev.sluice.testkit.Fault;
import java.time.Duration;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** slurmdbd that hangs: the watch waits for it once, and no more until it was heard again. */
@Timeout(30)
final class AccountingTest extends Watching {
    private static final int MANY = 20;

    private final Rows[] jobs = IntStream.range(0, MANY)
            .mapToObj(i -> Rows.running().id(100 + i).comment(AttemptId.random(Rows.REALM, new Random(i)) + ""))
            .toArray(Rows[]::new);

    @Test
    @Fault("F18")
    void afterASilenceNothingIsAskedForItsPauseAndThenOneJobBesideTheWatch() {
        hang();
        for (long s = 0; s < Accounting.PAUSE.toSeconds() - 1; s++) {
            pass(Duration.ofSeconds(1));
            assertThat(seen().ends()).isEqualTo(Sweep.Ends.HIDDEN);
        }
        assertThat(door.questions).hasSize(1);
        assertThat(beside).isEmpty();

        pass(Departed.AGAIN);
        look();
        pass(Departed.AGAIN);
        look();
        assertThat(beside).as("one at a time").hasSize(1);
        assertThat(door.questions).as("the look does not wait for it").hasSize(1);
        beside.remove().run();
        assertThat(door.questions).hasSize(2);
        assertThat(door.questions.getLast()).hasSize(1);

        pass(Departed.AGAIN);
        look();
        assertThat(beside).as("that had no answer either").isEmpty();
        assertThat(door.questions).hasSize(2);
        pass(Accounting.PAUSE);
        look();
        assertThat(beside).hasSize(1);
    }

    @Test
    @Fault("F18")
    void whatIsAnsweredAgainIsAskedForManyAtOnce() {
        hang();
        door.accounting = QueueDoor.Accounting.ANSWERS;
        door.recorded(IntStream.range(0, MANY)
                .mapToObj(i -> Rows.ended("COMPLETED", 0).id(100 + i).comment(""))
                .toArray(Rows[]::new));
        probe();
        assertThat(look()).hasSize(MANY);
        assertThat(door.questions).extracting(Set::size).containsExactly(MANY, 1, MANY);
    }

    @Test
    @Fault({"F18", "F21"})
    void theRunsBeforeARequeueKeepTheSamePause() {
        hang();
        pass(Departed.AGAIN);
        door.queued(SECOND_RUN.comment(Rows.ATTEMPT + ""));
        assertThat(look()).hasSize(1);
        assertThat(door.questions).hasSize(1);
    }

    /** Many have left the queue, and who asks for their ends gets no answer. */
    private void hang() {
        door.queued(jobs);
        look();
        door.queued();
        door.accounting = QueueDoor.Accounting.AWAY;
        look();
        assertThat(door.questions).extracting(Set::size).containsExactly(MANY);
    }
}
