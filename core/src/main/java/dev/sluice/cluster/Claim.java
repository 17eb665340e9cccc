package dev.sluice.cluster;

import dev.sluice.job.TaskSet;

/** What came of taking the claims of some tasks for ever. Repeating it gives the same: a claim of ours stays ours. */
public sealed interface Claim {
    /**
     * The claims were read or taken.
     *
     * @param won user code of these never started in that run, and never can
     * @param lost a launch of these had passed the gate before
     */
    record Taken(TaskSet won, TaskSet lost) implements Claim {}

    /** The bridge has no claims on this cluster. */
    record Cannot() implements Claim {}

    record Unknown(Doubt doubt) implements Claim {}
}
