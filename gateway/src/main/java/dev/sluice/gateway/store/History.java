package dev.sluice.gateway.store;

import dev.sluice.engine.StoreLost;
import dev.sluice.engine.StoredEvent;
import dev.sluice.job.JobId;
import java.util.List;

/**
 * What of the sequence of events is kept, and of one job's. Thread-safe.
 *
 * <p>Old events are taken away from the front of the sequence. A reader of {@link dev.sluice.engine.JobStore#events} whose
 * place lies before the oldest gets the oldest next, so that he can tell by its number that some are gone.
 */
public interface History {
    /** The sequence of the oldest event that is kept; 0 when there has been none. */
    long oldest() throws StoreLost;

    /** Events of one job behind a position of the sequence, in order, at most so many. */
    List<StoredEvent> eventsOf(JobId job, long after, int max) throws StoreLost;
}
