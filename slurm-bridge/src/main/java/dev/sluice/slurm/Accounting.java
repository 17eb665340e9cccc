package dev.sluice.slurm;

import dev.sluice.slurm.door.Answer;
import dev.sluice.slurm.door.JobRow;
import dev.sluice.slurm.door.ReadingDoor;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * Accounting as the watch asks it, which has every job waiting meanwhile: slurmdbd that hangs is waited for once, then asked for one
 * job at a time beside the watch, and for many again when that was answered. Thread-safe.
 */
final class Accounting {
    /** Jobs in one question: each is a request of its own by REST. */
    static final int AT_ONCE = 200;

    /** After a question without an answer nothing is asked for so long, where nothing else is said. */
    static final Duration PAUSE = Duration.ofSeconds(60);

    private static final Answer<List<JobRow>> SILENT =
            Answer.unknown("accounting does not answer; it is asked again in a minute");

    private final ReadingDoor reading;
    private final long pauseNanos;
    private final LongSupplier nanos;
    private final Executor beside;
    private boolean silent;
    private boolean probing;
    private long silentAt;

    /**
     * @param pause after a question without an answer
     * @param nanos as {@link System#nanoTime}: a clock that is moved moves no pause
     * @param beside runs what nobody waits for
     */
    Accounting(ReadingDoor reading, Duration pause, LongSupplier nanos, Executor beside) {
        this.reading = reading;
        this.pauseNanos = pause.toNanos();
        this.nanos = nanos;
        this.beside = beside;
    }

    /** As {@link ReadingDoor#records}; at once, and without an answer, while accounting is silent. */
    Answer<List<JobRow>> records(Set<Long> jobIds) {
        if (isDue()) {
            beside.execute(() -> probe(jobIds.iterator().next()));
        }
        if (isSilent()) {
            return SILENT;
        }
        return noted(reading.records(jobIds));
    }

    /** Whether its pause is over and nobody asks yet: then the caller does. */
    private synchronized boolean isDue() {
        if (!silent || probing || nanos.getAsLong() - silentAt < pauseNanos) {
            return false;
        }
        probing = true;
        return true;
    }

    private synchronized boolean isSilent() {
        return silent;
    }

    private void probe(long jobId) {
        try {
            noted(reading.records(Set.of(jobId)));
        } finally {
            synchronized (this) {
                probing = false;
            }
        }
    }

    private Answer<List<JobRow>> noted(Answer<List<JobRow>> answer) {
        synchronized (this) {
            silent = answer instanceof Answer.Unknown<List<JobRow>>;
            if (silent) {
                silentAt = nanos.getAsLong();
            }
        }
        return answer;
    }
}
