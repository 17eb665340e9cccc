package dev.sluice.engine;

import dev.sluice.job.JobId;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Jobs of the same user and name, for singletons. Indexed from the first singleton of a name on, so that jobs of other names
 * cost nothing; a hash stands for user and name, and a collision in 64 bits would make one job wait needlessly.
 */
final class Twins {
    private final Map<Long, TreeMap<JobId, Job>> byTwin = new HashMap<>();

    /** The earliest unfinished job of the same user and name before this one. */
    Optional<Job> before(JobHead head, Collection<Job> all) {
        TreeMap<JobId, Job> twins = byTwin.computeIfAbsent(head.twin(), twin -> index(twin, all));
        return twins.headMap(head.id()).values().stream()
                .filter(job -> !job.ended())
                .findFirst();
    }

    private static TreeMap<JobId, Job> index(long twin, Collection<Job> all) {
        TreeMap<JobId, Job> twins = new TreeMap<>();
        for (Job job : all) {
            if (job.head().twin() == twin) {
                twins.put(job.id(), job);
            }
        }
        return twins;
    }

    void enter(Job job) {
        TreeMap<JobId, Job> twins = byTwin.get(job.head().twin());
        if (twins != null) {
            twins.put(job.id(), job);
        }
    }

    void leave(JobHead head) {
        TreeMap<JobId, Job> twins = byTwin.get(head.twin());
        if (twins != null) {
            twins.remove(head.id());
            if (twins.isEmpty()) {
                byTwin.remove(head.twin());
            }
        }
    }
}
