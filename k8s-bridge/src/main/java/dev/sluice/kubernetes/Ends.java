package dev.sluice.kubernetes;

import dev.sluice.job.AttemptEnd;
import dev.sluice.job.Verdict;
import dev.sluice.kubernetes.manifest.Keys;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How a pod that is over ended, from what the kubelet, the scheduler and the controllers wrote into its status (Kubernetes, "Pod
 * Lifecycle" and "Disruptions").
 *
 * <p>What the container did by itself counts before what was done to its pod afterwards: a program that had ended is not preempted.
 */
final class Ends {
    /** What a runtime adds to a signal's number to make an exit code of it. */
    static final int SIGNAL = 128;

    private static final int MOST_SIGNAL = 64;
    private static final int SIGKILL = 9;
    private static final int SIGTERM = 15;

    private static final String DISRUPTED = "DisruptionTarget";

    /**
     * What containerd says of a start that its own death broke off (seen with 1.7, killed); gRPC's and ttrpc's words for that. Its shim
     * is a program of its own: that it does not start is no job's fault.
     */
    private static final List<String> RUNTIME_WENT = List.of(
            "context canceled", "ttrpc: closed", "transport is closing", "connection refused", "failed to start shim");

    private Ends() {}

    /** The end of a pod in the phase Succeeded or Failed. */
    static AttemptEnd of(Pod pod) {
        if (Seen.phase(pod).equals("Succeeded")) {
            return new AttemptEnd.Finished(Verdict.SUCCEEDED);
        }
        Optional<ContainerStateTerminated> ended = Seen.terminated(pod);
        Optional<AttemptEnd> forced = forced(pod, ended.flatMap(Seen::finished));
        if (forced.isPresent()) {
            return forced.get();
        }
        return ended.map(Ends::of).orElseGet(() -> withoutContainer(pod));
    }

    /** What somebody did to the pod, if that came before its container's end. */
    private static Optional<AttemptEnd> forced(Pod pod, Optional<Instant> finished) {
        if (Seen.reason(pod).equals("DeadlineExceeded")) {
            return Optional.of(new AttemptEnd.Finished(new Verdict.TimedOut()));
        }
        Optional<PodCondition> disruption = Seen.condition(pod, DISRUPTED);
        if (disruption.isPresent()
                && !isBefore(finished, Seen.instant(disruption.get().getLastTransitionTime()))) {
            return Optional.of(disrupted(pod, disruption.get()));
        }
        if (Seen.reason(pod).equals("Evicted") || Seen.reason(pod).equals("Preempting")) {
            return Optional.of(new AttemptEnd.Interrupted("evicted by its node: " + Seen.message(pod)));
        }
        if (deleted(pod).isPresent() && !isBefore(finished, deleted(pod))) {
            return Optional.of(new AttemptEnd.Stopped());
        }
        return Optional.empty();
    }

    private static boolean isBefore(Optional<Instant> finished, Optional<Instant> other) {
        return finished.isPresent() && other.isPresent() && finished.get().isBefore(other.get());
    }

    /** When its deletion was asked for; the time in its metadata is that and the grace. */
    private static Optional<Instant> deleted(Pod pod) {
        Long grace = pod.getMetadata().getDeletionGracePeriodSeconds();
        return Seen.instant(pod.getMetadata().getDeletionTimestamp())
                .map(at -> at.minus(Duration.ofSeconds(grace == null ? 0 : grace)));
    }

    private static AttemptEnd disrupted(Pod pod, PodCondition disruption) {
        String reason = Seen.text(disruption.getReason());
        String message = Seen.text(disruption.getMessage());
        return switch (reason) {
            case "PreemptionByScheduler" -> new AttemptEnd.Preempted();
            case "DeletionByTaintManager", "DeletionByPodGC" -> new AttemptEnd.NodeLost();
            case "EvictionByEvictionAPI" ->
                new AttemptEnd.Interrupted("evicted, as by a drain of its node: " + message);
            case "TerminationByKubelet" ->
                new AttemptEnd.Interrupted(
                        "ended by its node: " + (Seen.message(pod).isEmpty() ? message : Seen.message(pod)));
            default -> new AttemptEnd.Interrupted("disrupted: " + reason + ": " + message);
        };
    }

    private static AttemptEnd of(ContainerStateTerminated ended) {
        int code = ended.getExitCode() == null ? 0 : ended.getExitCode();
        String message = Seen.text(ended.getMessage());
        if (code == Keys.NOT_AGAIN && message.startsWith(Keys.OUR_WORD)) {
            return new AttemptEnd.Interrupted(
                    message.substring(Keys.OUR_WORD.length()).strip());
        }
        return switch (Seen.text(ended.getReason())) {
            case "OOMKilled" -> new AttemptEnd.Finished(new Verdict.OutOfMemory());
            case "ContainerStatusUnknown", "Unknown" ->
                new AttemptEnd.Interrupted(
                        "its node does not know how it ended" + (message.isEmpty() ? "" : ": " + message));
            case "StartError", "ContainerCannotRun" ->
                RUNTIME_WENT.stream().anyMatch(message::contains)
                        ? new AttemptEnd.Interrupted(
                                "its node's container runtime went while it was started: " + message)
                        : new AttemptEnd.Finished(
                                new Verdict.Failed(code & 0xff, 0, "it could not be started: " + message));
            default -> new AttemptEnd.Finished(failed(code, ended.getSignal() == null ? 0 : ended.getSignal()));
        };
    }

    /** Whether it is the end of a program that was asked to end, politely or not: by SIGTERM or SIGKILL. */
    static boolean isAsked(AttemptEnd end) {
        return end instanceof AttemptEnd.Finished(Verdict.Failed failed)
                && (failed.exitCode() == SIGNAL + SIGTERM || failed.exitCode() == SIGNAL + SIGKILL);
    }

    /** Of a container of which no more is known than its exit code, not 0. */
    static AttemptEnd exit(int code) {
        return new AttemptEnd.Finished(failed(code, 0));
    }

    private static Verdict failed(int code, int signal) {
        if (signal > 0) {
            return new Verdict.Failed(code & 0xff, signal, "");
        }
        // A shell ends with the same code, and says nothing of a signal either.
        return code > SIGNAL && code <= SIGNAL + MOST_SIGNAL
                ? new Verdict.Failed(code, 0, "as of a program that signal " + (code - SIGNAL) + " killed")
                : new Verdict.Failed(code & 0xff, 0, "");
    }

    /**
     * A pod that its node did not take, or that nobody could report about any more. A node that comes back from a restart and does not
     * take a pod again writes over what it had said of the containers, so that only what had no node is known to have run nothing.
     */
    private static AttemptEnd withoutContainer(Pod pod) {
        String why = Seen.reason(pod) + ": " + Seen.message(pod);
        return switch (Seen.reason(pod)) {
            case "NodeLost" -> new AttemptEnd.NodeLost();
            case "NodeShutdown", "Shutdown", "Terminated" ->
                new AttemptEnd.Interrupted("its node was shut down: " + Seen.message(pod));
            default ->
                Seen.isBound(pod)
                        ? new AttemptEnd.Interrupted("Kubernetes has no exit code of it: " + why)
                        : new AttemptEnd.NeverStarted();
        };
    }
}
