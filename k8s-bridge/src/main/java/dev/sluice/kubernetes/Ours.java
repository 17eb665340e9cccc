package dev.sluice.kubernetes;

import dev.sluice.cluster.Observation;
import dev.sluice.cluster.Search;
import dev.sluice.job.AttemptId;
import dev.sluice.job.Binding;
import dev.sluice.job.TaskSet;
import dev.sluice.kubernetes.manifest.Keys;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An object of ours, and how its tasks stand.
 *
 * @param pods those that went, too, as far as their last is known
 */
record Ours(AttemptId attempt, Binding binding, Job job, List<Pod> pods, List<States.Standing> tasks) {
    /**
     * Empty where the Job does not carry our key as we write it.
     *
     * @param note why it could not get a pod, if it ever said so
     */
    static Optional<Ours> of(Job job, List<Pod> pods, String note, long realm, Instant now) {
        Map<String, String> labels = job.getMetadata().getLabels();
        if (labels == null) {
            return Optional.empty();
        }
        return AttemptId.read(Seen.text(labels.get(Keys.ATTEMPT)))
                .filter(attempt -> attempt.realm() == realm)
                .filter(attempt -> Keys.name(attempt).equals(job.getMetadata().getName()))
                .map(attempt -> new Ours(attempt, binding(job), job, pods, States.of(job, pods, note, now)))
                .filter(ours -> !ours.tasks.isEmpty());
    }

    static Binding binding(Job job) {
        ObjectMeta meta = job.getMetadata();
        Map<String, String> annotations = meta.getAnnotations() == null ? Map.of() : meta.getAnnotations();
        return new Binding(
                meta.getNamespace() + "/" + meta.getName(), meta.getUid(), Seen.text(annotations.get(Keys.OWNER)));
    }

    List<Observation> observations() {
        return tasks.stream()
                .map(each -> new Observation(attempt, binding, each.tasks(), each.seen(), each.raw()))
                .toList();
    }

    List<Search.Trace> traces() {
        return tasks.stream()
                .map(each -> new Search.Trace(binding, each.tasks(), each.seen()))
                .toList();
    }

    /** If it is one. */
    Optional<Gang> gang() {
        return Gang.of(job, pods);
    }

    /** The tasks that are not over. */
    TaskSet open() {
        return tasks.stream()
                .filter(each -> !each.isOver())
                .map(States.Standing::tasks)
                .reduce(TaskSet.EMPTY, TaskSet::union);
    }

    TaskSet allTasks() {
        return tasks.stream().map(States.Standing::tasks).reduce(TaskSet.EMPTY, TaskSet::union);
    }

    boolean isSuspended() {
        return Boolean.TRUE.equals(job.getSpec().getSuspend());
    }
}
