package dev.sluice.slurm.door;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One way to speak to one SLURM cluster.
 *
 * <p>Calls block, and may come from any thread at once; what a cluster does or fails to do is an {@link Answer}, never an
 * exception. What changes something is done as the owner that is named, what only reads as the observer that the door was made
 * with. No request of a changing call acts after its fence: its credential ends before it, and when it has passed already
 * nothing is sent and the answer is {@link Answer.Unknown}. An interrupt after the first byte was sent is {@code Unknown} too.
 */
public interface Door extends AutoCloseable {
    /** What the cluster is; doubles as the probe of its health. */
    Answer<ClusterFacts> facts();

    /**
     * Puts a job in the queue, held, never to be requeued by SLURM unless the submission says so.
     *
     * @return the id is the only proof of acceptance; {@code Refused} only when the cluster surely holds no such job
     */
    Answer<Submitted> submit(Owner owner, Submission submission, Instant fence);

    /**
     * Lets held jobs of one owner go: one request where the door has one for many.
     *
     * @return as many answers, in the same order; {@code Refused} with the code {@link #ABSENT} where there is no such job
     */
    List<Answer<Done>> release(Owner owner, List<Target> targets, Instant fence);

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
     * @return {@code Refused} with the code {@link #NO_ACCOUNTING} where the cluster keeps none
     */
    Answer<List<JobRow>> records(Set<Long> jobIds);

    /** Nodes, partitions, reservations and what runs on them. */
    Answer<Inventory> inventory();

    /** Who may charge what. */
    Answer<List<Association>> associations();

    @Override
    void close();

    /** The code of a refusal: the controller knows no such job. */
    String ABSENT = "absent";

    /** The code of a refusal: it has ended. */
    String ENDED = "ended";

    /** The code of a refusal: there is no slurmdbd. */
    String NO_ACCOUNTING = "no-accounting";

    /** One association of accounting. */
    record Association(String user, String account, List<String> qualities) {
        public Association(String user, String account, Collection<String> qualities) {
            this(user, account, List.copyOf(qualities));
        }
    }

    /** It was done. */
    enum Done {
        DONE
    }

    /**
     * What a submit brought.
     *
     * @param notes what SLURM said besides: warnings, mostly empty
     */
    record Submitted(long jobId, List<String> notes) {
        public Submitted {
            notes = List.copyOf(notes);
        }
    }
}
