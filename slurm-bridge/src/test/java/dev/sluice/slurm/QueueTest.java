package dev.sluice.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.Accounts;
import dev.sluice.slurm.door.Answer;
import dev.sluice.slurm.door.ClusterFacts;
import dev.sluice.slurm.door.Door;
import dev.sluice.slurm.door.Indices;
import dev.sluice.slurm.door.Inventory;
import dev.sluice.slurm.door.JobRow;
import dev.sluice.slurm.door.Owner;
import dev.sluice.slurm.door.Submission;
import dev.sluice.slurm.door.Target;
import dev.sluice.testkit.Fault;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class QueueTest {
    private final Scribe door = new Scribe();
    private final Queue queue = new Queue(door, Duration.ofMillis(1), InstantSource.system());

    private List<JobRow> look(Queue.Depth depth) throws InterruptedException {
        Answer<List<JobRow>> rows = queue.since(Instant.now(), depth).rows();
        assertThat(rows).isInstanceOf(Answer.Said.class);
        return ((Answer.Said<List<JobRow>>) rows).value();
    }

    @Test
    void aLightLookReadsOnlyWhatChanged() throws InterruptedException {
        door.jobs.put(1L, "PENDING");
        door.jobs.put(2L, "PENDING");
        assertThat(look(Queue.Depth.WHOLE)).hasSize(2);
        door.asked.clear();
        assertThat(look(Queue.Depth.STATES)).hasSize(2);
        assertThat(door.asked).containsExactly("states");
        quietLooks(7);
        door.asked.clear();
        door.jobs.put(2L, "RUNNING");
        door.jobs.put(3L, "PENDING");
        door.jobs.remove(1L);
        assertThat(look(Queue.Depth.STATES))
                .extracting(row -> row.jobId() + " " + row.states().getFirst())
                .containsExactlyInAnyOrder("2 RUNNING", "3 PENDING");
        assertThat(door.asked).containsExactly("states", "queue [1, 2, 3]");
    }

    @Test
    void twoRequestsAPeriodAreEnoughHoweverMuchChanges() throws InterruptedException {
        for (long id = 1; id <= 500; id++) {
            door.jobs.put(id, "PENDING");
        }
        Duration period = Duration.ofMillis(5);
        Queue slow = new Queue(door, period, InstantSource.system());
        long began = System.nanoTime();
        slow.since(Instant.now(), Queue.Depth.WHOLE);
        int readings = 200;
        for (int i = 0; i < readings; i++) {
            for (long id = 1; id <= 1 + i % 7; id++) {
                door.jobs.compute(id, (same, state) -> "PENDING".equals(state) ? "RUNNING" : "PENDING");
            }
            slow.since(Instant.now(), Queue.Depth.STATES);
        }
        long periods = (System.nanoTime() - began) / period.toNanos();
        assertThat(door.requests()).isBetween(readings, (int) (2 * periods) + 4);
        assertThat(door.asked).as("what was left over").anyMatch(each -> each.startsWith("queue ["));
    }

    private void quietLooks(int count) throws InterruptedException {
        for (int i = 0; i < count; i++) {
            look(Queue.Depth.STATES);
        }
    }

    @Test
    void manyChangesAreOneList() throws InterruptedException {
        look(Queue.Depth.WHOLE);
        door.jobs.put(1L, "PENDING");
        look(Queue.Depth.WHOLE);
        for (long id = 2; id < 100; id++) {
            door.jobs.put(id, "PENDING");
        }
        door.asked.clear();
        assertThat(look(Queue.Depth.STATES)).hasSize(99);
        assertThat(door.asked).containsExactly("states", "queue");
    }

    @Test
    void whoAsksForAllIsNotGivenALightLook() throws InterruptedException {
        door.jobs.put(1L, "PENDING");
        look(Queue.Depth.WHOLE);
        Instant early = Instant.now();
        queue.since(Instant.now(), Queue.Depth.STATES);
        door.asked.clear();
        queue.since(early, Queue.Depth.WHOLE);
        assertThat(door.asked).contains("queue");
        door.asked.clear();
        queue.since(early, Queue.Depth.STATES);
        assertThat(door.asked).isEmpty();
    }

    @Test
    void aLightLookThatFailsIsNoLook() throws InterruptedException {
        door.jobs.put(1L, "PENDING");
        look(Queue.Depth.WHOLE);
        door.silent = true;
        assertThat(queue.since(Instant.now(), Queue.Depth.STATES).rows()).isInstanceOf(Answer.Unknown.class);
    }

    @ParameterizedTest
    @ValueSource(longs = {600, 3600})
    @Fault("F28")
    void aReadingOfTimesToComeIsReadAnewWhenTheClockWasSetBack(long seconds) throws InterruptedException {
        Instant[] now = {Instant.parse("2026-10-25T00:59:00Z")};
        Queue there = new Queue(door, Duration.ZERO, () -> now[0]);
        door.jobs.put(1L, "RUNNING");
        there.since(now[0], Queue.Depth.WHOLE);
        now[0] = now[0].minusSeconds(seconds);
        door.jobs.put(1L, "COMPLETED");
        Queue.Reading anew = there.since(now[0], Queue.Depth.STATES);
        assertThat(anew.asOf()).isEqualTo(now[0]);
        assertThat(((Answer.Said<List<JobRow>>) anew.rows()).value().getFirst().states())
                .containsExactly("COMPLETED");
        door.asked.clear();
        assertThat(there.since(now[0], Queue.Depth.STATES)).isSameAs(anew);
        now[0] = now[0].plusSeconds(seconds);
        assertThat(there.since(now[0], Queue.Depth.STATES).asOf())
                .as("and set right again")
                .isEqualTo(now[0]);
        assertThat(door.asked).hasSize(1);
    }

    @Test
    void aPeriodLiesBetweenTwoReadings() throws InterruptedException {
        Duration period = Duration.ofMillis(300);
        Queue slow = new Queue(door, period, InstantSource.system());
        long began = System.nanoTime();
        slow.since(Instant.now(), Queue.Depth.WHOLE);
        slow.since(Instant.now(), Queue.Depth.WHOLE);
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThanOrEqualTo(period);
        assertThat(door.asked).containsExactly("states", "queue", "states", "queue");
    }

    @Test
    @Fault("F26")
    void anEntryOfAnArrayIsReadByTheArraysId() throws InterruptedException {
        door.arrays.put(7L, 5L);
        door.jobs.put(7L, "PENDING");
        door.jobs.put(8L, "PENDING");
        look(Queue.Depth.WHOLE);
        quietLooks(4);
        door.asked.clear();
        door.jobs.put(7L, "RUNNING");
        assertThat(look(Queue.Depth.STATES))
                .extracting(row -> row.jobId() + " " + row.states().getFirst())
                .containsExactlyInAnyOrder("5 RUNNING", "8 PENDING");
        assertThat(door.asked).containsExactly("states", "queue [5]");
    }

    /** A queue in memory that notes what it is asked. */
    private static final class Scribe implements Door {
        final Map<Long, String> jobs = new TreeMap<>();
        /** Entries that are tasks of an array, and its id. */
        final Map<Long, Long> arrays = new TreeMap<>();

        final List<String> asked = new ArrayList<>();
        boolean silent;

        /** As slurmctld counts them. */
        int requests() {
            return asked.stream()
                    .mapToInt(each -> each.startsWith("queue [") ? 2 * each.split(",").length : 1)
                    .sum();
        }

        private JobRow row(long id) {
            return new JobRow(
                    arrays.getOrDefault(id, id),
                    id,
                    new Indices.Sole(),
                    "alice",
                    "",
                    Instant.EPOCH,
                    OptionalInt.of(0),
                    List.of(jobs.getOrDefault(id, "")),
                    "",
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    JobRow.Place.NONE);
        }

        @Override
        public Answer<List<JobRow>> queue() {
            asked.add("queue");
            return Answer.said(jobs.keySet().stream().map(this::row).toList());
        }

        @Override
        public Optional<Answer<Map<String, String>>> states() {
            asked.add("states");
            if (silent) {
                return Optional.of(Answer.unknown("silence"));
            }
            Map<String, String> states = new TreeMap<>();
            jobs.forEach((id, state) -> states.put(id + (arrays.containsKey(id) ? "_1" : ""), state));
            return Optional.of(Answer.said(states));
        }

        @Override
        public Answer<List<JobRow>> queue(Set<Long> ids) {
            asked.add("queue " + ids.stream().sorted().toList());
            return Answer.said(jobs.keySet().stream()
                    .filter(id -> ids.contains(arrays.getOrDefault(id, id)))
                    .map(this::row)
                    .toList());
        }

        @Override
        public Answer<ClusterFacts> facts() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Answer<Submitted> submit(Owner owner, Submission submission, Instant fence) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<Answer<Done>> release(Owner owner, List<Target> targets, Instant fence) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Answer<Done> hold(Owner owner, Target target, Instant fence) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Answer<Done> cancel(Owner owner, Target target, Instant fence) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Answer<Done> limit(Owner owner, Target target, Duration limit, Instant fence) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Answer<List<JobRow>> records(Set<Long> jobIds) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Answer<Inventory> inventory() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Answer<Accounts.Known> accounts() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    }
}
