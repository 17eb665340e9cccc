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

    /** The loop stands otherwise. */
    default void stands(Loop.Standing standing) {}

    /** Tells both, in this order. */
    static LoopListener both(LoopListener first, LoopListener second) {
        return new LoopListener() {
            @Override
            public void turned(
                    int inputs, Instant at, List<Event.Recorded> events, long decideNanos, long commitNanos) {
                first.turned(inputs, at, events, decideNanos, commitNanos);
                second.turned(inputs, at, events, decideNanos, commitNanos);
            }

            @Override
            public void called(Effect effect, Input.Done done, long nanos) {
                first.called(effect, done, nanos);
                second.called(effect, done, nanos);
            }

            @Override
            public void refused() {
                first.refused();
                second.refused();
            }

            @Override
            public void stands(Loop.Standing standing) {
                first.stands(standing);
                second.stands(standing);
            }
        };
    }
}
