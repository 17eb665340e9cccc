package dev.sluice.engine;

import java.time.Instant;

/** A leftover, and what is known of it beside. Learned anew after a restart. Only {@link Book} writes. */
final class Watch {
    final Leftover leftover;
    /** Its object is over, and may only come back. */
    boolean over;
    /** The call under way; 0 for none. */
    long flight;
    /** When it was sent. */
    Instant sent = Instant.EPOCH;
    /** No call before it. */
    Instant notBefore = Instant.EPOCH;
    /** Doubtful answers in a row. */
    int doubts;

    Watch(Leftover leftover) {
        this.leftover = leftover;
    }
}
