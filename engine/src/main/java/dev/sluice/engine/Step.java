package dev.sluice.engine;

import dev.sluice.cluster.Grant;
import dev.sluice.cluster.Sought;
import java.time.Instant;
import java.util.List;
import java.util.function.LongFunction;

/** What is to be done next about an attempt or a leftover, by its state alone. */
sealed interface Step {
    /** To be looked for; many in one call. */
    record Find(Sought sought) implements Step {}

    /** To be released; many in one call. */
    record Release(Grant grant, Instant fence) implements Step {}

    /** A call of its own. */
    record Call(LongFunction<Effect.OnCluster> effect) implements Step {}

    /** Something must be on disk before the next call. */
    record Commit(List<Event> events) implements Step {
        Commit(Event event) {
            this(List.of(event));
        }
    }

    /** Nothing before then, unless something happens. */
    record Rest(Instant until) implements Step {}

    Step IDLE = new Rest(Instant.MAX);
}
