package dev.sluice.cluster;

import dev.sluice.job.AttemptEnd;
import java.time.Instant;

/**
 * What came of a stop. All but {@code Unknown} come from reading after asking. One answer is for all tasks that were meant:
 * where they differ, or some are not known any more, it is {@link Asked}, and a look tells them apart.
 */
public sealed interface Stopping {
    /** It is over, and never started. */
    record NeverRan() implements Stopping {}

    /** It is over; it may have been before we asked. */
    record Ended(AttemptEnd end, Instant started, Instant at) implements Stopping {}

    /** The cluster has the order; it is not over yet. */
    record Asked() implements Stopping {}

    /** The cluster has no such object. */
    record Absent() implements Stopping {}

    record Unknown(Doubt doubt) implements Stopping {}
}
