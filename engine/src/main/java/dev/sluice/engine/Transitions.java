package dev.sluice.engine;

import dev.sluice.job.JobState;

/** Is told of every change of a task's state, as it is applied: how tests know which transitions were visited. */
@FunctionalInterface
public interface Transitions {
    Transitions UNWATCHED = (from, to) -> {};

    void seen(JobState from, JobState to);
}
