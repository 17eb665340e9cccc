package dev.sluice.slurm.door;

import dev.sluice.cluster.Accounts;
import dev.sluice.slurm.door.Door.Done;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a SLURM cluster may be asked twice, and by another way when the first does not answer: reads, and what changes a job, whose
 * repetition does nothing. Calls as in {@link Door}.
 */
public interface ReadingDoor extends AutoCloseable {
    /** What the cluster is; doubles as the probe of its health. */
    Answer<ClusterFacts> facts();

    /**
     * Lets held jobs of one owner go: one request where the door has one for many.
     *
     * @return as many answers, in the same order; {@code Refused} with the code {@link Door#ABSENT} where there is no such job
     */
    List<Answer<Done>> release(Owner owner, List<Target> targets, Instant fence);

    /**
     * How many jobs may be let go behind one read of them: what a release rests on grows old while requests wait for each other,
     * and an id may be somebody else's by then.
     */
    default int releasesAtOnce() {
        return Integer.MAX_VALUE;
    }

    /** Holds as the owner would. */
    Answer<Done> hold(Owner owner, Target target, Instant fence);

    /** Ends, by SIGTERM and after KillWait by SIGKILL. Success says nothing: a cancel of nobody succeeds too. */
    Answer<Done> cancel(Owner owner, Target target, Instant fence);

    /** @param limit whole minutes are what SLURM keeps; what is less is rounded up */
    Answer<Done> limit(Owner owner, Target target, Duration limit, Instant fence);

    /** All jobs of all users that the controller knows, ended ones too, in one request. */
    Answer<List<JobRow>> queue();

    /**
     * A light look, where the door has one that costs much less than {@link #queue()}: the state of each entry of the queue, under
     * the text by which SLURM lists it, which begins with the entry's own id ({@code 47}, {@code 47_1}).
     *
     * @return empty where the door has none; {@code Refused} where this cluster has none
     */
    default Optional<Answer<Map<String, String>>> states() {
        return Optional.empty();
    }

    /** Those of these jobs that the controller knows. An array's id brings all of its tasks. */
    Answer<List<JobRow>> queue(Set<Long> jobIds);

    /**
     * What accounting has of these jobs: a row for each run, and for each job that ever had the id.
     *
     * @return {@code Refused} with the code {@link Door#NO_ACCOUNTING} where the cluster keeps none
     */
    Answer<List<JobRow>> records(Set<Long> jobIds);

    /** Nodes, partitions, reservations and what runs on them. */
    Answer<Inventory> inventory();

    /** Who may charge what, and how much. */
    Answer<Accounts.Known> accounts();

    @Override
    void close();
}
