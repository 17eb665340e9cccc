package dev.sluice.slurm;

import dev.sluice.slurm.door.Answer;
import dev.sluice.slurm.door.Door;
import dev.sluice.slurm.door.JobRow;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The controller's whole queue, read as seldom as a site wants it: who asks within a period of the last reading waits for the
 * next one, and all who wait share it.
 */
final class Queue {
    private final Door door;
    private final Duration period;
    private final InstantSource clock;
    private final ReentrantLock turn = new ReentrantLock(true);
    private Reading last = new Reading(Instant.MIN, Answer.unknown("it was not read yet"));
    private long lastBegan;
    private boolean read;

    /** @param asOf when the reading began, by our clock */
    record Reading(Instant asOf, Answer<List<JobRow>> rows) {}

    Queue(Door door, Duration period, InstantSource clock) {
        this.door = door;
        this.period = period;
        this.clock = clock;
    }

    /**
     * A reading that began no earlier.
     *
     * @throws InterruptedException when the caller was interrupted while it waited
     */
    Reading since(Instant earliest) throws InterruptedException {
        turn.lockInterruptibly();
        try {
            if (read && !last.asOf().isBefore(earliest)) {
                return last;
            }
            long pause = period.toNanos() - (System.nanoTime() - lastBegan);
            if (read && pause > 0) {
                TimeUnit.NANOSECONDS.sleep(pause);
            }
            lastBegan = System.nanoTime();
            Instant asOf = clock.instant();
            last = new Reading(asOf, door.queue());
            read = true;
            return last;
        } finally {
            turn.unlock();
        }
    }
}
