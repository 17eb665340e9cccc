package dev.sluice.engine;

import dev.sluice.job.JobId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** When which job is to be looked at again: its begin time, its back-off, a dependency's delay, the end of its stay. */
final class JobClock {
    private record Wake(Instant at, JobId job) {}

    private static final Comparator<Wake> BY_TIME =
            Comparator.comparing(Wake::at).thenComparing(Wake::job);

    private final TreeSet<Wake> wakes = new TreeSet<>(BY_TIME);
    /** When jobs on the heap ended; after a restart, when they were loaded. */
    private final Map<JobId, Instant> ended = new HashMap<>();

    private final TreeSet<Wake> byEnd = new TreeSet<>(BY_TIME);

    void put(JobId job, Instant at) {
        wakes.add(new Wake(at, job));
    }

    /** What was due until then was looked at. */
    void woke(JobId job, Instant now) {
        wakes.headSet(new Wake(now, new JobId(Integer.MAX_VALUE)), true)
                .removeIf(wake -> wake.job().equals(job));
    }

    List<JobId> due(Instant now, int most) {
        List<JobId> due = new ArrayList<>();
        for (Wake wake : wakes) {
            if (wake.at().isAfter(now) || due.size() == most) {
                break;
            }
            if (!due.contains(wake.job())) {
                due.add(wake.job());
            }
        }
        return due;
    }

    void ended(JobId job, Instant at) {
        if (ended.putIfAbsent(job, at) == null) {
            byEnd.add(new Wake(at, job));
        }
    }

    @Nullable
    Instant endOf(JobId job) {
        return ended.get(job);
    }

    /** Jobs that ended before then, the longest ago first. */
    List<JobId> endedBefore(Instant then, int most) {
        return byEnd.headSet(new Wake(then, new JobId(1)), true).stream()
                .limit(most)
                .map(Wake::job)
                .toList();
    }

    void forget(JobId job) {
        Instant at = ended.remove(job);
        if (at != null) {
            byEnd.remove(new Wake(at, job));
        }
    }

    /** When the next job is due; null for never. */
    @Nullable
    Instant first() {
        return wakes.isEmpty() ? null : wakes.first().at();
    }
}
