package dev.sluice.cluster;

import dev.sluice.job.AttemptId;
import dev.sluice.job.Binding;
import dev.sluice.job.TaskSet;
import java.util.List;

/**
 * Tasks of one object with our realm's key, as one look at the cluster had them.
 *
 * @param raw the cluster's own words for the state, kept for people
 * @param past runs before the one that was seen, as far as the cluster can tell: each time the same ones, told again
 */
public record Observation(
        AttemptId attempt, Binding binding, TaskSet tasks, Sighting seen, String raw, List<PastRun> past) {
    public Observation {
        past = List.copyOf(past);
    }

    /** Of tasks that had no run before, or none that can be told. */
    public Observation(AttemptId attempt, Binding binding, TaskSet tasks, Sighting seen, String raw) {
        this(attempt, binding, tasks, seen, raw, List.of());
    }
}
