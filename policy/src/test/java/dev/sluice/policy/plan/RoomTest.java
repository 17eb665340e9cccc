package dev.sluice.policy.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.job.JobId;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.Refusals;
import dev.sluice.job.TaskSet;
import dev.sluice.job.UserName;
import dev.sluice.spec.Ask;
import dev.sluice.spec.Resources;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** For which jobs that wait a plan still has room. */
class RoomTest {
    private static final Duration HOUR = Duration.ofHours(1);

    private final State state = new State(PolicySettings.DEFAULTS);

    /** What decides where a job could run that waits from now on, of so many CPUs. */
    private Fit waiting(int id, int cpus) {
        JobId job = new JobId(id);
        state.line.add(new Candidate(
                job,
                TaskSet.SOLE,
                Ask.DEFAULTS.withResources(Resources.DEFAULTS.withCpusPerTask(cpus)),
                new ProjectPath("a"),
                new UserName("alice"),
                0,
                Scene.NOW,
                Refusals.NONE));
        return state.line.of(job).getFirst().fit();
    }

    private void take(Room room, Fit fit, int partition, long tasks) {
        room.take(fit.places(state.board, state.ledger.lines).get(partition), tasks, HOUR);
    }

    @Test
    void aFitIsOpenAsLongAsItFindsRoomAnywhereThoughLargerOnesFindNone() {
        state.board.see(Scene.view("hpc", 8, 0));
        state.board.see(Scene.view("k8s", 4, 0));
        Fit one = waiting(1, 1);
        Fit three = waiting(2, 3);
        Fit six = waiting(3, 6);
        Room room = new Room(state, Scene.NOW);
        assertThat(room.isOpen(one)).isTrue();
        assertThat(room.isOpen(three)).isTrue();
        assertThat(room.isOpen(six)).isTrue();
        take(room, one, 0, 2);
        assertThat(room.isOpen(six)).as("of six, where six are left").isTrue();
        take(room, one, 0, 1);
        assertThat(room.isOpen(six)).as("of six, where five are left").isFalse();
        assertThat(room.isOpen(three)).isTrue();
        take(room, one, 0, 5);
        assertThat(room.isOpen(three)).as("of three, on the other cluster").isTrue();
        take(room, three, 1, 1);
        assertThat(room.isOpen(three)).isFalse();
        assertThat(room.isOpen(one)).isTrue();
        take(room, one, 1, 1);
        assertThat(room.isOpen(one)).isFalse();
    }

    @Test
    void nothingIsOpenWhereAClusterTakesNoMoreTasks() {
        state.board.see(Scene.view("hpc", 8, 0).withMostTasks(2));
        Fit one = waiting(1, 1);
        Room room = new Room(state, Scene.NOW);
        assertThat(room.isOpen(one)).isTrue();
        take(room, one, 0, 1);
        assertThat(room.isOpen(one)).isTrue();
        take(room, one, 0, 1);
        assertThat(room.isOpen(one)).isFalse();
    }
}
