package dev.sluice.job;

/** How an attempt, or some tasks of it, ended. What follows for the job is decided by its rules. */
public sealed interface AttemptEnd {
    /** It ran to an end of its own: the verdict is the job's too. */
    record Finished(Verdict verdict) implements AttemptEnd {}

    /** Somebody ended it: we, its owner or an administrator. */
    record Stopped() implements AttemptEnd {}

    /** A run was broken off by the surroundings, and what it did is not known. */
    record Interrupted(String why) implements AttemptEnd {}

    record Preempted() implements AttemptEnd {}

    record NodeLost() implements AttemptEnd {}

    /** It vanished and is proven not to have started, nor ever to start. */
    record NeverStarted() implements AttemptEnd {}

    /** The cluster did not take it. */
    record RefusedByCluster(Refusal refusal) implements AttemptEnd {}

    /** We took it back before it ran. */
    record Withdrawn() implements AttemptEnd {}

    /** An operator settled what stayed unknown: it counts as ended so. */
    record Settled(Verdict verdict, String reason) implements AttemptEnd {}

    /** Whether user code may have run. */
    default boolean ran() {
        return switch (this) {
            case Finished f -> true;
            case Stopped s -> true;
            case Interrupted i -> true;
            case Preempted p -> true;
            case NodeLost n -> true;
            case Settled s -> true;
            case NeverStarted n -> false;
            case RefusedByCluster r -> false;
            case Withdrawn w -> false;
        };
    }
}
