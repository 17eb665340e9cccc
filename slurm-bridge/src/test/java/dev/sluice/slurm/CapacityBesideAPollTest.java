package dev.sluice.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.AvailableModules;
import dev.sluice.cluster.CapacityReading;
import dev.sluice.cluster.Cursor;
import dev.sluice.cluster.Supply;
import dev.sluice.cluster.Sweep;
import dev.sluice.job.ClusterName;
import dev.sluice.slurm.door.Answer;
import dev.sluice.slurm.door.Inventory;
import dev.sluice.slurm.script.BatchFile;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A cluster's capacity is read while a poll waits for a change: the one is the probe of its health, the other may take minutes. */
final class CapacityBesideAPollTest {
    private static final int PATIENCE_SECONDS = 20;

    private final QueueDoor door = new QueueDoor();
    private final SlurmBridge bridge = new SlurmBridge(
            new SlurmSettings(
                    new ClusterName("slurm"),
                    Rows.REALM,
                    new Owners(Owners.Unnamed.SAME_NAME, new TreeMap<>(), Set.of()),
                    new BatchFile.Habits(
                            new BatchFile.Claims(Optional.empty()), BatchFile.LoginShell.NO, new TreeMap<>()),
                    Optional.of("/home/%u"),
                    10_001,
                    Duration.ofSeconds(300),
                    Duration.ofSeconds(300),
                    Duration.ofSeconds(65),
                    Urgency.NONE,
                    Supply.Ownership.GUEST,
                    List.of(),
                    AvailableModules.UNKNOWN,
                    Duration.ZERO,
                    InstantSource.system()),
            new Doors(door, door, Optional.empty()));

    @Test
    @Timeout(3 * PATIENCE_SECONDS)
    void itDoesNotWaitForThePoll() throws Exception {
        door.inventory = Answer.said(new Inventory(List.of(), List.of(), List.of()));
        Sweep.Seen first = (Sweep.Seen) bridge.observe(Cursor.START, Duration.ZERO);
        CountDownLatch waits = new CountDownLatch(1);
        CountDownLatch change = new CountDownLatch(1);
        door.meanwhile = () -> {
            waits.countDown();
            await(change);
        };
        CompletableFuture<Sweep> poll = CompletableFuture.supplyAsync(
                () -> bridge.observe(first.next(), Duration.ofHours(1)), Thread::startVirtualThread);
        try {
            await(waits);
            CompletableFuture<CapacityReading> capacity =
                    CompletableFuture.supplyAsync(bridge::capacity, Thread::startVirtualThread);
            assertThat(capacity)
                    .succeedsWithin(Duration.ofSeconds(PATIENCE_SECONDS))
                    .isInstanceOf(CapacityReading.Capacity.class);
            assertThat(poll).isNotDone();
        } finally {
            door.meanwhile = () -> {};
            door.queued(Rows.running());
            change.countDown();
        }
        assertThat(poll.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isInstanceOf(Sweep.Seen.class);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(2L * PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
