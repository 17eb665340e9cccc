package dev.sluice.policy.trace;

import java.time.Instant;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A workload.
 *
 * @param began what second 0 of it was; empty where it does not say
 * @param processors how many the machine had that it is of; empty where it does not say
 * @param jobs by submit time, then number
 * @param leftOut how many jobs of the source cannot be replayed, by the reason for it
 */
public record Trace(
        Optional<Instant> began, OptionalInt processors, List<TraceJob> jobs, SortedMap<String, Integer> leftOut) {
    public Trace {
        jobs = jobs.stream()
                .sorted(Comparator.comparingLong(TraceJob::submit).thenComparingLong(TraceJob::number))
                .toList();
        leftOut = Collections.unmodifiableSortedMap(new TreeMap<>(leftOut));
    }

    public static Trace of(List<TraceJob> jobs) {
        return new Trace(Optional.empty(), OptionalInt.empty(), jobs, Collections.emptySortedMap());
    }
}
