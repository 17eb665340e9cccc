package dev.sluice.kubernetes;

import dev.sluice.cluster.Doubt;
import dev.sluice.cluster.Grant;
import dev.sluice.cluster.Release;
import dev.sluice.job.Refusal;
import dev.sluice.job.TaskSet;
import dev.sluice.kubernetes.Mirror.View;
import dev.sluice.kubernetes.api.Api;
import dev.sluice.kubernetes.api.Reply;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;

/**
 * Lets parked Jobs run: {@code suspend: false}, on the condition that the Job is the one that was bound, in the version that was seen
 * suspended by us. A version that the mirror has costs no read; a wrong one changes nothing and is read. Jobs of several nodes have
 * their turn, one after the other.
 */
final class Releases {
    /** Requests at once: above it a cluster only queues them. */
    private static final int WIDTH = 32;

    private final Api api;
    private final Reads reads;
    private final Mirror mirror;
    private final Halves halves;
    private final long realm;
    private final InstantSource clock;
    private final Turns turns;
    private final Semaphore lanes = new Semaphore(WIDTH);

    Releases(Api api, Reads reads, Mirror mirror, Halves halves, long realm, InstantSource clock) {
        this.api = api;
        this.reads = reads;
        this.mirror = mirror;
        this.halves = halves;
        this.realm = realm;
        this.turns = new Turns(api, realm);
        this.clock = clock;
    }

    List<Release> release(List<Grant> grants) {
        if (grants.size() == 1) {
            return List.of(release(grants.getFirst()));
        }
        List<Release> all = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Release>> sent = new ArrayList<>();
            grants.forEach(grant -> sent.add(threads.submit(() -> inLane(grant))));
            for (Future<Release> each : sent) {
                all.add(answer(each));
            }
        }
        return all;
    }

    private static Release answer(Future<Release> sent) {
        try {
            return sent.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Release.Unknown(new Doubt("interrupted"));
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    private Release inLane(Grant grant) throws InterruptedException {
        lanes.acquire();
        try {
            return release(grant);
        } finally {
            lanes.release();
        }
    }

    private Release release(Grant grant) {
        Optional<Ours> known = mirror.view(grant.binding().incarnation())
                .filter(view -> !view.isGone())
                .flatMap(this::ours)
                .filter(ours -> ours.attempt().equals(grant.attempt().id())
                        && ours.binding().equals(grant.binding()));
        Optional<Release> first = known.filter(Releases::mayRelease).flatMap(ours -> send(ours, grant));
        return first.orElseGet(() -> readAndRelease(grant));
    }

    private Optional<Ours> ours(View view) {
        return Ours.of(view.job(), view.pods(), view.note(), realm, clock.instant());
    }

    private static boolean mayRelease(Ours ours) {
        Optional<Holds.Word> word = Holds.word(ours.job());
        return ours.isSuspended()
                && (word.equals(Optional.of(Holds.Word.PARKED)) || word.equals(Optional.of(Holds.Word.HELD)));
    }

    private boolean isLate(Grant grant) {
        return clock.instant().isAfter(grant.notAfter());
    }

    private Release readAndRelease(Grant grant) {
        if (isLate(grant)) {
            return new Release.TooLate();
        }
        return switch (reads.one(grant.attempt().id(), grant.binding())) {
            case Reply.Said<Ours>(Ours ours) -> {
                if (!ours.isSuspended()) {
                    yield new Release.Released();
                }
                if (!mayRelease(ours)) {
                    yield refused(ours);
                }
                yield send(ours, grant)
                        .orElseGet(() -> new Release.Unknown(new Doubt("it changed while it was released")));
            }
            case Reply.Absent<Ours> absent -> new Release.Absent();
            case Reply.Conflict<Ours> conflict -> new Release.Unknown(new Doubt(conflict.message()));
            case Reply.Refused<Ours> refused ->
                new Release.Unknown(new Doubt(refused.refusal().message()));
            case Reply.Unknown<Ours> unknown -> new Release.Unknown(unknown.doubt());
        };
    }

    private static Release refused(Ours ours) {
        String why = Holds.word(ours.job())
                .map(word -> "its last run may have begun")
                .orElse("it is suspended, and not by Sluice");
        return new Release.Refused(
                Refusal.later("held", why + ": " + ours.binding().nativeId()));
    }

    /** Empty: it is not as it was seen. */
    private Optional<Release> send(Ours seen, Grant grant) {
        TaskSet wanted = seen.open().minus(Holds.stopped(seen.job()).tasks());
        if (wanted.isEmpty()) {
            return Optional.of(new Release.Absent());
        }
        TaskSet others = wanted.minus(grant.tasks());
        if (!others.isEmpty()) {
            return Optional.of(new Release.Refused(Refusal.never(
                    "whole-array",
                    "Kubernetes resumes a Job as a whole: expected tasks " + others + " among them, too")));
        }
        return seen.gang().isPresent()
                ? turns.inTurn(seen, () -> sendNow(seen, grant), why -> Optional.of(new Release.Refused(why)))
                : sendNow(seen, grant);
    }

    private Optional<Release> sendNow(Ours seen, Grant grant) {
        if (isLate(grant)) {
            return Optional.of(new Release.TooLate());
        }
        String uid = seen.binding().incarnation();
        Holds.Word word = Holds.word(seen.job()).orElseThrow();
        Paths.Place place = Paths.Place.of(seen.binding()).orElseThrow();
        return switch (api.actingFor(seen.binding().owner()).patch(place.job(), Holds.release(uid, word), Job.class)) {
            case Reply.Said<Job>(Job now) -> {
                mirror.offer(Trim.job(now));
                halves.forget(uid);
                yield Optional.of(new Release.Released());
            }
            case Reply.Absent<Job> absent -> Optional.of(new Release.Absent());
            case Reply.Conflict<Job> conflict -> Optional.empty();
            case Reply.Refused<Job> refused ->
                refused.refusal().code().equals("invalid")
                        ? Optional.empty()
                        : Optional.of(new Release.Refused(refused.refusal()));
            case Reply.Unknown<Job> unknown -> Optional.of(new Release.Unknown(unknown.doubt()));
        };
    }
}
