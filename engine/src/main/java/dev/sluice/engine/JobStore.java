package dev.sluice.engine;

import dev.sluice.job.JobId;
import dev.sluice.spec.JobSpec;
import java.util.List;
import java.util.Optional;

/**
 * The port to the disk: rows of the state, the sequence of events, and the specs, in one transaction each time.
 *
 * <p>One thread commits; any may read. What is read was committed. A job that the engine forgot ({@link Event.Forgotten}) is
 * archived: {@link #load} leaves it out, everything else still knows it until it is purged.
 */
public interface JobStore extends AutoCloseable {
    /** Takes the lead: a new epoch, greater than all before. From its return on, commits under older epochs are refused. */
    long lead() throws StoreLost;

    /** All rows; a job's head before its slices. */
    Iterable<Image> load() throws StoreLost;

    /**
     * Puts a batch on disk, whole or not at all; on return it is there for good.
     *
     * @throws StoreLost when it may be there or not: the caller drops its state and loads what is
     * @throws StaleEpoch when another has taken the lead: nothing of it is there, and nothing will be
     */
    void commit(Batch batch) throws StoreLost, StaleEpoch;

    /**
     * The spec of a job as it was accepted, whatever was changed since: an attempt is parked with it, however often; empty for
     * an unknown or purged job.
     */
    Optional<JobSpec> spec(JobId id) throws StoreLost;

    /** Events behind a position of the sequence, in order and without a gap, at most so many. */
    List<StoredEvent> events(long after, int max) throws StoreLost;

    /** The sequence of the newest event; 0 when there is none. */
    long newest() throws StoreLost;

    /** A job by its id, or by the id of one of its tasks; the archived too; empty for an unknown or purged one. */
    Optional<JobRecord> job(JobId id) throws StoreLost;

    /** Jobs by descending id in brief, the archived too; fewer than asked for only when there are no more. */
    List<JobRecord> jobs(JobQuery query) throws StoreLost;

    @Override
    void close();
}
