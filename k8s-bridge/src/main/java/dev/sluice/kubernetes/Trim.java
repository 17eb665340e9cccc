package dev.sluice.kubernetes;

import dev.sluice.kubernetes.manifest.Keys;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.PodStatusBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobSpec;
import io.fabric8.kubernetes.api.model.batch.v1.JobStatus;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What of Jobs and pods is kept in memory: what {@link States} reads, which is a twentieth of them. */
final class Trim {
    private static final Set<String> LABELS = Set.of(Keys.ATTEMPT, Keys.REALM, Keys.JOB, Keys.NODES);
    private static final Set<String> ANNOTATIONS = Set.of(
            Keys.TASKS,
            Keys.OWNER,
            Keys.HELD,
            Keys.WITH,
            Keys.DIGEST,
            Keys.STOPPED,
            Keys.POOL,
            Keys.GO,
            Keys.GAVE_UP,
            States.INDEX);
    private static final Set<String> CONDITIONS = Set.of("DisruptionTarget", "PodScheduled");
    private static final Set<String> OF_A_GANG = Set.of("DisruptionTarget", "PodScheduled", "Ready");

    private Trim() {}

    static Job job(Job job) {
        JobSpec spec = job.getSpec() == null ? new JobSpec() : job.getSpec();
        JobStatus status = job.getStatus() == null ? new JobStatus() : job.getStatus();
        return new JobBuilder()
                .withMetadata(meta(job.getMetadata()))
                .withNewSpec()
                .withSuspend(spec.getSuspend())
                .withCompletionMode(spec.getCompletionMode())
                .endSpec()
                .withNewStatus()
                .withStartTime(status.getStartTime())
                .withCompletedIndexes(status.getCompletedIndexes())
                .withFailedIndexes(status.getFailedIndexes())
                .withConditions(status.getConditions())
                .endStatus()
                .build();
    }

    static Pod pod(Pod pod) {
        PodStatus status = pod.getStatus() == null ? new PodStatus() : pod.getStatus();
        Map<String, String> labels = pod.getMetadata().getLabels();
        Set<String> conditions = labels != null && labels.containsKey(Keys.NODES) ? OF_A_GANG : CONDITIONS;
        return new PodBuilder()
                .withMetadata(meta(pod.getMetadata()))
                .withNewSpec()
                .withNodeName(pod.getSpec() == null ? null : pod.getSpec().getNodeName())
                .endSpec()
                .withStatus(new PodStatusBuilder()
                        .withPhase(status.getPhase())
                        .withReason(status.getReason())
                        .withMessage(status.getMessage())
                        .withConditions(status.getConditions().stream()
                                .filter(condition -> conditions.contains(condition.getType()))
                                .toList())
                        .withContainerStatuses(status.getContainerStatuses().stream()
                                .map(Trim::container)
                                .toList())
                        .build())
                .build();
    }

    private static ContainerStatus container(ContainerStatus status) {
        return new ContainerStatusBuilder()
                .withName(status.getName())
                .withState(status.getState())
                .build();
    }

    private static ObjectMeta meta(ObjectMeta whole) {
        ObjectMeta kept = new ObjectMeta();
        kept.setName(whole.getName());
        kept.setNamespace(whole.getNamespace());
        kept.setUid(whole.getUid());
        kept.setResourceVersion(whole.getResourceVersion());
        kept.setCreationTimestamp(whole.getCreationTimestamp());
        kept.setDeletionTimestamp(whole.getDeletionTimestamp());
        kept.setDeletionGracePeriodSeconds(whole.getDeletionGracePeriodSeconds());
        kept.setLabels(only(whole.getLabels(), LABELS));
        kept.setAnnotations(only(whole.getAnnotations(), ANNOTATIONS));
        kept.setOwnerReferences(whole.getOwnerReferences().stream()
                .filter(owner -> Boolean.TRUE.equals(owner.getController()))
                .map(Trim::owner)
                .toList());
        return kept;
    }

    private static OwnerReference owner(OwnerReference whole) {
        OwnerReference kept = new OwnerReference();
        kept.setUid(whole.getUid());
        kept.setName(whole.getName());
        return kept;
    }

    private static Map<String, String> only(@Nullable Map<String, String> all, Set<String> some) {
        Map<String, String> kept = new TreeMap<>();
        if (all != null) {
            some.forEach(key -> {
                String value = all.get(key);
                if (value != null) {
                    kept.put(key, value);
                }
            });
        }
        return kept;
    }

    /** The Job that a pod is of, by uid; empty text: of none. */
    static String jobOf(Pod pod) {
        List<OwnerReference> owners = pod.getMetadata().getOwnerReferences();
        return owners.isEmpty() ? "" : owners.getFirst().getUid();
    }
}
