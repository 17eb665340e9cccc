package dev.sluice.policy.trace;

import dev.sluice.job.JobId;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.Refusals;
import dev.sluice.job.TaskSet;
import dev.sluice.job.UserName;
import dev.sluice.policy.plan.Candidate;
import dev.sluice.spec.Ask;
import java.time.Instant;

/** A job of a trace on its way to its end, or one that a cluster got natively: then its project is nobody's business. */
final class Item {
    final TraceJob job;
    final JobId id;
    final Ask ask;
    final Owner owner;
    /** How often it was taken back. */
    int preemptions;

    /** Whose it is: a project's, or native to a cluster. */
    sealed interface Owner {
        /** @param index its place among all projects of the trace */
        record Ours(int index, ProjectPath project, UserName user) implements Owner {}

        record Native(Pool pool) implements Owner {}
    }

    Item(TraceJob job, JobId id, Ask ask, Owner owner) {
        this.job = job;
        this.id = id;
        this.ask = ask;
        this.owner = owner;
    }

    Candidate candidate(Owner.Ours ours, Instant submitted) {
        return new Candidate(id, TaskSet.SOLE, ask, ours.project(), ours.user(), 0, submitted, Refusals.NONE);
    }
}
