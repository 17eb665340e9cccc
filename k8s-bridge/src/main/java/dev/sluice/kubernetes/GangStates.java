package dev.sluice.kubernetes;

import dev.sluice.cluster.Sighting;
import dev.sluice.cluster.Sighting.Claimed;
import dev.sluice.cluster.Sighting.Holder;
import dev.sluice.job.AttemptEnd;
import dev.sluice.job.Refusal;
import dev.sluice.job.Verdict;
import dev.sluice.kubernetes.Gang.Go;
import dev.sluice.kubernetes.manifest.Keys;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;

/**
 * How a gang stands: as its Job does, for its pods begin and end together. It is over when its Job is, and that is when the last of its
 * pods is gone; what its pods say tells how.
 *
 * <p>Before its word has been said it waits, whatever runs in its pods, and no end of a pod is an end of the user's program. That counts
 * only of a version of its Job in which the word cannot be said any more: see {@link Gang}.
 */
final class GangStates {
    private final Gang gang;
    private final Optional<Go> go;
    private final Holds.Stopped stopped;
    private final String note;
    private final Instant now;

    private GangStates(Gang gang, String note, Instant now) {
        this.gang = gang;
        this.note = note;
        this.go = gang.go();
        this.stopped = Holds.stopped(gang.job());
        this.now = now;
    }

    /** How it stands. */
    record Look(Sighting seen, String raw) {}

    /** @param note why it could not get a pod the last time that it said so; empty where it never did */
    static Look of(Gang gang, String note, Instant now) {
        return new GangStates(gang, note, now).look();
    }

    private boolean isStopped() {
        return !stopped.tasks().isEmpty();
    }

    private Look look() {
        Optional<JobCondition> failed = gang.condition("Failed");
        if (gang.condition("Complete").isPresent()) {
            Instant at = endTime(gang.condition("Complete"));
            return new Look(ended(new AttemptEnd.Finished(Verdict.SUCCEEDED), at), "Complete");
        }
        // Taken back by us: that its pods, which went, count as failed afterwards is no end of their own.
        if (go.isEmpty() && gang.isSuspended() && Holds.word(gang.job()).equals(Optional.of(Holds.Word.LATE))) {
            return late();
        }
        if (failed.isPresent()) {
            String raw = "Failed (" + Seen.text(failed.get().getReason()) + ")";
            return new Look(ended(failure(failed.get()), endTime(failed)), raw);
        }
        if (gang.job().getMetadata().getDeletionTimestamp() != null) {
            return gang.pods().stream().allMatch(Seen::isOver)
                    ? new Look(ended(new AttemptEnd.Stopped(), now), "deleted")
                    : new Look(leaving(), "being deleted");
        }
        if (gang.isSuspended()) {
            return go.isPresent() ? suspendedByOthers() : suspended();
        }
        boolean ending = isStopped() || gang.condition("FailureTarget").isPresent();
        return go.map(said -> ending
                        ? new Look(new Sighting.Completing(0, said.at()), "Ending")
                        : new Look(new Sighting.Running(0, said.at(), Claimed.UNKNOWN), "Running"))
                .orElseGet(() -> new Look(new Sighting.Pending(0, why()), "Pending (" + gang.progress() + ")"));
    }

    /** Of a pod that there is rather than of one that could not be made: the note stays when the pod is there after all. */
    private String why() {
        String waits = gang.waitsFor();
        return waits.isEmpty() && gang.pods().size() < gang.nodes() ? note : waits;
    }

    /** On its way out, if it had begun. */
    private Sighting leaving() {
        return go.<Sighting>map(said -> new Sighting.Completing(0, said.at())).orElseGet(() -> new Sighting.Pending(0));
    }

    private Look late() {
        String why = Gang.annotation(gang.job(), Keys.GAVE_UP);
        AttemptEnd end = new AttemptEnd.RefusedByCluster(Refusal.later("not-together", why));
        Instant at = endTime(gang.condition("Suspended"));
        return isStopped()
                ? new Look(ended(new AttemptEnd.Stopped(), stopped.at()), "stopped")
                : new Look(ended(end, at), "Suspended (" + why + ")");
    }

    /** Nothing of ours suspends what has begun. */
    private Look suspendedByOthers() {
        if (!gang.pods().stream().allMatch(Seen::isOver)) {
            return new Look(leaving(), "Suspended");
        }
        AttemptEnd end = isStopped()
                ? new AttemptEnd.Stopped()
                : new AttemptEnd.Interrupted("it was suspended after it had started, and not by Sluice");
        return new Look(ended(end, endTime(gang.condition("Suspended"))), "Suspended");
    }

    /** Before the word. */
    private Look suspended() {
        if (isStopped()) {
            return new Look(ended(new AttemptEnd.Stopped(), stopped.at()), "stopped");
        }
        Optional<Holds.Word> word = Holds.word(gang.job());
        // An etcd was restored that knows nothing of its release, and may know nothing of the word either.
        if (word.equals(Optional.of(Holds.Word.RAN))) {
            AttemptEnd end = new AttemptEnd.Interrupted("it is suspended, and had started, or may have");
            return new Look(ended(end, endTime(gang.condition("Suspended"))), "Suspended");
        }
        Holder by = word.equals(Optional.of(Holds.Word.PARKED))
                ? Holder.UNRELEASED
                : word.equals(Optional.of(Holds.Word.HELD)) ? Holder.US : Holder.ADMINISTRATOR;
        return new Look(new Sighting.Held(0, by, "suspended"), "Suspended");
    }

    /** Since the word was said; what was never said of has not run for a moment. */
    private Sighting ended(AttemptEnd end, Instant at) {
        Instant from = go.map(Go::at)
                .map(said -> said.isBefore(at) ? said : at.minusMillis(1))
                .orElse(at);
        return new Sighting.Ended(0, end, from, at);
    }

    private Instant endTime(Optional<JobCondition> condition) {
        return condition
                .flatMap(over -> Seen.instant(over.getLastTransitionTime()))
                .orElse(now);
    }

    /**
     * How the pod ended that took the others with it. Which that was the times do not tell, in whole seconds: what was done to a pod
     * counts before what its program did, which may have missed its peer, and both before the ends that the Job controller gave the rest.
     */
    private AttemptEnd failure(JobCondition failed) {
        Optional<AttemptEnd> worst = gang.pods().stream()
                .filter(Seen::isOver)
                .map(Ends::of)
                .filter(end -> rank(end) < Integer.MAX_VALUE)
                .min(Comparator.comparingInt(GangStates::rank));
        boolean isByItself = worst.filter(AttemptEnd.Finished.class::isInstance).isPresent();
        if (isStopped() && (go.isEmpty() || !isByItself)) {
            return new AttemptEnd.Stopped();
        }
        AttemptEnd end =
                worst.orElseGet(() -> States.failure(Seen.text(failed.getMessage()), Seen.text(failed.getReason())));
        return go.isPresent() || couldNotStart(end) ? end : new AttemptEnd.NeverStarted();
    }

    /**
     * What our first lines, or a container that cannot be started, end with by themselves; another try would not change that. By a
     * signal they end when somebody takes the pod away.
     */
    private static boolean couldNotStart(AttemptEnd end) {
        return end instanceof AttemptEnd.Finished(Verdict verdict)
                && (verdict instanceof Verdict.OutOfMemory
                        || verdict instanceof Verdict.Failed failed && failed.exitCode() <= Ends.SIGNAL);
    }

    private static int rank(AttemptEnd end) {
        return switch (end) {
            case AttemptEnd.NodeLost lost -> 0;
            case AttemptEnd.Preempted preempted -> 1;
            case AttemptEnd.Interrupted interrupted -> 2;
            case AttemptEnd.Finished(Verdict verdict) ->
                verdict instanceof Verdict.TimedOut
                        ? 3
                        : verdict instanceof Verdict.OutOfMemory ? 4 : verdict.success() ? Integer.MAX_VALUE : 5;
            case AttemptEnd.NeverStarted n -> 6;
            case AttemptEnd.RefusedByCluster r -> 6;
            case AttemptEnd.Withdrawn w -> 6;
            case AttemptEnd.Settled s -> 6;
            case AttemptEnd.Stopped stopped -> 7;
        };
    }
}
