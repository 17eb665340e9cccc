package dev.sluice.gateway.loop;

import dev.sluice.engine.Effect;
import dev.sluice.engine.Event;
import dev.sluice.engine.Input;
import java.time.Instant;
import java.util.List;

/** Is told what the loop does, for measuring and for the log. Thread-safe; must neither block nor throw. */
public interface LoopListener {
    /** Nobody listens. */
    LoopListener NONE = new LoopListener() {};

    /**
     * A turn is over, on the loop's thread.
     *
     * @param inputs how many it took in; events: what is on disk now, in order
     * @param decideNanos how long deciding and planning took; commitNanos: how long the disk took
     */
    default void turned(int inputs, Instant at, List<Event.Recorded> events, long decideNanos, long commitNanos) {}

    /** A call came back, on a thread of its own. */
    default void called(Effect effect, Input.Done done, long nanos) {}

    /** No permit was left for a command. */
    default void refused() {}

    /** The store was lost, or is there again. */
    default void store(Loop.Standing standing) {}
}
