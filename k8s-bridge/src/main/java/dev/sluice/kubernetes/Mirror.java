package dev.sluice.kubernetes;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What is known of our Jobs and their pods, from lists, watches and the answers to our own writes: of each object the newest version
 * that any of them told. For many threads.
 *
 * <p>It holds no more than the cluster does, and for a while what went from it: the last of a pod may be all that says how it ended.
 */
final class Mirror {
    /**
     * One Job with its pods.
     *
     * @param pods those that went, too, if they had begun
     * @param isGone whether the Job was seen to go
     */
    record View(Job job, List<Pod> pods, boolean isGone) {
        String uid() {
            return job.getMetadata().getUid();
        }
    }

    private static final class Entry {
        @Nullable
        Job job;

        boolean isGone;
        long changed;
        final Map<String, Pod> pods = new LinkedHashMap<>();
        final Set<String> gonePods = new HashSet<>();
    }

    private final InstantSource clock;
    private final Map<String, Entry> entries = new HashMap<>();
    private final Set<String> gangs = new LinkedHashSet<>();
    private long changes;

    Mirror(InstantSource clock) {
        this.clock = clock;
    }

    /** How many changes there were. */
    synchronized long changes() {
        return changes;
    }

    /** Waits until there are more changes than that, or until the time is over (of {@link System#nanoTime}). */
    synchronized long awaitChange(long than, long until) throws InterruptedException {
        for (long left = until - System.nanoTime(); changes <= than && left > 0; left = until - System.nanoTime()) {
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        return changes;
    }

    private void touch(Entry entry) {
        changes++;
        entry.changed = changes;
        notifyAll();
    }

    /** What changed behind that many changes. */
    synchronized List<View> changedSince(long than) {
        List<View> all = new ArrayList<>();
        entries.values().stream()
                .filter(entry -> entry.changed > than)
                .forEach(entry -> view(entry).ifPresent(all::add));
        return all;
    }

    synchronized Optional<View> view(String uid) {
        return Optional.ofNullable(entries.get(uid)).flatMap(Mirror::view);
    }

    private static Optional<View> view(Entry entry) {
        return Optional.ofNullable(entry.job).map(job -> new View(job, List.copyOf(entry.pods.values()), entry.isGone));
    }

    /** Those that went and are remembered. */
    synchronized List<View> gone() {
        return entries.values().stream()
                .filter(entry -> entry.isGone)
                .flatMap(entry -> view(entry).stream())
                .toList();
    }

    /** Jobs of several nodes. */
    synchronized List<View> gangs() {
        return gangs.stream()
                .flatMap(uid -> Optional.ofNullable(entries.get(uid)).stream())
                .filter(entry -> !entry.isGone)
                .flatMap(entry -> view(entry).stream())
                .toList();
    }

    /** How many objects are held: for tests of what they take. */
    synchronized int size() {
        return entries.values().stream()
                .mapToInt(entry -> 1 + entry.pods.size())
                .sum();
    }

    synchronized void offer(Job job) {
        Entry entry = entry(job.getMetadata().getUid());
        if (!entry.isGone && isNewer(job, entry.job)) {
            entry.job = job;
            if (Gang.is(job)) {
                gangs.add(job.getMetadata().getUid());
            }
            touch(entry);
        }
    }

    synchronized void offer(Pod pod) {
        Entry entry = entry(Trim.jobOf(pod));
        String uid = pod.getMetadata().getUid();
        Pod before = entry.pods.get(uid);
        if (!entry.gonePods.contains(uid) && isNewer(pod, before)) {
            entry.pods.put(uid, sinceItsDeletion(pod, before));
            touch(entry);
        }
    }

    /**
     * With the time at which its deletion was asked for first. When the kubelet takes a pod away that has ended, the API server sets that
     * time anew (apiserver, BeforeDelete: it never lies in the past), and the end would seem to have come before.
     */
    private static Pod sinceItsDeletion(Pod pod, @Nullable Pod before) {
        return before == null || before.getMetadata().getDeletionTimestamp() == null
                ? pod
                : new PodBuilder(pod)
                        .editMetadata()
                        .withDeletionTimestamp(before.getMetadata().getDeletionTimestamp())
                        .withDeletionGracePeriodSeconds(before.getMetadata().getDeletionGracePeriodSeconds())
                        .endMetadata()
                        .build();
    }

    private Entry entry(String job) {
        return entries.computeIfAbsent(job, uid -> new Entry());
    }

    /** Versions are numbers that grow (Kubernetes, "API concepts", resource versions). */
    private static boolean isNewer(HasMetadata one, @Nullable HasMetadata other) {
        return other == null
                || version(one.getMetadata().getResourceVersion())
                        > version(other.getMetadata().getResourceVersion());
    }

    static long version(@Nullable String text) {
        try {
            return text == null ? 0 : Long.parseLong(text);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    synchronized void deleted(Job last) {
        Entry entry = entry(last.getMetadata().getUid());
        entry.isGone = true;
        entry.job = last.getMetadata().getDeletionTimestamp() != null
                ? last
                : new JobBuilder(last)
                        .editMetadata()
                        .withDeletionTimestamp(clock.instant().toString())
                        .endMetadata()
                        .build();
        touch(entry);
    }

    synchronized void deleted(Pod last) {
        Entry entry = entry(Trim.jobOf(last));
        String uid = last.getMetadata().getUid();
        entry.gonePods.add(uid);
        Pod known = sinceItsDeletion(last, entry.pods.remove(uid));
        if (Seen.isOver(known)) {
            entry.pods.put(uid, known);
        } else if (Seen.started(known).isPresent()) {
            entry.pods.put(uid, ended(known));
        }
        touch(entry);
    }

    /** One that went while its container was last seen running: nobody will say more of it. */
    private Pod ended(Pod last) {
        PodBuilder ended = new PodBuilder(last).editStatus().withPhase("Failed").endStatus();
        if (last.getMetadata().getDeletionTimestamp() == null) {
            ended.editMetadata()
                    .withDeletionTimestamp(clock.instant().toString())
                    .endMetadata();
        }
        return ended.build();
    }

    /**
     * All that there is. What is not among it and is no newer went unseen: of that nothing is known but what had ended.
     *
     * @param jobsAt the version that the first list was taken at
     */
    synchronized void replace(List<Job> jobs, String jobsAt, List<Pod> pods, String podsAt) {
        Set<String> there = new HashSet<>();
        jobs.forEach(job -> there.add(job.getMetadata().getUid()));
        pods.forEach(pod -> there.add(pod.getMetadata().getUid()));
        jobs.forEach(this::offer);
        pods.forEach(this::offer);
        entries.values().removeIf(entry -> {
            boolean unseen = entry.job != null
                    && !entry.isGone
                    && !there.contains(entry.job.getMetadata().getUid())
                    && isUpTo(entry.job, jobsAt);
            if (!unseen) {
                entry.pods
                        .values()
                        .removeIf(pod -> !there.contains(pod.getMetadata().getUid())
                                && !entry.gonePods.contains(pod.getMetadata().getUid())
                                && isUpTo(pod, podsAt)
                                && !Seen.isOver(pod));
            }
            return unseen || entry.job == null && entry.pods.isEmpty();
        });
        gangs.retainAll(entries.keySet());
        changes++;
        notifyAll();
    }

    private static boolean isUpTo(HasMetadata object, String version) {
        return version(object.getMetadata().getResourceVersion()) <= version(version);
    }

    /** Its end is on our disk, and it is gone from the cluster. */
    synchronized void forget(String uid) {
        entries.remove(uid);
        gangs.remove(uid);
    }
}
