package dev.sluice.testkit.fake;

import java.time.Instant;

/**
 * What follows from a request's arrival at a cluster.
 *
 * @param <R> what the port answers
 */
public sealed interface Arrived<R> {
    /** The caller has this outcome at that time. At most one arrival of a transit is answered. */
    record Answered<R>(R outcome, Instant at) implements Arrived<R> {}

    /** No answer will come of this arrival, whatever it did: the lane's deadline makes it a doubt. */
    record Silent<R>() implements Arrived<R> {}

    /** It lies there unread, or waits for a change: arrive again then. */
    record Deferred<R>(Instant until) implements Arrived<R> {}
}
