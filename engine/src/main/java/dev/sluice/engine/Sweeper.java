package dev.sluice.engine;

import dev.sluice.cluster.Observation;
import dev.sluice.cluster.Search;
import dev.sluice.cluster.Sighting;
import dev.sluice.cluster.Sought;
import dev.sluice.cluster.Stopping;
import dev.sluice.job.Attempt;
import dev.sluice.job.AttemptEnd;
import dev.sluice.job.AttemptId;
import dev.sluice.job.Binding;
import dev.sluice.job.ClusterName;
import dev.sluice.job.JobId;
import dev.sluice.job.JobState;
import dev.sluice.job.Phase;
import dev.sluice.job.Slice;
import dev.sluice.job.TaskSet;
import dev.sluice.job.Wish;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The stage that leaves no object of ours behind: what was given up, what exists twice, what nobody remembers. */
final class Sweeper {
    private static final Duration AGAIN = Duration.ofSeconds(30);

    private final Book book;
    private final Closing closing;
    private final Evidence evidence;
    private final Stopper stopper;

    Sweeper(Book book, Closing closing, Evidence evidence, Stopper stopper) {
        this.book = book;
        this.closing = closing;
        this.evidence = evidence;
        this.stopper = stopper;
    }

    /** What is to be done next about a leftover. */
    Step next(Watch watch, Instant now) {
        if (watch.flight != 0) {
            return Step.IDLE;
        }
        if (watch.notBefore.isAfter(now)) {
            return new Step.Rest(watch.notBefore);
        }
        Leftover leftover = watch.leftover;
        if (leftover.binding().isEmpty()) {
            Tracked tracked = book.attempt(leftover.id());
            return leftover.attempt().isPresent() && (tracked == null || tracked.flight == 0)
                    ? new Step.Find(Sought.of(leftover.attempt().get()))
                    : new Step.Rest(now.plusSeconds(1));
        }
        if (watch.over) {
            return leftover.until().isAfter(now)
                    ? new Step.Rest(leftover.until())
                    : new Step.Commit(new Event.SweptUp(leftover.key()));
        }
        Instant fence = book.cluster(leftover.cluster()).fence(now, book.settings.skew());
        Binding binding = leftover.binding().get();
        return new Step.Call(flight -> new Effect.Stop(
                flight, leftover.cluster(), leftover.id(), binding, leftover.tasks(), Duration.ZERO, fence));
    }

    /** What a search for a leftover came to; sent: when it left. */
    void searched(Watch watch, Search outcome, Instant sent, Instant now, List<Event> events) {
        AgendaKey key = new AgendaKey.OfLeftover(watch.leftover.key());
        switch (outcome) {
            case Search.Unknown unknown -> {}
            case Search.None none -> nothingThere(watch, sent, now, events);
            case Search.Found found -> {
                boolean live = false;
                for (Search.Trace trace : found.traces()) {
                    if (alive(trace.seen()) && !belongs(watch.leftover.id(), trace.binding())) {
                        live = true;
                        stray(
                                watch.leftover.id(),
                                watch.leftover.cluster(),
                                watch.leftover.attempt(),
                                trace.binding(),
                                trace.tasks(),
                                trace.seen(),
                                now,
                                events);
                    }
                }
                if (live) {
                    events.add(new Event.Deferred(key, now.plus(AGAIN)));
                } else {
                    nothingThere(watch, sent, now, events);
                }
            }
        }
    }

    private static void nothingThere(Watch watch, Instant sent, Instant now, List<Event> events) {
        Leftover leftover = watch.leftover;
        if (sent.isAfter(leftover.fence())) {
            events.add(new Event.SweptUp(leftover.key()));
        } else {
            Instant again = leftover.fence().plusMillis(1);
            events.add(new Event.Deferred(
                    new AgendaKey.OfLeftover(leftover.key()), again.isAfter(now) ? again : now.plus(AGAIN)));
        }
    }

    private static boolean alive(Sighting seen) {
        return !(seen instanceof Sighting.Ended) && !(seen instanceof Sighting.Lost);
    }

    /** Whether a live attempt is bound to it, or it is on the list itself. */
    private boolean belongs(AttemptId id, Binding binding) {
        Tracked tracked = book.attempt(id);
        if (tracked != null) {
            for (Slice slice : tracked.slices()) {
                if (((JobState.Live) slice.state()).phase() instanceof Phase.Bound bound
                        && bound.binding().equals(binding)) {
                    return true;
                }
            }
        }
        Watch watch = book.registers.watch(Leftover.key(id, binding));
        return watch != null && !watch.over;
    }

    /** What became of stopping a leftover. */
    void stopped(Watch watch, Stopping outcome, Instant now, List<Event> events) {
        AgendaKey key = new AgendaKey.OfLeftover(watch.leftover.key());
        switch (outcome) {
            case Stopping.NeverRan n -> events.add(new Event.SweptDown(watch.leftover.key()));
            case Stopping.Ended e -> events.add(new Event.SweptDown(watch.leftover.key()));
            case Stopping.Absent a -> events.add(new Event.SweptDown(watch.leftover.key()));
            case Stopping.Asked a -> events.add(new Event.Deferred(key, now.plus(AGAIN)));
            case Stopping.Unknown u -> {}
        }
    }

    /** An observation under a key that no live attempt has, or not with this object. */
    void observed(ClusterName cluster, Observation seen, Instant now, List<Event> events) {
        if (seen.attempt().realm() != book.settings.realm() || !alive(seen.seen())) {
            return;
        }
        Watch whole = book.registers.watch(new Leftover.Key(seen.attempt(), "", ""));
        Watch exact = book.registers.watch(Leftover.key(seen.attempt(), seen.binding()));
        if (exact != null && !exact.over) {
            return;
        }
        Optional<Attempt> attempt =
                exact != null ? exact.leftover.attempt() : whole != null ? whole.leftover.attempt() : Optional.empty();
        stray(seen.attempt(), cluster, attempt, seen.binding(), seen.tasks(), seen.seen(), now, events);
    }

    /**
     * An object with our key that no attempt is bound to. Held, or nothing claimed: it goes. Running and claimed: it is the
     * tasks' own again if they have no other attempt past parked, else it goes, and somebody should know.
     */
    private void stray(
            AttemptId id,
            ClusterName cluster,
            Optional<Attempt> attempt,
            Binding binding,
            TaskSet tasks,
            Sighting seen,
            Instant now,
            List<Event> events) {
        boolean claimed = seen instanceof Sighting.Running running && running.claim() == Sighting.Claimed.CLAIMED;
        if (attempt.isEmpty() && !(seen instanceof Sighting.Held)) {
            // Of a life that a restored backup does not remember: a person decides about what may be running.
            alert(cluster, id, "carries our key and may run, and there is no record of it", events);
            return;
        }
        if (claimed && attempt.isPresent() && changes(attempt.get().job(), events)) {
            return; // the same look says more of this job: the next one finds this still there
        }
        if (claimed && attempt.isPresent() && adopt(attempt.get(), binding, tasks, seen, events)) {
            return;
        }
        if (!(seen instanceof Sighting.Held)) {
            alert(cluster, id, "is not bound to its attempt and may run: it is stopped", events);
        }
        Leftover leftover = new Leftover(
                id,
                cluster,
                attempt,
                Optional.of(binding),
                tasks,
                now,
                now.plus(book.settings.vigil()),
                "not bound to its attempt");
        if (events.stream()
                .noneMatch(event -> event instanceof Event.LeftBehind left
                        && left.leftover().key().equals(leftover.key()))) {
            events.add(new Event.LeftBehind(leftover));
        }
    }

    private static boolean changes(JobId job, List<Event> events) {
        return events.stream()
                .anyMatch(event -> event instanceof Event.OfTasks of && of.job().equals(job));
    }

    private boolean adopt(Attempt attempt, Binding binding, TaskSet tasks, Sighting seen, List<Event> events) {
        Job job = book.job(attempt.job());
        if (job == null || !(seen instanceof Sighting.Running running)) {
            return false;
        }
        for (Slice slice : job.slices(tasks)) {
            boolean free = switch (slice.state()) {
                case JobState.Waiting w -> true;
                case JobState.Live live ->
                    !live.phase().pastParked() && !live.attempt().id().equals(attempt.id());
                case JobState.Ended e -> false;
            };
            if (!free) {
                return false;
            }
        }
        for (Slice slice : job.slices(tasks)) {
            if (slice.state() instanceof JobState.Live live) {
                makeRoom(job, slice, live, events);
            }
        }
        Phase phase = new Phase.Running(binding, running.run(), running.started());
        events.add(new Event.Adopted(job.id(), tasks, new JobState.Live(attempt, phase, Wish.RUN)));
        return true;
    }

    /** The other attempt, which cannot run yet, makes room for the one that does. */
    private void makeRoom(Job job, Slice slice, JobState.Live live, List<Event> events) {
        Tracked other = book.attempt(live.attempt().id());
        if (other == null) {
            return;
        }
        switch (live.phase()) {
            case Phase.Bound bound -> {
                AttemptEnd end = new AttemptEnd.Withdrawn();
                events.add(new Event.Closed(
                        job.id(), slice.tasks(), live.attempt().id(), end, closing.waitingAgain(live, end)));
                events.add(new Event.LeftBehind(evidence.vigil(other, slice, bound.binding(), other.changed)));
            }
            case Phase.Intended intended -> stopper.giveUp(other, events);
        }
    }

    private void alert(ClusterName cluster, AttemptId id, String what, List<Event> events) {
        Event.Alerted alert = new Event.Alerted(cluster, Optional.empty(), id.toString(), what);
        if (!book.registers.hasAlerted(alert)) {
            events.add(alert);
        }
    }
}
