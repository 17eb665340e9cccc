package dev.sluice.gateway.webhook;

import dev.sluice.engine.StoreLost;
import dev.sluice.job.JobId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What is to be delivered, on disk. Blocking; for one thread at a time. */
public interface OutboxQueue {
    /**
     * Of each job the oldest delivery, if it is due at this time; the longest due first. Later ones of the job wait for it.
     *
     * @param most how many at the most
     */
    List<Delivery> due(Instant now, int most) throws StoreLost;

    /** When the next becomes due that is not; empty when none will by itself. */
    Optional<Instant> next(Instant now) throws StoreLost;

    /** It is over: delivered, or given up. The job's next one is due. */
    void done(JobId job, long sequence) throws StoreLost;

    /** It shall not be tried before this time. */
    void defer(JobId job, long sequence, int tries, Instant notBefore) throws StoreLost;
}
