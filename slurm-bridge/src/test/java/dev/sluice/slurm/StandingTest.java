package dev.sluice.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.Grant;
import dev.sluice.cluster.Release;
import dev.sluice.cluster.Stopping;
import dev.sluice.job.TaskSet;
import dev.sluice.slurm.door.Answer;
import dev.sluice.testkit.Fault;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An object that the controller does not know: it is absent where accounting has no record of it, and not where that did not say. */
final class StandingTest extends Watching {
    @Test
    @Fault("F18")
    void whatAccountingHasNoRecordOfIsAbsent() throws InterruptedException {
        for (QueueDoor.Accounting each : List.of(QueueDoor.Accounting.ANSWERS, QueueDoor.Accounting.NONE)) {
            door.accounting = each;
            assertThat(standing.read(Rows.ATTEMPT, BINDING)).as("%s", each).isEqualTo(Answer.said(List.of()));
            assertThat(stop()).as("%s", each).isInstanceOf(Stopping.Absent.class);
            assertThat(release()).as("%s", each).isInstanceOf(Release.Absent.class);
        }
    }

    @Test
    @Fault("F18")
    void whatAccountingRefusedToSayIsNotAbsent() throws InterruptedException {
        for (QueueDoor.Accounting each : List.of(QueueDoor.Accounting.REFUSES, QueueDoor.Accounting.AWAY)) {
            door.accounting = each;
            assertThat(standing.read(Rows.ATTEMPT, BINDING)).as("%s", each).isInstanceOf(Answer.Unknown.class);
            assertThat(stop()).as("%s", each).isInstanceOf(Stopping.Unknown.class);
            assertThat(release()).as("%s", each).isInstanceOf(Release.Unknown.class);
        }
        assertThat(door.acts).isEmpty();
    }

    private Stopping stop() {
        return stops.stop(Rows.ATTEMPT, BINDING, TaskSet.SOLE, clock.instant().plusSeconds(60));
    }

    private Release release() {
        Grant grant = new Grant(
                Samples.attempt(TaskSet.SOLE),
                BINDING,
                TaskSet.SOLE,
                clock.instant().plusSeconds(60));
        return new Releases(settings, doors, standing).release(List.of(grant)).getFirst();
    }
}
