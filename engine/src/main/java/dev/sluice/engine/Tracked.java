package dev.sluice.engine;

import dev.sluice.job.Attempt;
import dev.sluice.job.JobState;
import dev.sluice.job.Phase;
import dev.sluice.job.Slice;
import dev.sluice.job.TaskSet;
import java.time.Instant;
import java.util.List;

/** A live attempt, and what is known of it beside its phases. Learned anew after a restart. Only {@link Book} writes. */
final class Tracked {
    final Attempt attempt;
    final Job job;
    /** Those that are still live in it. */
    TaskSet tasks = TaskSet.EMPTY;
    /** When a phase or wish of it last changed: a look that began before may be out of date. */
    Instant changed;
    /** The call under way; 0 for none. */
    long flight;
    /** When the last call left. */
    Instant sent = Instant.EPOCH;
    /** No call before it. */
    Instant notBefore = Instant.EPOCH;
    /** Doubtful answers in a row. */
    int doubts;

    final LetGo letGo;

    /** Its live slices. */
    List<Slice> slices() {
        return job.slices(tasks);
    }

    Tracked(JobState.Live live, Job job, Instant changed) {
        this.attempt = live.attempt();
        this.job = job;
        this.changed = changed;
        this.letGo = new LetGo(live.phase());
    }

    /** A phase or wish of it is another one since then. */
    void changed(Phase phase, Instant at) {
        changed = at;
        letGo.follows(phase);
    }
}
