package dev.sluice.kubernetes;

import dev.sluice.kubernetes.manifest.Keys;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import io.fabric8.kubernetes.api.model.batch.v1.JobStatus;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A Job of ours that is one task in several pods, one for each of its nodes.
 *
 * <p>Its user's program begins in all of them or in none. Whether it does is one annotation of its Job, {@link Keys#GO}, which is written
 * into one version of that Job and no other: one that is released, that nobody stopped and that has not failed. Each change that ends a
 * gang before it began is of such a version, too, so of the two the API server lets one happen. Its pods wait until the word is in an
 * annotation of their own, which is written after it is in their Job.
 *
 * @param job with our annotations
 * @param pods all that there are of it, those that went, too, as far as their last is known
 * @param nodes how many pods there shall be
 */
record Gang(Job job, List<Pod> pods, int nodes) {
    /** Empty where the Job is no gang. */
    static Optional<Gang> of(Job job, List<Pod> pods) {
        return nodes(job).map(nodes -> new Gang(job, pods, nodes));
    }

    static boolean is(Job job) {
        return nodes(job).isPresent();
    }

    private static Optional<Integer> nodes(Job job) {
        Map<String, String> labels = job.getMetadata().getLabels();
        try {
            return Optional.ofNullable(labels).map(all -> all.get(Keys.NODES)).map(Integer::valueOf);
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** That its user's program may begin, or has begun, and in which pods. */
    record Go(Instant at, Set<String> pods) {
        String text() {
            return at + " " + pods.stream().sorted().collect(Collectors.joining(" "));
        }
    }

    /** Empty: nothing of its user's has run, in none of its pods. */
    Optional<Go> go() {
        String[] words = annotation(job, Keys.GO).split(" ");
        return Seen.instant(words[0])
                .map(at -> new Go(at, Arrays.stream(words).skip(1).collect(Collectors.toSet())));
    }

    static String annotation(HasMetadata object, String key) {
        Map<String, String> all = object.getMetadata().getAnnotations();
        return all == null ? "" : all.getOrDefault(key, "");
    }

    /**
     * Whether the word may be said of this version of its Job. Until the Job controller has seen it resumed, its pods and its time are
     * those of the release before.
     */
    boolean mayGo() {
        return isToStart() && condition("Suspended").isEmpty();
    }

    /** Whether it may run, has not begun, and nothing has ended it. */
    boolean isToStart() {
        return !isSuspended()
                && go().isEmpty()
                && job.getMetadata().getDeletionTimestamp() == null
                && Holds.stopped(job).tasks().isEmpty()
                && conditions().stream()
                        .noneMatch(condition -> "True".equals(condition.getStatus())
                                && Set.of("Failed", "FailureTarget", "Complete", "SuccessCriteriaMet")
                                        .contains(condition.getType()));
    }

    boolean isSuspended() {
        return Boolean.TRUE.equals(job.getSpec().getSuspend());
    }

    private List<JobCondition> conditions() {
        return Optional.ofNullable(job.getStatus())
                .map(JobStatus::getConditions)
                .orElse(List.of());
    }

    Optional<JobCondition> condition(String type) {
        return conditions().stream()
                .filter(condition -> type.equals(condition.getType()) && "True".equals(condition.getStatus()))
                .findFirst();
    }

    /** When it was released last, as the Job controller has it. */
    Optional<Instant> released() {
        return Optional.ofNullable(job.getStatus()).flatMap(status -> Seen.instant(status.getStartTime()));
    }

    /** Those that are ready, by their number. */
    Map<Integer, Pod> ready() {
        Map<Integer, Pod> ready = new TreeMap<>();
        for (Pod pod : pods) {
            if (!Seen.isOver(pod)
                    && !Seen.isDeleted(pod)
                    && Seen.condition(pod, "Ready").isPresent()) {
                node(pod).filter(number -> number < nodes).ifPresent(number -> ready.put(number, pod));
            }
        }
        return ready;
    }

    /** Since when all that are ready are, as the kubelets have it; empty where that is not told. */
    Optional<Instant> readySince() {
        return ready().values().stream()
                .flatMap(pod -> Seen.condition(pod, "Ready").stream())
                .flatMap(ready -> Seen.instant(ready.getLastTransitionTime()).stream())
                .max(Comparator.naturalOrder());
    }

    /** Which of the nodes a pod is, counted from 0. */
    static Optional<Integer> node(Pod pod) {
        try {
            return Optional.of(annotation(pod, States.INDEX))
                    .filter(text -> !text.isEmpty())
                    .map(Integer::valueOf);
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    boolean isReady() {
        return ready().size() == nodes;
    }

    /** The pods that the word was said of and that have not heard it. */
    List<Pod> toTell() {
        Set<String> meant = go().map(Go::pods).orElse(Set.of());
        return pods.stream()
                .filter(pod -> meant.contains(pod.getMetadata().getUid()))
                .filter(pod -> !Seen.isOver(pod) && !Seen.isDeleted(pod))
                .filter(pod -> annotation(pod, Keys.GO).isEmpty())
                .toList();
    }

    /** How far it is, for people: {@code 1 of 2 nodes ready, 1: Unschedulable}. */
    String progress() {
        Map<Integer, Pod> ready = ready();
        String others = pods.stream()
                .filter(pod -> !Seen.isOver(pod) && !Seen.isDeleted(pod))
                .sorted(Comparator.comparing((Pod pod) -> node(pod).orElse(nodes)))
                .filter(pod -> !ready.containsKey(node(pod).orElse(nodes)))
                .flatMap(pod -> why(pod).map(why -> node(pod).orElse(nodes) + ": " + why).stream())
                .limit(3)
                .collect(Collectors.joining(", "));
        return ready.size() + " of " + nodes + " nodes ready" + (others.isEmpty() ? "" : ", " + others);
    }

    /** What the first of the pods waits for that have to be ready yet; empty where that is nothing that anybody can change. */
    String waitsFor() {
        return pods.stream()
                .filter(pod -> !Seen.isOver(pod) && !Seen.isDeleted(pod))
                .sorted(Comparator.comparing((Pod pod) -> node(pod).orElse(nodes)))
                .map(Waits::of)
                .filter(why -> !why.isEmpty())
                .findFirst()
                .orElse("");
    }

    private static Optional<String> why(Pod pod) {
        return Optional.of(Waits.of(pod)).filter(why -> !why.isEmpty());
    }
}
