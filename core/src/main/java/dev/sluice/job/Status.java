package dev.sluice.job;

import java.util.Locale;

/** How a task stands, in the one word that people and programs are shown. */
public enum Status {
    /** In the queue: it waits for capacity and nothing else. */
    QUEUED,
    /** Somebody holds it. */
    HELD,
    /** It waits for another job, for its begin time, for its image's digest or for its project's budget. */
    BLOCKED,
    /** On its way to a cluster, where it cannot run yet. */
    DISPATCHING,
    /** Released on its cluster, and not started there. */
    PENDING,
    RUNNING,
    PAUSED,
    COMPLETING,
    /** Its cluster answers, and does not know it. */
    UNKNOWN,
    SUCCEEDED,
    FAILED,
    TIMED_OUT,
    OUT_OF_MEMORY,
    NODE_LOST,
    PREEMPTED,
    INTERRUPTED,
    CANCELLED,
    REFUSED,
    DEPENDENCY_NEVER_SATISFIED;

    public static Status of(JobState state) {
        return switch (state) {
            case JobState.Waiting waiting -> of(waiting);
            case JobState.Live live -> of(live.phase());
            case JobState.Ended ended -> of(ended.verdict());
        };
    }

    private static Status of(JobState.Waiting waiting) {
        if (waiting.gates().contains(Gate.HELD_BY_USER) || waiting.gates().contains(Gate.HELD_BY_OPERATOR)) {
            return HELD;
        }
        return waiting.gates().isEmpty() ? QUEUED : BLOCKED;
    }

    private static Status of(Phase phase) {
        return switch (phase) {
            case Phase.Intended p -> DISPATCHING;
            case Phase.Parked p -> DISPATCHING;
            case Phase.Releasing p -> DISPATCHING;
            case Phase.Pending p -> PENDING;
            case Phase.Withdrawing p -> PENDING;
            case Phase.Running p -> RUNNING;
            case Phase.Paused p -> PAUSED;
            case Phase.Completing p -> COMPLETING;
            case Phase.Missing p -> UNKNOWN;
        };
    }

    private static Status of(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Succeeded v -> SUCCEEDED;
            case Verdict.Failed v -> FAILED;
            case Verdict.TimedOut v -> TIMED_OUT;
            case Verdict.OutOfMemory v -> OUT_OF_MEMORY;
            case Verdict.NodeLost v -> NODE_LOST;
            case Verdict.Preempted v -> PREEMPTED;
            case Verdict.Interrupted v -> INTERRUPTED;
            case Verdict.Cancelled v -> CANCELLED;
            case Verdict.Refused v -> REFUSED;
            case Verdict.DependencyNeverSatisfied v -> DEPENDENCY_NEVER_SATISFIED;
        };
    }

    /** Whether it can never change again. */
    public boolean ended() {
        return compareTo(SUCCEEDED) >= 0;
    }

    /** In lower case with dashes, as {@code timed-out}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * Reads the form of {@link #text()}.
     *
     * @throws InvalidValue when it is no status
     */
    public static Status parse(String text) {
        for (Status status : values()) {
            if (status.text().equals(text)) {
                return status;
            }
        }
        throw new InvalidValue(
                "status",
                "one of "
                        + String.join(
                                ", ",
                                java.util.Arrays.stream(values())
                                        .map(Status::text)
                                        .toList()),
                text);
    }
}
