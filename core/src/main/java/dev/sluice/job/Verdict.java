package dev.sluice.job;

/** How a task ended, for good. */
public sealed interface Verdict {
    record Succeeded() implements Verdict {}

    /**
     * The user's work failed.
     *
     * @param exitCode 0 to 255
     * @param signal what killed it; 0 for none
     * @param note what a reader should know besides; mostly empty
     */
    record Failed(int exitCode, int signal, String note) implements Verdict {}

    /** Its time limit ended it. */
    record TimedOut() implements Verdict {}

    record OutOfMemory() implements Verdict {}

    /** Its node was lost, and its rules or their cap forbid another try. */
    record NodeLost() implements Verdict {}

    /** It was preempted, and its rules or their cap forbid another try. */
    record Preempted() implements Verdict {}

    /** A run of it was broken off by the surroundings, and its rules or their cap forbid another try. */
    record Interrupted(String why) implements Verdict {}

    /** It was cancelled. */
    record Cancelled(Outcome outcome) implements Verdict {}

    /** No cluster that may run it takes it. */
    record Refused(String why) implements Verdict {}

    /** A dependency can never be met. */
    record DependencyNeverSatisfied() implements Verdict {}

    /** Whether the end of a cancelled task was seen. */
    enum Outcome {
        SEEN,
        /** It was absent twice; what it had done until then is not known. */
        UNSEEN
    }

    Verdict SUCCEEDED = new Succeeded();
    Verdict CANCELLED = new Cancelled(Outcome.SEEN);

    /** Whether {@code afterok} is met by it. */
    default boolean success() {
        return this instanceof Succeeded;
    }
}
