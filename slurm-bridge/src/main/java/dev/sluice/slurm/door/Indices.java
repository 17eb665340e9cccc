package dev.sluice.slurm.door;

import dev.sluice.job.TaskSet;

/** Which tasks of an array an entry stands for, in SLURM's own indices. */
public sealed interface Indices {
    /** The job is no array. */
    record Sole() implements Indices {}

    record Of(TaskSet tasks) implements Indices {}

    /** SLURM cut the text of the set short (SLURM_BITSTR_LEN): all that no other entry of the job names. */
    record Rest() implements Indices {}
}
