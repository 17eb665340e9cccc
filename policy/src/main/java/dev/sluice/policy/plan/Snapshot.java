package dev.sluice.policy.plan;

import dev.sluice.job.ClusterName;
import dev.sluice.job.JobId;
import dev.sluice.job.ProjectPath;
import dev.sluice.policy.place.Reliability;
import dev.sluice.policy.project.Payer;
import dev.sluice.policy.project.Usage;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * All that a planner was told and that still matters, in one canonical order, so that equal knowledge is an equal value.
 *
 * @param queued by job, then lowest task
 * @param charges by attempt
 * @param rooms of the jobs that have a limit
 * @param closed the projects closed themselves, not those below
 * @param usages of runs that are over
 * @param reservations for which job of a project room is kept
 * @param reliabilities of clusters on which anything has ended
 */
public record Snapshot(
        List<Candidate> queued,
        List<Charge> charges,
        SortedMap<ClusterName, ClusterView> clusters,
        SortedMap<JobId, Integer> rooms,
        SortedSet<ProjectPath> closed,
        SortedMap<Payer, Usage> usages,
        SortedMap<ProjectPath, Move.Reserve> reservations,
        SortedMap<ClusterName, Reliability> reliabilities) {
    public static final Snapshot EMPTY = new Snapshot(
            List.of(),
            List.of(),
            new TreeMap<>(),
            new TreeMap<>(),
            new TreeSet<>(),
            new TreeMap<>(),
            new TreeMap<>(),
            new TreeMap<>());

    public Snapshot {
        queued = queued.stream()
                .sorted(Comparator.comparing(Candidate::job).thenComparing(Candidate::tasks))
                .toList();
        charges = charges.stream().sorted(Comparator.comparing(Charge::attempt)).toList();
        clusters = Collections.unmodifiableSortedMap(new TreeMap<>(clusters));
        rooms = Collections.unmodifiableSortedMap(new TreeMap<>(rooms));
        usages = Collections.unmodifiableSortedMap(new TreeMap<>(usages));
        reservations = Collections.unmodifiableSortedMap(new TreeMap<>(reservations));
        reliabilities = Collections.unmodifiableSortedMap(new TreeMap<>(reliabilities));
        closed = Collections.unmodifiableSortedSet(new TreeSet<>(closed));
    }
}
