package dev.sluice.gateway.store;

import dev.sluice.engine.StoreLost;
import dev.sluice.engine.StoredEvent;
import dev.sluice.job.JobId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Events that webhooks are to be told: what starts tasks and what ends them for good, of jobs that name one. They are put here
 * in the commit that records them, and stay until they are delivered or given up. Blocking, for any thread.
 */
public interface Outbox {
    /**
     * An event that is to be delivered.
     *
     * @param id the event's sequence: the same at every try. After a restored backup it may be another event's
     * @param url where it goes, as the job named it
     * @param tries how often it was tried in vain
     */
    record Delivery(long id, JobId job, String url, int tries, StoredEvent event) {}

    /** Of each job the oldest delivery, if it is due; the longest due first. Later ones of the job wait for it. */
    List<Delivery> due(Instant now, int most) throws StoreLost;

    /** When the next becomes due that is not yet; empty when none will by itself. */
    Optional<Instant> next(Instant now) throws StoreLost;

    /** It was delivered: the job's next one may go. */
    void delivered(long id) throws StoreLost;

    /** It shall not be tried before this time. Tries: how often it was until now, in vain. */
    void defer(long id, int tries, Instant nextAt) throws StoreLost;

    /** It will not be tried again: the job's next one may go. */
    void giveUp(long id) throws StoreLost;

    /** How many wait. */
    long size() throws StoreLost;
}
