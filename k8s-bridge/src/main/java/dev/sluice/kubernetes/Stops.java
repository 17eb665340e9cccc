package dev.sluice.kubernetes;

import dev.sluice.cluster.Doubt;
import dev.sluice.cluster.Sighting;
import dev.sluice.cluster.Stopping;
import dev.sluice.job.AttemptEnd;
import dev.sluice.job.AttemptId;
import dev.sluice.job.Binding;
import dev.sluice.job.TaskSet;
import dev.sluice.kubernetes.api.Api;
import dev.sluice.kubernetes.api.Reply;
import dev.sluice.kubernetes.manifest.Keys;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Ends tasks. What was never released, or has no container yet, is taken away and was never there; of what runs the pods are deleted,
 * with grace, and the Job stays to tell of it.
 *
 * <p>First the Job is marked: from then on no end of such a task is a failure of its own, and a task of an array that has no pod yet
 * is turned away by the first lines of the one it will get.
 */
final class Stops {
    /** How long what has not begun may take to be gone, before its stop counts as merely asked for. */
    private static final Duration MOMENT = Duration.ofSeconds(3);

    private static final Duration LOOK = Duration.ofMillis(200);
    private static final int TRIES = 5;

    private final Api api;
    private final Reads reads;
    private final Mirror mirror;
    private final InstantSource clock;

    Stops(Api api, Reads reads, Mirror mirror, InstantSource clock) {
        this.api = api;
        this.reads = reads;
        this.mirror = mirror;
        this.clock = clock;
    }

    private boolean isTooLate(Instant fence) {
        return clock.instant().plus(api.patience()).isAfter(fence);
    }

    Stopping stop(AttemptId attempt, Binding binding, TaskSet tasks, Duration grace, Instant fence) {
        for (int tries = 0; tries < TRIES; tries++) {
            if (isTooLate(fence)) {
                return new Stopping.Unknown(new Doubt("its fence is too near; nothing was sent"));
            }
            Optional<Stopping> stopped = switch (reads.one(attempt, binding)) {
                case Reply.Said<Ours>(Ours ours) -> stop(ours, tasks, grace, fence);
                case Reply.Absent<Ours> absent ->
                    Optional.of(reads.gone(attempt, binding)
                            .flatMap(ours -> ends(ours, tasks))
                            .orElseGet(Stopping.Absent::new));
                case Reply.Conflict<Ours> conflict -> Optional.of(new Stopping.Unknown(new Doubt(conflict.message())));
                case Reply.Refused<Ours> refused ->
                    Optional.of(new Stopping.Unknown(new Doubt(refused.refusal().message())));
                case Reply.Unknown<Ours> unknown -> Optional.of(new Stopping.Unknown(unknown.doubt()));
            };
            if (stopped.isPresent()) {
                return stopped.get();
            }
        }
        return new Stopping.Unknown(new Doubt("it changed each time it was to be stopped"));
    }

    /** What all of these tasks came to; empty where some are not over, or there are none. */
    private static Optional<Stopping> ends(Ours ours, TaskSet tasks) {
        List<Sighting> seen = ours.tasks().stream()
                .filter(each -> each.tasks().intersects(tasks))
                .map(States.Standing::seen)
                .toList();
        if (seen.isEmpty() || !seen.stream().allMatch(Sighting.Ended.class::isInstance)) {
            return Optional.empty();
        }
        List<Sighting.Ended> ends =
                seen.stream().map(Sighting.Ended.class::cast).toList();
        if (ends.stream()
                .allMatch(end ->
                        end.end() instanceof AttemptEnd.Stopped && end.started().equals(end.at()))) {
            return Optional.of(new Stopping.NeverRan());
        }
        Sighting.Ended first = ends.getFirst();
        return Optional.of(
                ends.size() == 1 ? new Stopping.Ended(first.end(), first.started(), first.at()) : new Stopping.Asked());
    }

    /** Empty: it was another version by then. */
    private Optional<Stopping> stop(Ours ours, TaskSet tasks, Duration grace, Instant fence) {
        Optional<Stopping> over = ends(ours, tasks);
        if (over.isPresent()) {
            return over;
        }
        TaskSet meant = ours.open().intersect(tasks);
        if (meant.isEmpty()) {
            return Optional.of(new Stopping.Absent());
        }
        boolean whole = ours.open().minus(meant).isEmpty();
        boolean nothing = ours.pods().isEmpty();
        if (whole && nothing && ours.isSuspended()) {
            return remove(ours);
        }
        boolean begun = begun(ours);
        Reply<Job> marked = mark(ours, meant, whole && !begun);
        if (marked instanceof Reply.Conflict<Job>) {
            return Optional.empty();
        }
        if (!(marked instanceof Reply.Said<Job>(Job job))) {
            return Optional.of(
                    marked instanceof Reply.Absent<Job>
                            ? new Stopping.Absent()
                            : new Stopping.Unknown(marked.doubt("it could not be marked")));
        }
        return Optional.of(afterMark(ours, job, meant, grace, fence));
    }

    /** Whether its user's program began, or nobody can say that it did not. */
    static boolean begun(Ours ours) {
        return ours.gang().map(gang -> gang.go().isPresent()).orElseGet(() -> begun(ours.pods()));
    }

    /** Whether a container of them started, or nobody can say that none did. */
    private static boolean begun(List<Pod> pods) {
        return pods.stream().anyMatch(pod -> Seen.started(pod).isPresent() || Seen.isOver(pod) && Seen.isBound(pod));
    }

    /** Of what never had a pod. Empty: it was another version by then, as when its controller notes that it is suspended. */
    private Optional<Stopping> remove(Ours ours) {
        Paths.Place place = Paths.Place.of(ours.binding()).orElseThrow();
        Map<String, Object> thisOne = Deletion.of(ours.binding().incarnation())
                .at(ours.job().getMetadata().getResourceVersion())
                .inBackground();
        Reply<String> deleted = api.delete(place.job(), thisOne);
        if (deleted instanceof Reply.Conflict<String>) {
            return Optional.empty();
        }
        if (!(deleted instanceof Reply.Said<String>) && !(deleted instanceof Reply.Absent<String>)) {
            return Optional.of(new Stopping.Unknown(deleted.doubt("it could not be deleted")));
        }
        return Optional.of(
                switch (reads.one(ours.attempt(), ours.binding())) {
                    case Reply.Absent<Ours> gone -> new Stopping.NeverRan();
                    case Reply.Said<Ours> there -> new Stopping.Asked();
                    case Reply.Conflict<Ours> conflict -> new Stopping.Unknown(new Doubt(conflict.message()));
                    case Reply.Refused<Ours> refused ->
                        new Stopping.Unknown(new Doubt(refused.refusal().message()));
                    case Reply.Unknown<Ours> unknown -> new Stopping.Unknown(unknown.doubt());
                });
    }

    private Reply<Job> mark(Ours ours, TaskSet meant, boolean suspend) {
        Paths.Place place = Paths.Place.of(ours.binding()).orElseThrow();
        TaskSet all = Holds.stopped(ours.job()).tasks().union(meant);
        if (States.isArray(ours.job())) {
            Map<String, ?> file = Map.of(
                    "metadata",
                    Map.of("ownerReferences", owner(ours)),
                    "data",
                    Map.of(Keys.STOPPED_FILE, base64(all.toString())));
            Reply<Secret> written = api.patch(place.secret(), file, Secret.class);
            if (!(written instanceof Reply.Said<Secret>)) {
                return Reply.unknown(written.doubt("its Secret").why());
            }
        }
        // Until it is proven otherwise: a pod may start before it hears of this, and go before anybody looks again.
        // Of a gang its word tells, which is not said of what is marked.
        TaskSet unproven = ours.gang().isPresent()
                ? TaskSet.EMPTY
                : Holds.stopped(ours.job()).unproven().union(meant);
        Holds.Patch patch = Holds.patch(ours.job()).stopped(new Holds.Stopped(all, clock.instant(), unproven));
        if (suspend) {
            patch.suspended();
        }
        return sent(place, patch);
    }

    private Reply<Job> sent(Paths.Place place, Holds.Patch patch) {
        return api.patch(place.job(), patch.build(), Job.class).map(job -> {
            Job kept = Trim.job(job);
            mirror.offer(kept);
            return kept;
        });
    }

    private static List<Map<String, ?>> owner(Ours ours) {
        return List.of(Map.of(
                "apiVersion",
                "batch/v1",
                "kind",
                "Job",
                "name",
                ours.job().getMetadata().getName(),
                "uid",
                ours.binding().incarnation()));
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private Stopping afterMark(Ours before, Job job, TaskSet meant, Duration grace, Instant fence) {
        Reply<List<Pod>> reply = reads.podsOf(job);
        if (!(reply instanceof Reply.Said<List<Pod>>(List<Pod> pods))) {
            return new Stopping.Unknown(reply.doubt("its pods"));
        }
        List<Pod> known = new ArrayList<>(before.pods());
        known.addAll(pods);
        for (Pod pod : pods) {
            boolean isMeant = task(before, pod).filter(meant::contains).isPresent();
            if (isMeant && !Seen.isOver(pod) && !Seen.isDeleted(pod)) {
                if (isTooLate(fence)) {
                    return new Stopping.Unknown(new Doubt("its fence is too near for all of its pods"));
                }
                String path = Paths.pod(
                        pod.getMetadata().getNamespace(), pod.getMetadata().getName());
                Reply<String> deleted =
                        api.delete(path, Deletion.of(pod.getMetadata().getUid()).within(grace));
                if (!(deleted instanceof Reply.Said<String>) && !(deleted instanceof Reply.Absent<String>)) {
                    return new Stopping.Unknown(deleted.doubt("a pod could not be deleted"));
                }
            }
        }
        return settled(before, meant, known);
    }

    /** Whether of each pod that is gone its last was heard: a read may be ahead of the watch, which tells how it went. */
    private boolean areHeard(Ours now, List<Pod> known) {
        String job = now.binding().incarnation();
        return known.stream()
                .map(pod -> pod.getMetadata().getUid())
                .allMatch(uid -> mirror.wentUnstarted(job, uid)
                        || now.pods().stream()
                                .anyMatch(pod -> uid.equals(pod.getMetadata().getUid())));
    }

    private static Optional<Integer> task(Ours ours, Pod pod) {
        int[] tasks = ours.allTasks().stream().toArray();
        return States.index(ours.job(), pod)
                .filter(index -> index < tasks.length)
                .map(index -> tasks[index]);
    }

    /**
     * Those of which nothing is left, and each pod of which was seen to go without having started, or was given to no node when this
     * call found it: what then went within the call had no time to start and end.
     */
    private TaskSet proven(Ours now, TaskSet meant, List<Pod> known) {
        String job = now.binding().incarnation();
        TaskSet.Builder doubtful = new TaskSet.Builder();
        Stream.concat(
                        now.pods().stream(),
                        known.stream()
                                .filter(pod -> Seen.isBound(pod)
                                        && !mirror.wentUnstarted(
                                                job, pod.getMetadata().getUid())))
                .forEach(pod -> task(now, pod).ifPresent(doubtful::add));
        return meant.intersect(Holds.stopped(now.job()).unproven()).minus(doubtful.build());
    }

    /** Writes down that these never started. */
    private boolean prove(Ours now, TaskSet proven) {
        Paths.Place place = Paths.Place.of(now.binding()).orElseThrow();
        Holds.Stopped stopped = Holds.stopped(now.job()).proven(proven);
        return sent(place, Holds.patch(now.job()).stopped(stopped)) instanceof Reply.Said<Job>;
    }

    /** Reads again what became of it; of what had not begun for a moment, since it is soon over. */
    private Stopping settled(Ours before, TaskSet meant, List<Pod> known) {
        long until = System.nanoTime() + MOMENT.toNanos();
        while (true) {
            long seen = mirror.changes();
            if (!(reads.one(before.attempt(), before.binding()) instanceof Reply.Said<Ours>(Ours now))) {
                return new Stopping.Asked();
            }
            TaskSet proven = proven(now, meant, known);
            if (!proven.isEmpty()) {
                // Its controller may have written in between: then this is looked at anew, and not told as if it had
                // run.
                if (!prove(now, proven) && System.nanoTime() >= until) {
                    return new Stopping.Asked();
                }
                continue;
            }
            Optional<Stopping> over = ends(now, meant);
            if (over.isPresent() && (areHeard(now, known) || System.nanoTime() >= until)) {
                return over.get();
            }
            if (begun(now) || System.nanoTime() >= until) {
                return new Stopping.Asked();
            }
            try {
                mirror.awaitChange(seen, Math.min(until, System.nanoTime() + LOOK.toNanos()));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return new Stopping.Asked();
            }
        }
    }
}
