package dev.sluice.cluster;

import dev.sluice.job.Binding;
import dev.sluice.job.TaskSet;
import java.util.List;

/** What a search for an attempt's objects by key and owner came to. */
public sealed interface Search {
    /** One thing or several, in the order of their native ids; never empty. */
    record Found(List<Trace> traces) implements Search {
        public Found {
            traces = List.copyOf(traces);
        }
    }

    /** The cluster's queue was read, and where it has one its record of the ended too: nothing carries the key. */
    record None() implements Search {}

    /** Not all of that could be read. */
    record Unknown(Doubt doubt) implements Search {}

    /**
     * Tasks of one object that stand alike.
     *
     * @param past as in {@link Observation}
     */
    record Trace(Binding binding, TaskSet tasks, Sighting seen, List<PastRun> past) {
        public Trace {
            past = List.copyOf(past);
        }

        /** Of tasks that had no run before, or none that can be told. */
        public Trace(Binding binding, TaskSet tasks, Sighting seen) {
            this(binding, tasks, seen, List.of());
        }
    }
}
