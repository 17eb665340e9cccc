package dev.sluice.engine;

import java.time.Duration;
import java.time.Instant;

/** Whether a cluster is spoken to. */
public sealed interface Breaker {
    Breaker CLOSED = new Closed();

    record Closed() implements Breaker {}

    /**
     * Only a probe goes out, and not before {@code until}.
     *
     * @param since when the cluster fell silent: what is known of its jobs is stale since then
     * @param pause how long this pause is; the next is twice as long
     */
    record Open(Instant since, Instant until, Duration pause) implements Breaker {}
}
