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
     * @param note why it could not get a pod, the last time that it said so; empty where it never did
     * @param isGone whether the Job was seen to go
     */
    record View(Job job, List<Pod> pods, String note, boolean isGone) {
        String uid() {
            return job.getMetadata().getUid();
        }
    }

    private static final class Entry {
        @Nullable
        Job job;

        boolean isGone;
        String note = "";
        long changed;
        final Map<String, Pod> pods = new LinkedHashMap<>();

        /** Those that were seen to go, by uid, and the version at which they did. */
        final Map<String, Long> gonePods = new HashMap<>();
    }

    /** The newest version of each kind that anybody told. */
    record Newest(long job, long pod) {
        /** Whether a list that was asked for later is from before. */
        boolean isAheadOf(String jobsAt, String podsAt) {
            return isAheadOf(jobsAt) || pod > version(podsAt);
        }

        boolean isAheadOf(String jobsAt) {
            return job > version(jobsAt);
        }
    }

    private final InstantSource clock;
    private final Map<String, Entry> entries = new HashMap<>();
    private final Set<String> gangs = new LinkedHashSet<>();
    private long changes;
    private long gaps;
    private Newest newest = new Newest(0, 0);

    Mirror(InstantSource clock) {
        this.clock = clock;
    }

    /** How many changes there were. */
    synchronized long changes() {
        return changes;
    }

    /** A list that is asked for after this is no older, unless history was set back. */
    synchronized Newest newest() {
        return newest;
    }

    /**
     * Whether one of them is older than it was told to be before that list: no version of an object is followed by a lower one, unless the
     * cluster's history was set back, as by a restored etcd.
     */
    synchronized boolean isSetBackBy(List<Job> listed, String at) {
        return listed.stream().anyMatch(job -> {
            long known = versionOf(job.getMetadata().getUid());
            return known <= version(at) && known > version(job.getMetadata().getResourceVersion());
        });
    }

    /** Of a Job as it was told last; 0 for none. */
    synchronized long versionOf(String uid) {
        Entry entry = entries.get(uid);
        return entry == null || entry.job == null
                ? 0
                : version(entry.job.getMetadata().getResourceVersion());
    }

    private void heard(Job job) {
        newest = new Newest(Math.max(newest.job(), version(job.getMetadata().getResourceVersion())), newest.pod());
    }

    private void heard(Pod pod) {
        newest = new Newest(
                newest.job(), Math.max(newest.pod(), version(pod.getMetadata().getResourceVersion())));
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
        return Optional.ofNullable(entry.job)
                .map(job -> new View(job, List.copyOf(entry.pods.values()), entry.note, entry.isGone));
    }

    /** Those that went and are remembered. */
    synchronized List<View> gone() {
        return entries.values().stream()
                .filter(entry -> entry.isGone)
                .flatMap(entry -> view(entry).stream())
                .toList();
    }

    /** Whether a pod was seen to go, and none of its containers had started. */
    synchronized boolean wentUnstarted(String job, String pod) {
        Entry entry = entries.get(job);
        return entry != null && entry.gonePods.containsKey(pod) && !entry.pods.containsKey(pod);
    }

    /** Changes may have been missed. */
    synchronized void gap() {
        gaps++;
    }

    /** How often. What was watched since there was one more has not been watched. */
    synchronized long gaps() {
        return gaps;
    }

    /** Jobs, by uid, that were told as let run. */
    synchronized Set<String> released() {
        Set<String> released = new HashSet<>();
        entries.forEach((uid, entry) -> {
            if (entry.job != null && !Boolean.TRUE.equals(entry.job.getSpec().getSuspend())) {
                released.add(uid);
            }
        });
        return released;
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
        heard(job);
        Entry entry = entry(job.getMetadata().getUid());
        if (!entry.isGone && isNewer(job, entry.job)) {
            entry.job = job;
            noteIfGang(job);
            touch(entry);
        }
    }

    private void noteIfGang(Job job) {
        if (Gang.is(job)) {
            gangs.add(job.getMetadata().getUid());
        }
    }

    synchronized void offer(Pod pod) {
        heard(pod);
        Entry entry = entry(Trim.jobOf(pod));
        String uid = pod.getMetadata().getUid();
        Pod before = entry.pods.get(uid);
        if (!entry.gonePods.containsKey(uid) && isNewer(pod, before)) {
            entry.pods.put(uid, sinceItsDeletion(pod, before));
            touch(entry);
        }
    }

    /** Why a Job could not get a pod. */
    synchronized void note(String job, String why) {
        Entry entry = entry(job);
        if (!entry.isGone && !entry.note.equals(why)) {
            entry.note = why;
            touch(entry);
        }
    }

    /** What was noted of it last. */
    synchronized String noteOf(String job) {
        Entry entry = entries.get(job);
        return entry == null ? "" : entry.note;
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
        heard(last);
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
        heard(last);
        Entry entry = entry(Trim.jobOf(last));
        String uid = last.getMetadata().getUid();
        entry.gonePods.put(uid, version(last.getMetadata().getResourceVersion()));
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
     * All that there is. What is not among it and is no newer went unseen: of that nothing is known but what had ended. What is among
     * it stands as listed, unless something newer than the list was told: a version that is told by nobody any more is of a history that
     * was set back.
     *
     * @param jobsAt the version that the first list was taken at
     */
    synchronized void replace(List<Job> jobs, String jobsAt, List<Pod> pods, String podsAt) {
        Set<String> there = new HashSet<>();
        jobs.forEach(job -> there.add(job.getMetadata().getUid()));
        pods.forEach(pod -> there.add(pod.getMetadata().getUid()));
        jobs.forEach(job -> listed(job, jobsAt));
        pods.forEach(pod -> listed(pod, podsAt));
        entries.values().removeIf(entry -> {
            boolean unseen = entry.job != null
                    && !entry.isGone
                    && !there.contains(entry.job.getMetadata().getUid())
                    && isUpTo(entry.job, jobsAt);
            if (!unseen) {
                entry.pods
                        .values()
                        .removeIf(pod -> !there.contains(pod.getMetadata().getUid())
                                && !entry.gonePods.containsKey(pod.getMetadata().getUid())
                                && isUpTo(pod, podsAt)
                                && !Seen.isOver(pod));
            }
            return unseen || entry.job == null && entry.pods.isEmpty();
        });
        gangs.retainAll(entries.keySet());
        changes++;
        notifyAll();
    }

    private void listed(Job job, String at) {
        heard(job);
        Entry entry = entry(job.getMetadata().getUid());
        if (entry.job == null || isUpTo(entry.job, at) && (entry.isGone || !isSame(entry.job, job))) {
            entry.job = job;
            entry.isGone = false;
            noteIfGang(job);
            touch(entry);
        }
    }

    private void listed(Pod pod, String at) {
        heard(pod);
        Entry entry = entry(Trim.jobOf(pod));
        String uid = pod.getMetadata().getUid();
        Pod known = entry.pods.get(uid);
        Long gone = entry.gonePods.get(uid);
        boolean isOlder = gone != null ? gone <= version(at) : known == null || isUpTo(known, at);
        if (isOlder && (gone != null || known == null || !isSame(known, pod))) {
            entry.pods.put(uid, Seen.isDeleted(pod) ? sinceItsDeletion(pod, known) : pod);
            entry.gonePods.remove(uid);
            touch(entry);
        }
    }

    private static boolean isSame(HasMetadata one, HasMetadata other) {
        return version(one.getMetadata().getResourceVersion())
                == version(other.getMetadata().getResourceVersion());
    }

    private static boolean isUpTo(HasMetadata object, String version) {
        return version(object.getMetadata().getResourceVersion()) <= version(version);
    }

    /** The cluster's history was set back: what was told of it did not happen. */
    synchronized void clear() {
        entries.clear();
        gangs.clear();
        newest = new Newest(0, 0);
        changes++;
        notifyAll();
    }

    /** Its end is on our disk, and it is gone from the cluster. */
    synchronized void forget(String uid) {
        entries.remove(uid);
        gangs.remove(uid);
    }
}
