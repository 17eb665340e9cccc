package dev.sluice.cluster;

import java.time.Instant;
import java.util.List;

/** What one look at a cluster's objects of ours came to. */
public sealed interface Sweep {
    /**
     * The cluster answered.
     *
     * @param asOf when the bridge began to read, by our clock: what changed later may be missing
     * @param scope whether all objects of ours are in it
     * @param ends whether the end of what left the queue can be read on this cluster at present
     * @param observations each task of an object at most once
     * @param next where to go on
     */
    record Seen(Instant asOf, Scope scope, Ends ends, List<Observation> observations, Cursor next) implements Sweep {
        public Seen {
            observations = List.copyOf(observations);
        }
    }

    /** The cluster did not answer, or not readably. Nothing follows for any job. */
    record Unknown(Doubt doubt) implements Sweep {}

    /** How much of the cluster the look covers. */
    enum Scope {
        /** Every object with our realm's key that the queue holds, and every end since the cursor. */
        COMPLETE,
        /** What changed since the cursor. */
        CHANGES
    }

    /** Whether an end can be seen after the queue forgot the job. */
    enum Ends {
        VISIBLE,
        /** Accounting is away, and the queue forgets in under 120 s or after an unknown time. */
        HIDDEN
    }
}
