package dev.sluice.engine;

import dev.sluice.job.JobId;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** Which jobs wait for which: whom to look at when a job moves. */
final class Dependents {
    private final Map<JobId, Set<JobId>> waiting = new HashMap<>();

    void add(JobId other, JobId waits) {
        waiting.computeIfAbsent(other, id -> new LinkedHashSet<>()).add(waits);
    }

    void remove(JobId other, JobId waits) {
        Set<JobId> all = waiting.get(other);
        if (all != null && all.remove(waits) && all.isEmpty()) {
            waiting.remove(other);
        }
    }

    /** Whether any job waits for this one. */
    boolean has(JobId other) {
        return waiting.containsKey(other);
    }

    /** The jobs that wait for this one, in the order in which they came. */
    Set<JobId> of(JobId other) {
        return waiting.getOrDefault(other, Set.of());
    }
}
