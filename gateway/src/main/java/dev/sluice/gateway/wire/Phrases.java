package dev.sluice.gateway.wire;

import dev.sluice.job.AttemptEnd;
import dev.sluice.job.JobState;
import dev.sluice.job.Phase;
import dev.sluice.job.StopReason;
import dev.sluice.job.Verdict;
import java.util.Optional;

/** Parts of a sentence about how tasks stand and why: for people, without a subject. */
final class Phrases {
    private Phrases() {}

    /** What a person should know besides the status; empty when that says it all. */
    static Optional<String> why(JobState state) {
        String text = switch (state) {
            case JobState.Waiting waiting ->
                waiting.last().map(end -> "last attempt: " + end(end)).orElse("");
            case JobState.Live live -> phase(live.phase());
            case JobState.Ended ended -> note(ended.verdict());
        };
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }

    private static String phase(Phase phase) {
        return switch (phase) {
            case Phase.Intended p -> "";
            case Phase.Parked p ->
                p.blocked()
                        .map(blocked -> blocked.why() + ", until " + blocked.until())
                        .orElse("");
            case Phase.Releasing p -> "";
            case Phase.Pending p -> p.heldBy().isEmpty() ? p.waits().orElse("") : "held on the cluster: " + p.heldBy();
            case Phase.Running p -> "";
            case Phase.Paused p -> "";
            case Phase.Completing p -> "";
            case Phase.Withdrawing p -> "being taken back before it starts";
            case Phase.Missing p -> missing(p.certainty()) + ", since " + p.since();
        };
    }

    static String missing(Phase.Certainty certainty) {
        return switch (certainty) {
            case STOPPED, TAKEN_BACK -> "stopped before it started, to be confirmed";
            case SUSPECTED -> "not seen once, to be looked at again";
            case HIDDEN -> "not seen, and the cluster cannot show what ended";
            case TO_SEARCH -> "not seen twice, to be searched for";
            case CONFIRMED -> "gone; whether it had started is being read";
            case UNRESOLVED -> "nothing can tell whether it ran; an operator may settle it";
        };
    }

    /** What a verdict's word leaves out. */
    static String note(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Succeeded v -> "";
            case Verdict.Failed v -> v.note();
            case Verdict.TimedOut v -> "its time limit ended it";
            case Verdict.OutOfMemory v -> "it used more memory than it had asked for";
            case Verdict.NodeLost v -> "its node was lost, and it may not start again";
            case Verdict.Preempted v -> "it was preempted, and it may not start again";
            case Verdict.Interrupted v -> v.why();
            case Verdict.Cancelled v ->
                switch (v.outcome()) {
                    case SEEN -> "";
                    case UNSEEN -> "its end was not seen";
                };
            case Verdict.Refused v -> v.why();
            case Verdict.DependencyNeverSatisfied v -> "a job that it waited for can never end as it should";
        };
    }

    /** How an attempt ended. */
    static String end(AttemptEnd end) {
        return switch (end) {
            case AttemptEnd.Finished e -> verdict(e.verdict());
            case AttemptEnd.Stopped e -> "it was stopped";
            case AttemptEnd.Interrupted e -> "it was interrupted: " + e.why();
            case AttemptEnd.Preempted e -> "it was preempted";
            case AttemptEnd.NodeLost e -> "its node was lost";
            case AttemptEnd.NeverStarted e -> "it vanished from its cluster and never started";
            case AttemptEnd.RefusedByCluster e ->
                "the cluster refused it: " + e.refusal().message();
            case AttemptEnd.Withdrawn e -> "it was taken back before it ran";
            case AttemptEnd.Settled e -> "settled by an operator: " + verdict(e.verdict()) + " (" + e.reason() + ")";
        };
    }

    /** How a task ended, as the end of a sentence. */
    static String verdict(Verdict verdict) {
        String said = switch (verdict) {
            case Verdict.Succeeded v -> "it succeeded";
            case Verdict.Failed v ->
                v.signal() > 0 ? "it was killed by signal " + v.signal() : "it failed with exit code " + v.exitCode();
            case Verdict.TimedOut v -> "it timed out";
            case Verdict.OutOfMemory v -> "it ran out of memory";
            case Verdict.NodeLost v -> "its node was lost";
            case Verdict.Preempted v -> "it was preempted";
            case Verdict.Interrupted v -> "it was interrupted";
            case Verdict.Cancelled v -> "it was cancelled";
            case Verdict.Refused v -> "it was refused";
            case Verdict.DependencyNeverSatisfied v -> "it never ran";
        };
        String note = note(verdict);
        return note.isEmpty() ? said : said + ": " + note;
    }

    static String stop(StopReason why) {
        return switch (why) {
            case CANCEL -> "being cancelled";
            case REROUTE -> "being taken to another cluster";
            case HOLD_BY_USER, HOLD_BY_OPERATOR -> "being held";
            case RECLAIM -> "making room for whom the capacity is due";
            case REQUEUE -> "being stopped to start again";
        };
    }
}
