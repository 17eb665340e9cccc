package dev.sluice.policy.plan;

import dev.sluice.job.JobId;
import dev.sluice.job.Refusals;
import dev.sluice.job.TaskSet;
import java.time.Instant;
import java.util.Comparator;

/** A candidate in the queue, less what its bucket knows: there may be a million of them. */
final class Entry {
    /** By class, the higher first; then by age; then by id, and by the lowest task of one job. */
    static final Comparator<Entry> ORDER = Entry::compare;

    final Bucket bucket;
    final int priorityClass;
    final TaskSet tasks;
    private final Refusals refusedBy;
    /** When it was submitted. */
    private final long second;

    private final int nano;
    private final int job;

    Entry(Candidate candidate, Bucket bucket) {
        this.bucket = bucket;
        this.priorityClass = candidate.priorityClass();
        this.tasks = candidate.tasks();
        this.refusedBy = candidate.refusedBy();
        this.second = candidate.submitted().getEpochSecond();
        this.nano = candidate.submitted().getNano();
        this.job = candidate.job().value();
    }

    private static int compare(Entry one, Entry other) {
        int order = Integer.compare(other.priorityClass, one.priorityClass);
        order = order == 0 ? Long.compare(one.second, other.second) : order;
        order = order == 0 ? Integer.compare(one.nano, other.nano) : order;
        order = order == 0 ? Integer.compare(one.job, other.job) : order;
        return order == 0 ? Integer.compare(one.tasks.first(), other.tasks.first()) : order;
    }

    /** What decides where it could run. */
    Fit fit() {
        return bucket.fit();
    }

    JobId job() {
        return new JobId(job);
    }

    Instant submitted() {
        return Instant.ofEpochSecond(second, nano);
    }

    Candidate candidate() {
        Bucket.Kind kind = bucket.kind;
        return new Candidate(
                job(), tasks, kind.fit().shape.ask, kind.project(), kind.user(), priorityClass, submitted(), refusedBy);
    }
}
