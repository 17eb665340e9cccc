package dev.sluice.kubernetes;

import dev.sluice.kubernetes.manifest.Keys;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import java.time.Instant;

/** Pods and Jobs as Kubernetes has them in one state or another. */
final class Statuses {
    static final Instant NOW = Instant.parse("2026-11-29T12:00:00Z");
    static final String STARTED = "2026-11-29T11:00:00Z";
    static final String ENDED = "2026-11-29T11:30:00Z";
    static final Instant FROM = Instant.parse(STARTED);
    static final Instant TO = Instant.parse(ENDED);

    private Statuses() {}

    // ---- what pods look like

    static PodBuilder pod(String phase) {
        return new PodBuilder()
                .withNewMetadata()
                .withName("p")
                .endMetadata()
                .withNewSpec()
                .withNodeName("n1")
                .endSpec()
                .withNewStatus()
                .withPhase(phase)
                .endStatus();
    }

    static PodBuilder reason(PodBuilder pod, String reason, String message) {
        return pod.editStatus().withReason(reason).withMessage(message).endStatus();
    }

    static PodBuilder waiting(String reason) {
        return pod("Pending")
                .editStatus()
                .addNewContainerStatus()
                .withNewState()
                .withNewWaiting(null, reason)
                .endState()
                .endContainerStatus()
                .endStatus();
    }

    static PodBuilder running() {
        return pod("Running")
                .editStatus()
                .addNewContainerStatus()
                .withNewState()
                .withNewRunning(STARTED)
                .endState()
                .endContainerStatus()
                .endStatus();
    }

    static PodBuilder ended(String phase, String reason, int code, int signal, String finished) {
        return pod(phase)
                .editStatus()
                .addNewContainerStatus()
                .withNewState()
                .withNewTerminated()
                .withReason(reason)
                .withMessage("said")
                .withExitCode(code)
                .withSignal(signal == 0 ? null : signal)
                .withStartedAt(STARTED)
                .withFinishedAt(finished)
                .endTerminated()
                .endState()
                .endContainerStatus()
                .endStatus();
    }

    static PodBuilder failed(String reason, int code) {
        return ended("Failed", reason, code, 0, ENDED);
    }

    /** And not a word more of it. */
    static PodBuilder unsaid(PodBuilder pod) {
        return pod.editStatus()
                .editFirstContainerStatus()
                .editState()
                .editTerminated()
                .withMessage(null)
                .endTerminated()
                .endState()
                .endContainerStatus()
                .endStatus();
    }

    static PodBuilder disrupted(PodBuilder pod, String reason, String at) {
        return pod.editStatus()
                .addNewCondition()
                .withType("DisruptionTarget")
                .withStatus("True")
                .withReason(reason)
                .withMessage("why")
                .withLastTransitionTime(at)
                .endCondition()
                .endStatus();
    }

    static PodBuilder deleted(PodBuilder pod, String at, long grace) {
        return pod.editMetadata()
                .withDeletionTimestamp(at)
                .withDeletionGracePeriodSeconds(grace)
                .endMetadata();
    }

    static Pod at(int index, PodBuilder pod) {
        return pod.editMetadata()
                .addToAnnotations("batch.kubernetes.io/job-completion-index", Integer.toString(index))
                .endMetadata()
                .build();
    }

    // ---- what Jobs look like

    static JobBuilder released(String tasks) {
        return new JobBuilder()
                .withNewMetadata()
                .withName("j")
                .addToAnnotations(Keys.TASKS, tasks)
                .endMetadata()
                .withNewSpec()
                .withSuspend(false)
                .endSpec();
    }

    static JobBuilder condition(JobBuilder job, String type, String reason, String message) {
        return job.editOrNewStatus()
                .withStartTime(STARTED)
                .addNewCondition()
                .withType(type)
                .withStatus("True")
                .withReason(reason)
                .withMessage(message)
                .withLastTransitionTime(ENDED)
                .endCondition()
                .endStatus();
    }

    static JobBuilder suspended() {
        return released("0").editSpec().withSuspend(true).endSpec();
    }
}
