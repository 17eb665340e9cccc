package dev.sluice.kubernetes;

import dev.sluice.cluster.Alteration;
import dev.sluice.cluster.Change;
import dev.sluice.cluster.Doubt;
import dev.sluice.job.AttemptId;
import dev.sluice.job.Binding;
import dev.sluice.job.Refusal;
import dev.sluice.job.TaskSet;
import dev.sluice.kubernetes.api.Api;
import dev.sluice.kubernetes.api.Reply;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Holds and resumes Jobs. To suspend one deletes its pods, running ones too, and a pod may start at that very moment: so a hold is
 * proven before it counts, and what had started is marked as what can never be resumed.
 */
final class Alterations {
    /** How long the pods of what we suspended may take to be gone. */
    private static final Duration LEAVING = Duration.ofSeconds(5);

    private static final Duration LOOK = Duration.ofMillis(200);
    private static final int TRIES = 5;

    private final Api api;
    private final Reads reads;
    private final Mirror mirror;
    private final InstantSource clock;

    /** Those whose pods were in our sight from before they were suspended. */
    private final Map<String, Long> watched = new ConcurrentHashMap<>();

    Alterations(Api api, Reads reads, Mirror mirror, InstantSource clock) {
        this.api = api;
        this.reads = reads;
        this.mirror = mirror;
        this.clock = clock;
    }

    private boolean isTooLate(Instant fence) {
        return clock.instant().plus(api.patience()).isAfter(fence);
    }

    Alteration alter(AttemptId attempt, Binding binding, TaskSet tasks, Change change, Instant fence) {
        for (int tries = 0; tries < TRIES; tries++) {
            if (isTooLate(fence)) {
                return new Alteration.Unknown(new Doubt("its fence is too near"));
            }
            Reply<Ours> reply = reads.one(attempt, binding);
            if (reply instanceof Reply.Absent<Ours>) {
                return new Alteration.Absent();
            }
            if (!(reply instanceof Reply.Said<Ours>(Ours ours))) {
                return new Alteration.Unknown(reply.doubt("it could not be read"));
            }
            if (!ours.open().intersects(tasks)) {
                return new Alteration.Absent();
            }
            Optional<Alteration> altered = alter(ours, tasks, change, fence);
            if (altered.isPresent()) {
                return altered.get();
            }
        }
        return new Alteration.Unknown(new Doubt("it changed each time it was to be changed"));
    }

    private static Alteration refused(String code, String message) {
        return new Alteration.Refused(Refusal.never(code, message));
    }

    /** Empty: it was another version by then. */
    private Optional<Alteration> alter(Ours ours, TaskSet tasks, Change change, Instant fence) {
        boolean whole = ours.open().minus(tasks).isEmpty();
        return switch (change) {
            case Change.Limit limit ->
                Optional.of(refused("no-new-limit", "the pods of a Job keep the time limit that it was made with"));
            case Change.Hold hold ->
                whole ? hold(ours, fence) : Optional.of(refused("whole-array", "Kubernetes suspends a Job as a whole"));
            case Change.Unhold unhold ->
                whole || !ours.isSuspended()
                        ? unhold(ours, fence)
                        : Optional.of(refused("whole-array", "Kubernetes resumes a Job as a whole"));
        };
    }

    private Optional<Alteration> hold(Ours ours, Instant fence) {
        if (ours.isSuspended()) {
            return Holds.word(ours.job())
                    .map(word -> switch (word) {
                        case PARKED, HELD -> Optional.<Alteration>of(new Alteration.Altered());
                        case HOLDING -> proven(ours, fence);
                        case RAN, LATE -> Optional.of(ran());
                    })
                    .orElseGet(() -> Optional.of(
                            new Alteration.Refused(Refusal.later("held", "it is suspended, and not by Sluice"))));
        }
        if (Stops.begun(ours)) {
            return Optional.of(refused("started", "it has started, and to suspend it would end it"));
        }
        if (ours.gang().isPresent()) {
            return suspended(ours);
        }
        watched.put(ours.binding().incarnation(), mirror.gaps());
        Reply<Job> suspended = patch(ours, Holds.patch(ours.job()).suspended().held(Holds.Word.HOLDING));
        if (suspended instanceof Reply.Conflict<Job>) {
            return Optional.empty();
        }
        return suspended instanceof Reply.Said<Job>
                ? proven(ours, fence)
                : Optional.of(new Alteration.Unknown(suspended.doubt("it could not be suspended")));
    }

    /** A gang that is suspended before its word is said runs nothing: that needs no other proof. */
    private Optional<Alteration> suspended(Ours ours) {
        Reply<Job> suspended = patch(ours, Holds.patch(ours.job()).suspended().held(Holds.Word.HELD));
        if (suspended instanceof Reply.Conflict<Job>) {
            return Optional.empty();
        }
        return Optional.of(
                suspended instanceof Reply.Said<Job>
                        ? new Alteration.Altered()
                        : new Alteration.Unknown(suspended.doubt("it could not be suspended")));
    }

    private static Alteration ran() {
        return refused("started", "it had started when it was suspended, or may have");
    }

    private Reply<Job> patch(Ours ours, Holds.Patch patch) {
        Paths.Place place = Paths.Place.of(ours.binding()).orElseThrow();
        return api.patch(place.job(), patch.build(), Job.class).map(job -> {
            Job kept = Trim.job(job);
            mirror.offer(kept);
            return kept;
        });
    }

    /** Waits until its pods are gone, and writes down whether any had started. */
    private Optional<Alteration> proven(Ours before, Instant fence) {
        long until = System.nanoTime() + LEAVING.toNanos();
        while (true) {
            long seen = mirror.changes();
            Reply<Ours> reply = reads.one(before.attempt(), before.binding());
            if (!(reply instanceof Reply.Said<Ours>(Ours now))) {
                return Optional.of(new Alteration.Unknown(reply.doubt("its pods")));
            }
            boolean begun = Stops.begun(now);
            boolean gone = now.pods().stream().allMatch(Seen::isOver);
            if (begun || gone) {
                boolean sure = Long.valueOf(mirror.gaps())
                        .equals(watched.get(now.binding().incarnation()));
                return written(now, begun || !sure ? Holds.Word.RAN : Holds.Word.HELD, fence);
            }
            if (System.nanoTime() >= until) {
                return Optional.of(new Alteration.Unknown(new Doubt("its pods are not gone yet")));
            }
            try {
                mirror.awaitChange(seen, Math.min(until, System.nanoTime() + LOOK.toNanos()));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return Optional.of(new Alteration.Unknown(new Doubt("interrupted")));
            }
        }
    }

    private Optional<Alteration> written(Ours now, Holds.Word word, Instant fence) {
        if (isTooLate(fence)) {
            return Optional.of(new Alteration.Unknown(new Doubt("its fence is too near")));
        }
        Reply<Job> marked = patch(now, Holds.patch(now.job()).held(word));
        if (marked instanceof Reply.Conflict<Job>) {
            return Optional.empty();
        }
        if (!(marked instanceof Reply.Said<Job>)) {
            return Optional.of(new Alteration.Unknown(marked.doubt("it could not be marked")));
        }
        watched.remove(now.binding().incarnation());
        return Optional.of(word == Holds.Word.HELD ? new Alteration.Altered() : ran());
    }

    private Optional<Alteration> unhold(Ours ours, Instant fence) {
        if (!ours.isSuspended()) {
            return Optional.of(new Alteration.Altered());
        }
        Optional<Holds.Word> word = Holds.word(ours.job());
        if (word.isEmpty()) {
            return Optional.of(new Alteration.Refused(Refusal.later("held", "it is suspended, and not by Sluice")));
        }
        return switch (word.get()) {
            case PARKED -> Optional.of(refused("parked", "it was never released"));
            case HOLDING -> proven(ours, fence).filter(altered -> !(altered instanceof Alteration.Altered));
            case RAN, LATE -> Optional.of(ran());
            case HELD -> {
                Paths.Place place = Paths.Place.of(ours.binding()).orElseThrow();
                Reply<Job> resumed =
                        api.patch(place.job(), Holds.release(ours.binding().incarnation(), Holds.Word.HELD), Job.class);
                if (resumed instanceof Reply.Said<Job>(Job now)) {
                    mirror.offer(Trim.job(now));
                    yield Optional.of(new Alteration.Altered());
                }
                yield resumed instanceof Reply.Refused<Job>
                        ? Optional.empty()
                        : Optional.of(new Alteration.Unknown(resumed.doubt("it could not be resumed")));
            }
        };
    }
}
