package dev.sluice.slurm.door;

import java.time.Instant;
import java.util.List;

/**
 * One way to speak to one SLURM cluster.
 *
 * <p>Calls block, and may come from any thread at once; what a cluster does or fails to do is an {@link Answer}, never an
 * exception. What changes something is done as the owner that is named, what only reads as the observer that the door was made
 * with. No request of a changing call acts after its fence: its credential ends before it, and when it has passed already
 * nothing is sent and the answer is {@link Answer.Unknown}. An interrupt after the first byte was sent is {@code Unknown} too.
 */
public interface Door extends ReadingDoor {
    /**
     * Puts a job in the queue, held, never to be requeued by SLURM unless the submission says so.
     *
     * @return the id is the only proof of acceptance; {@code Refused} only when the cluster surely holds no such job
     */
    Answer<Submitted> submit(Owner owner, Submission submission, Instant fence);

    /** The code of a refusal: the controller knows no such job. */
    String ABSENT = "absent";

    /** The code of a refusal: it has ended. */
    String ENDED = "ended";

    /** The code of a refusal: there is no slurmdbd. */
    String NO_ACCOUNTING = "no-accounting";

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
