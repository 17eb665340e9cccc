package dev.sluice.policy.plan;

import java.util.Comparator;

/** A candidate in the queue, with what decides where it could run. */
record Entry(Candidate candidate, Fit fit) {
    /** By class, the higher first; then by age; then by id, and by the lowest task of one job. */
    static final Comparator<Entry> ORDER = Comparator.comparingInt(
                    (Entry entry) -> -entry.candidate().priorityClass())
            .thenComparing(entry -> entry.candidate().submitted())
            .thenComparing(entry -> entry.candidate().job())
            .thenComparingInt(entry -> entry.candidate().tasks().first());
}
