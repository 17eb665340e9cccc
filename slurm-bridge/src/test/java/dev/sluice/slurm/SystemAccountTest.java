package dev.sluice.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.Grant;
import dev.sluice.cluster.Parking;
import dev.sluice.cluster.Release;
import dev.sluice.cluster.Search;
import dev.sluice.cluster.Sought;
import dev.sluice.job.TaskSet;
import dev.sluice.slurm.door.Answer;
import dev.sluice.slurm.door.Door;
import dev.sluice.slurm.door.JobRow;
import dev.sluice.slurm.door.Owner;
import dev.sluice.testkit.Fault;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A job that came out as an account of the system, which by REST shows only once it is there: it never runs, and goes. */
@Timeout(30)
final class SystemAccountTest {
    private static final Instant NOW = Rows.SUBMITTED.plusSeconds(3600);
    private static final Rows WRONG = Rows.held().uid(Owner.LEAST_UID - 1);
    private static final List<JobRow> GONE = List.of(
            Rows.of("CANCELLED").uid(800).ended(0, 0, JobRow.Origin.EXACT).row());

    private final AtomicLong ticks = new AtomicLong();
    private final QueueDoor door = new QueueDoor();
    private final SlurmBridge bridge = new SlurmBridge(
            Samples.settings(
                    () -> NOW.plusMillis(ticks.incrementAndGet()), Duration.ofSeconds(300), Duration.ofMinutes(5)),
            Doors.rest(door));

    @Test
    @Fault("B22")
    void itIsRefusedOnceItIsGone() {
        door.effect = rows -> GONE;
        assertRefused(park());
        assertThat(door.acts).containsExactly("submit", "cancel 12");
    }

    @Test
    @Fault("B22")
    void whileItIsThereNothingIsSaidOfIt() {
        assertThat(park()).as("cancelled in vain").isInstanceOf(Parking.Unknown.class);
        door.refusing.put(12L, Answer.unknown("slurmctld does not answer"));
        assertThat(park()).as("its cancel failed").isInstanceOf(Parking.Unknown.class);
    }

    @Test
    @Fault("B22")
    void theSearchBehindADoubtTakesItAwayAndFindsNothing() {
        assertThat(park()).isInstanceOf(Parking.Unknown.class);
        door.acts.clear();
        assertThat(find()).isInstanceOf(Search.Unknown.class);
        door.effect = rows -> GONE;
        assertThat(find()).isInstanceOf(Search.None.class);
        assertThat(door.acts).containsExactly("cancel 12", "cancel 12");
        assertRefused(park());
    }

    @Test
    @Fault("B22")
    void itIsNotReleased() {
        door.queued(WRONG);
        Grant grant =
                new Grant(Samples.attempt(TaskSet.SOLE), Entry.binding(WRONG.row()), TaskSet.SOLE, NOW.plusSeconds(60));
        assertThat(bridge.release(List.of(grant)))
                .singleElement()
                .isInstanceOfSatisfying(
                        Release.Refused.class,
                        refused -> assertThat(refused.refusal().code()).isEqualTo("forbidden-account"));
        assertThat(door.acts).isEmpty();
    }

    @Test
    @Fault("B22")
    void whoIsNotOfTheSystemIsParked() {
        door.submitted = Answer.said(new Door.Submitted(12, List.of()));
        door.queued(Rows.held().uid(Owner.LEAST_UID));
        assertThat(bridge.park(Samples.attempt(TaskSet.SOLE), Samples.spec(), NOW.plusSeconds(60)))
                .isInstanceOf(Parking.Parked.class);
        assertThat(door.acts).containsExactly("submit");
    }

    private Parking park() {
        door.submitted = Answer.said(new Door.Submitted(12, List.of()));
        door.queued(WRONG);
        return bridge.park(Samples.attempt(TaskSet.SOLE), Samples.spec(), NOW.plusSeconds(60));
    }

    private Search find() {
        return bridge.find(List.of(Sought.of(Samples.attempt(TaskSet.SOLE)))).getFirst();
    }

    private static void assertRefused(Parking parking) {
        assertThat(parking)
                .isInstanceOfSatisfying(
                        Parking.Refused.class,
                        refused -> assertThat(refused.refusal().code()).isEqualTo("forbidden-account"));
    }
}
