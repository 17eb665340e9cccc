package dev.sluice.job;

import java.time.Instant;
import java.util.Optional;

/**
 * How far tasks of an attempt have come, by the evidence on disk.
 *
 * <p>Where a request of ours may be on its way the phase says whose ({@code epoch}) and until when it may act ({@code
 * fence}). The epoch is {@link #NOBODY} once its answer was a doubt: then evidence is wanted before the next request.
 */
public sealed interface Phase {
    /** The epoch of no gateway: nothing was asked yet, or nobody knows what came of it. */
    long NOBODY = 0;

    /** To be parked; the cluster may or may not hold an object of it. */
    record Intended(long epoch, Instant fence) implements Phase {}

    /** One object of the cluster is proven to be this attempt. */
    sealed interface Bound extends Phase {
        Binding binding();
    }

    /** On the cluster, unable to run, and not to be released for now. */
    record Parked(Binding binding, Optional<Blocked> blocked) implements Bound {}

    /** To be released; it may run at any moment. Evidence: when the park or read was sent that says it is ours. */
    record Releasing(Binding binding, long epoch, Instant fence, Instant evidence) implements Bound {}

    /** It runs, has run or may run any moment. Run: the cluster's restart count. */
    sealed interface Released extends Bound {
        int run();
    }

    /**
     * In its cluster's queue.
     *
     * @param heldBy who holds it there, in the cluster's words; empty when nobody does
     * @param waits what it waits for there, in the cluster's words; empty where it does not say
     */
    record Pending(Binding binding, int run, String heldBy, Optional<String> waits) implements Released {
        public Pending(Binding binding, int run, String heldBy) {
            this(binding, run, heldBy, Optional.empty());
        }

        /** As a look at its cluster has it: not held. */
        public static Pending seen(Binding binding, int run, String why) {
            return new Pending(binding, run, "", why.isEmpty() ? Optional.empty() : Optional.of(why));
        }
    }

    record Running(Binding binding, int run, Instant started) implements Released {}

    /** Stopped in its tracks, its memory kept. */
    record Paused(Binding binding, int run, Instant started) implements Released {}

    /** The user's work is over, the cluster tidies up. */
    record Completing(Binding binding, int run, Instant started) implements Released {}

    /** Being taken back before it starts. */
    record Withdrawing(Binding binding, int run, Step step, long epoch, Instant fence) implements Released {}

    /** Its cluster answers, and does not know it. Started: when it had started, if that was seen. */
    record Missing(Binding binding, int run, Optional<Instant> started, Instant since, Certainty certainty)
            implements Released {}

    /** The steps of a withdrawal, in their order; {@code UNDO} when it was seen to run after all. */
    enum Step {
        HOLD,
        READ,
        CANCEL,
        UNDO
    }

    /** What absence is known to mean. */
    enum Certainty {
        /** Stopped by us before it started, as its cluster says; a controller that dies now may forget that. */
        STOPPED,
        /** Stopped, and read again when nothing can be forgotten any more: the claim tells whether it had started. */
        TAKEN_BACK,
        /** Absent once: to be looked at again. */
        SUSPECTED,
        /** Absent while no end could be seen on its cluster. */
        HIDDEN,
        /** Absent twice: to be searched for once more by its key, in the record of what ended too. */
        TO_SEARCH,
        /** Absent for good: the claim tells whether it ever started. */
        CONFIRMED,
        /** Nothing can tell whether it ran; an operator may settle it. */
        UNRESOLVED
    }

    /** Why a parked attempt is not released now. */
    record Blocked(String why, Instant until) {}

    /** Whether the user's code may be running or may start without another request of ours. */
    default boolean pastParked() {
        return switch (this) {
            case Intended i -> false;
            case Parked p -> false;
            case Releasing r -> true;
            case Released r -> true;
        };
    }

    /** When the user's code started, where that was seen. */
    default Optional<Instant> startedAt() {
        return switch (this) {
            case Running r -> Optional.of(r.started());
            case Paused p -> Optional.of(p.started());
            case Completing c -> Optional.of(c.started());
            case Missing m -> m.started();
            case Intended i -> Optional.empty();
            case Parked p -> Optional.empty();
            case Releasing r -> Optional.empty();
            case Pending p -> Optional.empty();
            case Withdrawing w -> Optional.empty();
        };
    }
}
