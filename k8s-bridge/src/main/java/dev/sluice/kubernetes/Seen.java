package dev.sluice.kubernetes;

import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodStatus;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What stands in a pod, of which each part may be missing. */
final class Seen {
    private Seen() {}

    static String text(@Nullable String text) {
        return text == null ? "" : text;
    }

    /** A time as the API writes it, in whole seconds; empty for none, which a runtime writes as the year 1970. */
    static Optional<Instant> instant(@Nullable String text) {
        try {
            return Optional.ofNullable(text)
                    .filter(given -> !given.isEmpty())
                    .map(Instant::parse)
                    .filter(Instant.EPOCH::isBefore);
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    private static Optional<PodStatus> status(Pod pod) {
        return Optional.ofNullable(pod.getStatus());
    }

    static String phase(Pod pod) {
        return text(status(pod).map(PodStatus::getPhase).orElse(""));
    }

    static String reason(Pod pod) {
        return text(status(pod).map(PodStatus::getReason).orElse(""));
    }

    static String message(Pod pod) {
        return text(status(pod).map(PodStatus::getMessage).orElse(""));
    }

    static boolean isOver(Pod pod) {
        return phase(pod).equals("Succeeded") || phase(pod).equals("Failed");
    }

    static boolean isDeleted(Pod pod) {
        return pod.getMetadata().getDeletionTimestamp() != null;
    }

    /** A condition that holds. */
    static Optional<PodCondition> condition(Pod pod, String type) {
        return status(pod).map(PodStatus::getConditions).orElse(List.of()).stream()
                .filter(condition -> type.equals(condition.getType()) && "True".equals(condition.getStatus()))
                .findFirst();
    }

    /** That of its only container. */
    static Optional<ContainerState> container(Pod pod) {
        return status(pod).map(PodStatus::getContainerStatuses).orElse(List.of()).stream()
                .findFirst()
                .map(ContainerStatus::getState);
    }

    static Optional<ContainerStateTerminated> terminated(Pod pod) {
        return container(pod).map(ContainerState::getTerminated);
    }

    static Optional<Instant> finished(ContainerStateTerminated ended) {
        return instant(ended.getFinishedAt());
    }

    /** When its container was started, if it ever was. */
    static Optional<Instant> started(Pod pod) {
        Optional<ContainerState> state = container(pod);
        Optional<Instant> runs =
                state.map(ContainerState::getRunning).flatMap(running -> instant(running.getStartedAt()));
        return runs.or(() -> terminated(pod).flatMap(ended -> instant(ended.getStartedAt())));
    }

    /** Whether it was given to a node. */
    static boolean isBound(Pod pod) {
        return pod.getSpec() != null && !text(pod.getSpec().getNodeName()).isEmpty();
    }

    /** Why no node was found for it, in the scheduler's words. */
    static Optional<String> unscheduled(Pod pod) {
        return status(pod).map(PodStatus::getConditions).orElse(List.of()).stream()
                .filter(condition ->
                        "PodScheduled".equals(condition.getType()) && "False".equals(condition.getStatus()))
                .map(condition -> text(condition.getReason()) + " (" + text(condition.getMessage()) + ")")
                .findFirst();
    }

    /** Why its container waits, in the kubelet's words; empty where it does not, or waits for nothing unusual. */
    static String waits(Pod pod) {
        return container(pod)
                .map(ContainerState::getWaiting)
                .map(waiting -> text(waiting.getReason()))
                .orElse("");
    }
}
