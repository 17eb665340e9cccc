package dev.sluice.kubernetes;

import dev.sluice.cluster.Sighting;
import dev.sluice.cluster.Sighting.Claimed;
import dev.sluice.cluster.Sighting.Holder;
import dev.sluice.job.AttemptEnd;
import dev.sluice.job.InvalidValue;
import dev.sluice.job.TaskSet;
import dev.sluice.job.Verdict;
import dev.sluice.kubernetes.manifest.Keys;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import io.fabric8.kubernetes.api.model.batch.v1.JobStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How the tasks of a Job of ours stand, from the Job and its pods.
 *
 * <p>A pod that is there says more than its Job, which says how it ended after it is gone. Nothing is over before Kubernetes says so: a
 * pod on a node that is not heard of runs on. There is one run only, 0: no Job of ours makes a second pod for a task.
 */
final class States {
    static final String INDEX = "batch.kubernetes.io/job-completion-index";

    /** The Job controller's words for the rules of our manifests (podFailurePolicy). */
    private static final Pattern EXIT_CODE = Pattern.compile("failed with exit code (\\d{1,3}) matching");

    private static final Pattern DISRUPTION = Pattern.compile("has condition DisruptionTarget matching");

    /**
     * Tasks that stand alike.
     *
     * @param raw Kubernetes' own words, for people
     */
    record Standing(TaskSet tasks, Sighting seen, String raw) {
        boolean isOver() {
            return seen instanceof Sighting.Ended;
        }
    }

    private record Look(Sighting seen, String raw) {}

    private final Job job;
    private final String note;
    private final Holds.Stopped stopped;
    private final Instant now;

    private States(Job job, String note, Instant now) {
        this.job = job;
        this.note = note;
        this.stopped = Holds.stopped(job);
        this.now = now;
    }

    /**
     * How they stand.
     *
     * @param job with our annotations
     * @param pods all that there are of it
     * @param note why it could not get a pod the last time that it said so; empty where it never did
     * @param now stands for times that a status should have and has not
     * @return each task once; empty where the annotation is not one of ours
     */
    static List<Standing> of(Job job, List<Pod> pods, String note, Instant now) {
        States states = new States(job, note, now);
        return Gang.of(job, pods)
                .map(gang -> states.together(GangStates.of(gang, note, now)))
                .orElseGet(() -> states.all(pods));
    }

    private List<Standing> together(GangStates.Look look) {
        return tasks().stream()
                .map(tasks -> new Standing(tasks, look.seen(), look.raw()))
                .toList();
    }

    private List<Standing> all(List<Pod> pods) {
        Optional<TaskSet> tasks = tasks();
        if (tasks.isEmpty()) {
            return List.of();
        }
        int[] ours = tasks.get().stream().toArray();
        Map<Integer, Pod> byIndex = byIndex(pods);
        TaskSet completed = indices(status().map(JobStatus::getCompletedIndexes));
        TaskSet failed = indices(status().map(JobStatus::getFailedIndexes));
        Map<Look, TaskSet.Builder> alike = new LinkedHashMap<>();
        for (int index = 0; index < ours.length; index++) {
            Pod pod = byIndex.get(index);
            boolean isStopped = stopped.tasks().contains(ours[index]);
            boolean isProven = !stopped.unproven().contains(ours[index]);
            Look look = pod != null && (Seen.isOver(pod) || Seen.started(pod).isPresent())
                    ? of(pod, isStopped)
                    : isStopped && pod == null && !isProven && !completed.contains(index)
                            ? maybe(failed.contains(index))
                            : withoutRun(
                                    Optional.ofNullable(pod),
                                    completed.contains(index),
                                    failed.contains(index),
                                    isStopped);
            alike.computeIfAbsent(look, same -> new TaskSet.Builder()).add(ours[index]);
        }
        List<Standing> all = new ArrayList<>();
        alike.forEach((look, some) -> all.add(new Standing(some.build(), look.seen(), look.raw())));
        return all;
    }

    private Optional<TaskSet> tasks() {
        try {
            return Optional.ofNullable(job.getMetadata().getAnnotations())
                    .flatMap(all -> Optional.ofNullable(all.get(Keys.TASKS)))
                    .map(TaskSet::parse);
        } catch (InvalidValue e) {
            return Optional.empty();
        }
    }

    private Optional<JobStatus> status() {
        return Optional.ofNullable(job.getStatus());
    }

    /** Whether each of its pods is a task. */
    static boolean isArray(Job job) {
        return "Indexed".equals(job.getSpec().getCompletionMode()) && !Gang.is(job);
    }

    /** Of several of one task, as after a suspension that came too late, the one that says most. */
    private Map<Integer, Pod> byIndex(List<Pod> pods) {
        Map<Integer, Pod> byIndex = new LinkedHashMap<>();
        for (Pod pod : pods) {
            index(job, pod)
                    .ifPresent(index ->
                            byIndex.merge(index, pod, (one, other) -> weight(one) >= weight(other) ? one : other));
        }
        return byIndex;
    }

    /** What runs counts before what has ended, and that before what never started. */
    private static int weight(Pod pod) {
        if (Seen.isOver(pod)) {
            return 1;
        }
        return Seen.started(pod).isPresent() ? 2 : 0;
    }

    /** Which of its Job's tasks a pod is of, counted from 0. */
    static Optional<Integer> index(Job job, Pod pod) {
        if (!isArray(job)) {
            return Optional.of(0);
        }
        try {
            return Optional.ofNullable(pod.getMetadata().getAnnotations())
                    .flatMap(all -> Optional.ofNullable(all.get(INDEX)))
                    .map(Integer::valueOf);
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** As the Job controller writes them, {@code 0,2-4}; nothing it writes is beyond what a Job of ours has. */
    private static TaskSet indices(Optional<String> text) {
        try {
            return text.map(TaskSet::parse).orElse(TaskSet.EMPTY);
        } catch (InvalidValue e) {
            return TaskSet.EMPTY;
        }
    }

    private Look of(Pod pod, boolean isStopped) {
        if (Seen.isOver(pod)) {
            Instant at = Seen.terminated(pod)
                    .flatMap(Seen::finished)
                    .or(() -> Seen.condition(pod, "DisruptionTarget")
                            .flatMap(disruption -> Seen.instant(disruption.getLastTransitionTime())))
                    .orElse(now);
            return isStopped && wasTurnedAway(pod)
                    ? new Look(ended(new AttemptEnd.Stopped(), Optional.empty(), at), raw(pod))
                    : new Look(ended(end(pod, isStopped), Seen.started(pod), at), raw(pod));
        }
        Instant started = Seen.started(pod).orElse(now);
        boolean ending = Seen.isDeleted(pod) || Seen.terminated(pod).isPresent();
        return new Look(
                ending ? new Sighting.Completing(0, started) : new Sighting.Running(0, started, Claimed.UNKNOWN),
                raw(pod));
    }

    private static boolean wasTurnedAway(Pod pod) {
        return Seen.terminated(pod)
                .filter(ended -> Integer.valueOf(Keys.TURNED_AWAY).equals(ended.getExitCode()))
                .isPresent();
    }

    /**
     * Nobody stopped what ended because we suspended its Job: we wanted it to wait, and it had started. What was told to stop and died of
     * the signal for that was stopped, whatever its pod says of a deletion.
     */
    private AttemptEnd end(Pod pod, boolean isStopped) {
        AttemptEnd end = Ends.of(pod);
        if (isStopped && Ends.isAsked(end)) {
            return new AttemptEnd.Stopped();
        }
        boolean isHeldByUs = isSuspended() && Holds.word(job).isPresent();
        return end instanceof AttemptEnd.Stopped && isHeldByUs && !isStopped ? new AttemptEnd.Preempted() : end;
    }

    private boolean isSuspended() {
        return Boolean.TRUE.equals(job.getSpec().getSuspend());
    }

    /** Times are whole seconds: what ran for less has begun all the same. */
    private static Sighting ended(AttemptEnd end, Optional<Instant> started, Instant at) {
        Instant from = started.map(start -> start.isBefore(at) ? start : at.minusMillis(1))
                .orElse(at);
        return new Sighting.Ended(0, end, from, at);
    }

    private static String raw(Pod pod) {
        String reason = Seen.reason(pod);
        return reason.isEmpty() ? Seen.phase(pod) : Seen.phase(pod) + " (" + reason + ")";
    }

    /** It was stopped, its pod is gone, and nobody saw whether that had started: it counts as if it had. */
    private Look maybe(boolean failed) {
        Optional<JobCondition> complete = condition("Complete");
        if (!isArray(job) && complete.isPresent()) {
            return new Look(
                    ended(new AttemptEnd.Finished(Verdict.SUCCEEDED), startTime(), endTime(complete)), "Complete");
        }
        Optional<JobCondition> over = condition("Failed");
        boolean isTimed = failed || over.isPresent();
        return new Look(
                ended(
                        new AttemptEnd.Stopped(),
                        startTime().or(() -> Optional.of(stopped.at())),
                        isTimed ? endTime(over) : stopped.at()),
                "stopped");
    }

    /** A task none of whose pods has a container that started, or that has none. */
    private Look withoutRun(Optional<Pod> pod, boolean completed, boolean failed, boolean isStopped) {
        Optional<JobCondition> complete = condition("Complete");
        Optional<JobCondition> over = condition("Failed");
        if (completed || (!isArray(job) && complete.isPresent())) {
            return new Look(
                    ended(new AttemptEnd.Finished(Verdict.SUCCEEDED), startTime(), endTime(complete)), "Complete");
        }
        if (isStopped && pod.isEmpty()) {
            boolean ran = failed || over.isPresent();
            return new Look(
                    ended(
                            new AttemptEnd.Stopped(),
                            ran ? startTime() : Optional.empty(),
                            ran ? endTime(over) : stopped.at()),
                    "stopped");
        }
        if (failed || (!isArray(job) && over.isPresent())) {
            return new Look(ended(failure(over), startTime(), endTime(over)), raw(over));
        }
        if (over.isPresent() || complete.isPresent()) {
            return new Look(
                    ended(
                            new AttemptEnd.Interrupted("its Job ended without it: " + raw(over)),
                            Optional.empty(),
                            endTime(over.or(() -> complete))),
                    raw(over));
        }
        if (job.getMetadata().getDeletionTimestamp() != null && pod.isEmpty()) {
            return new Look(ended(new AttemptEnd.Stopped(), Optional.empty(), now), "deleted");
        }
        if (isSuspended()) {
            return suspended();
        }
        return new Look(
                new Sighting.Pending(0, pod.map(Waits::of).orElse(note)),
                pod.map(States::waiting).orElse("Pending"));
    }

    /** Who suspends a Job of ours but us does not write our mark. */
    private Look suspended() {
        Optional<Holds.Word> word = Holds.word(job);
        if (word.isEmpty()) {
            return new Look(new Sighting.Held(0, Holder.ADMINISTRATOR, "suspended"), "Suspended");
        }
        return switch (word.get()) {
            case PARKED -> new Look(new Sighting.Held(0, Holder.UNRELEASED, "suspended"), "Suspended");
            case HELD -> new Look(new Sighting.Held(0, Holder.US, "suspended"), "Suspended");
            case HOLDING -> new Look(new Sighting.Pending(0), "Suspended (whether it had started is being looked at)");
            case RAN, LATE ->
                new Look(
                        ended(
                                new AttemptEnd.Interrupted("it is suspended, and had started, or may have"),
                                Optional.empty(),
                                endTime(condition("Suspended"))),
                        "Suspended");
        };
    }

    private static String waiting(Pod pod) {
        String waits = Seen.waits(pod);
        return waits.isEmpty() || waits.equals("ContainerCreating") || waits.equals("PodInitializing")
                ? "Pending"
                : "Pending (" + waits + ")";
    }

    private Optional<JobCondition> condition(String type) {
        return status().map(JobStatus::getConditions).orElse(List.of()).stream()
                .filter(condition -> type.equals(condition.getType()) && "True".equals(condition.getStatus()))
                .findFirst();
    }

    private static String raw(Optional<JobCondition> condition) {
        return condition
                .map(JobCondition::getReason)
                .map(reason -> "Failed (" + reason + ")")
                .orElse("Failed");
    }

    /** Of a pod that is gone, its Job keeps what the rules of its manifest made it say; for one index of many, nothing. */
    private AttemptEnd failure(Optional<JobCondition> over) {
        String message = isArray(job) ? "" : over.map(JobCondition::getMessage).orElse("");
        return failure(Seen.text(message), raw(over));
    }

    /** @param message the Job controller's on its failure, empty where it is not of one pod */
    static AttemptEnd failure(String message, String raw) {
        Matcher code = EXIT_CODE.matcher(message);
        if (code.find()) {
            return Ends.exit(Integer.parseInt(code.group(1)));
        }
        if (DISRUPTION.matcher(message).find()) {
            return new AttemptEnd.Interrupted("its pod was disrupted, and is gone: " + message);
        }
        return new AttemptEnd.Interrupted("its pod is gone, and its Job says no more of it than: " + raw);
    }

    private Optional<Instant> startTime() {
        return status().flatMap(status -> Seen.instant(status.getStartTime()));
    }

    private Instant endTime(Optional<JobCondition> condition) {
        return condition
                .flatMap(over -> Seen.instant(over.getLastTransitionTime()))
                .orElse(now);
    }
}
