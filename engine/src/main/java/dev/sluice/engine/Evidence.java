package dev.sluice.engine;

import dev.sluice.cluster.Observation;
import dev.sluice.cluster.Search;
import dev.sluice.cluster.Sighting;
import dev.sluice.cluster.Sweep;
import dev.sluice.engine.Event.Cause;
import dev.sluice.job.AttemptEnd;
import dev.sluice.job.Binding;
import dev.sluice.job.JobState;
import dev.sluice.job.Phase;
import dev.sluice.job.Slice;
import dev.sluice.job.StopReason;
import dev.sluice.job.TaskSet;
import dev.sluice.job.Verdict;
import dev.sluice.job.Wish;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** What follows from seeing live attempts on their clusters, or from not seeing them: the rows of "Watching". */
final class Evidence {
    private final Book book;
    private final Closing closing;

    Evidence(Book book, Closing closing) {
        this.book = book;
        this.closing = closing;
    }

    /** A read that was asked for, and is as of now; or a look that everybody gets, and may be older. */
    enum Kind {
        READ,
        LOOK
    }

    /** What a search for a live attempt came to. */
    void searched(Tracked tracked, Search outcome, Instant now, List<Event> events) {
        switch (outcome) {
            case Search.Unknown unknown -> {}
            case Search.None none -> {
                for (Slice slice : tracked.slices()) {
                    missed(tracked, slice, Kind.READ, Sweep.Ends.VISIBLE, now, now, events);
                }
            }
            case Search.Found found -> found(tracked, found.traces(), now, events);
        }
    }

    private void found(Tracked tracked, List<Search.Trace> traces, Instant now, List<Event> events) {
        Optional<Slice> intended = tracked.slices().stream()
                .filter(slice -> ((JobState.Live) slice.state()).phase() instanceof Phase.Intended)
                .findFirst();
        if (intended.isPresent()) {
            bind(tracked, intended.get(), traces, now, events);
            return;
        }
        TaskSet seen = TaskSet.EMPTY;
        for (Search.Trace trace : traces) {
            Observation sight = new Observation(
                    tracked.attempt.id(), trace.binding(), trace.tasks(), trace.seen(), "", trace.past());
            seen = seen.union(see(tracked, sight, seen, Kind.READ, now, events));
        }
        for (Slice slice : tracked.job.slices(tracked.tasks.minus(seen))) {
            missed(tracked, slice, Kind.READ, Sweep.Ends.VISIBLE, now, now, events);
        }
    }

    /** Binds the object that runs or is claimed, else the lowest; the others are to be swept. */
    private void bind(Tracked tracked, Slice slice, List<Search.Trace> traces, Instant now, List<Event> events) {
        List<Search.Trace> ours = new ArrayList<>(traces);
        ours.removeIf(trace -> trace.seen() instanceof Sighting.Lost
                || book.registers.watch(Leftover.key(tracked.attempt.id(), trace.binding())) != null);
        if (ours.isEmpty()) {
            missed(tracked, slice, Kind.READ, Sweep.Ends.VISIBLE, now, now, events);
            return;
        }
        Binding best = ours.stream()
                .min(Comparator.comparingInt((Search.Trace trace) -> rank(trace.seen()))
                        .thenComparingInt(trace -> trace.binding().nativeId().length())
                        .thenComparing(trace -> trace.binding().nativeId()))
                .orElseThrow()
                .binding();
        TaskSet bound = TaskSet.EMPTY;
        for (Search.Trace trace : ours) {
            if (trace.binding().equals(best)) {
                TaskSet tasks = trace.tasks().intersect(slice.tasks()).minus(bound);
                if (!tasks.isEmpty()) {
                    Slice found = new Slice(tasks, slice.state());
                    closing.chargePast(tracked.job, found, 0, trace.past(), events);
                    first(tracked, found, best, trace.seen(), now, events);
                    bound = bound.union(tasks);
                }
            } else {
                second(tracked, trace.binding(), now, events);
            }
        }
        TaskSet rest = slice.tasks().minus(bound);
        if (!rest.isEmpty()) {
            move(tracked, new Slice(rest, slice.state()), new Phase.Pending(best, 0, ""), Cause.FOUND, events);
        }
    }

    private static int rank(Sighting seen) {
        return switch (seen) {
            case Sighting.Running running -> running.claim() == Sighting.Claimed.CLAIMED ? 0 : 1;
            case Sighting.Paused p -> 1;
            case Sighting.Completing c -> 1;
            case Sighting.Pending p -> 2;
            case Sighting.Held h -> 3;
            case Sighting.Ended ended -> ended.end().ran() && ended.started().isBefore(ended.at()) ? 0 : 4;
            case Sighting.Lost l -> 5;
        };
    }

    /** The first time that tasks of an intended attempt are seen bound. */
    private void first(Tracked tracked, Slice slice, Binding binding, Sighting seen, Instant now, List<Event> events) {
        switch (seen) {
            case Sighting.Held held -> {
                Phase to = held.isByUs() ? releasing(tracked, binding, now) : blocked(binding, held.why(), now);
                move(tracked, slice, to, Cause.FOUND, events);
            }
            case Sighting.Ended ended -> ended(tracked, slice, ended, now, events);
            case Sighting.Pending p -> released(tracked, slice, Phase.Pending.seen(binding, p.run(), p.why()), events);
            case Sighting.Running r ->
                released(tracked, slice, new Phase.Running(binding, r.run(), r.started()), events);
            case Sighting.Paused p ->
                released(tracked, slice, new Phase.Running(binding, p.run(), p.started()), events);
            case Sighting.Completing c ->
                released(tracked, slice, new Phase.Running(binding, c.run(), c.started()), events);
            case Sighting.Lost l -> {}
        }
    }

    /** What is parked and ours is to be released: by evidence as old as the request that brought it. */
    Phase releasing(Tracked tracked, Binding binding, Instant now) {
        Instant fence = book.cluster(tracked.attempt.cluster()).fence(now, book.settings.skew());
        return new Phase.Releasing(binding, book.epoch, fence, tracked.sent);
    }

    /** Not there when it was to be let go: where no release can have reached it, a search tells whether it is parked again. */
    Phase absent(Tracked tracked, Binding binding, Instant now) {
        return tracked.letGo.maybe()
                ? missing(binding, 0, Optional.empty(), Sweep.Ends.VISIBLE, now)
                : new Phase.Releasing(binding, Phase.NOBODY, Instant.EPOCH, Instant.EPOCH);
    }

    Phase blocked(Binding binding, String why, Instant now) {
        return new Phase.Parked(binding, Optional.of(new Phase.Blocked(why, now.plus(book.settings.backoff()))));
    }

    void released(Tracked tracked, Slice slice, Phase to, List<Event> events) {
        alert(tracked, "was parked and is released, but not by us", events);
        move(tracked, slice, to, Cause.SEEN, events);
    }

    /**
     * What one look had of a live attempt.
     *
     * @param before tasks that the same look had already: accounting has a row for each of a run's twins
     * @return the tasks that were seen under their binding for the first time
     */
    TaskSet looked(Tracked tracked, Observation observation, TaskSet before, Instant now, List<Event> events) {
        return see(tracked, observation, before, Kind.LOOK, now, events);
    }

    private TaskSet see(
            Tracked tracked, Observation observation, TaskSet before, Kind kind, Instant now, List<Event> events) {
        Binding binding = observation.binding();
        TaskSet matched = TaskSet.EMPTY;
        for (Slice whole : tracked.job.slices(observation.tasks().intersect(tracked.tasks))) {
            JobState.Live live = (JobState.Live) whole.state();
            if (!(live.phase() instanceof Phase.Bound bound)) {
                continue;
            }
            int run = bound instanceof Phase.Released released ? released.run() : 0;
            Sighting seen = bound.binding().equals(binding) ? counted(observation.seen(), run) : observation.seen();
            if (!bound.binding().nativeId().equals(binding.nativeId())
                    || !bound.binding().owner().equals(binding.owner())
                    || (!bound.binding().incarnation().equals(binding.incarnation()) && seen.run() <= run)) {
                if (!(seen instanceof Sighting.Ended) && !(seen instanceof Sighting.Lost)) {
                    second(tracked, binding, now, events);
                }
                continue;
            }
            TaskSet fresh = whole.tasks().minus(before);
            if (fresh.isEmpty()) {
                continue;
            }
            Slice slice = new Slice(fresh, live);
            matched = matched.union(slice.tasks());
            if (seen.run() > run) {
                rebind(tracked, slice, bound, observation, kind, now, events);
            } else if (seen.run() == run) {
                new Sight(book, this, tracked, slice, bound, kind, now, events).see(seen);
            }
        }
        return matched;
    }

    /**
     * What accounting tells under the very binding that is on disk is of the run on disk. Where it keeps no restart count (SLURM before
     * 24.05) its records are counted, and those of the runs before may have been purged.
     */
    private static Sighting counted(Sighting seen, int run) {
        if (seen.run() >= run) {
            return seen;
        }
        return switch (seen) {
            case Sighting.Ended ended -> new Sighting.Ended(run, ended.end(), ended.started(), ended.at());
            case Sighting.Lost lost -> new Sighting.Lost(run);
            case Sighting.Held h -> seen;
            case Sighting.Pending p -> seen;
            case Sighting.Running r -> seen;
            case Sighting.Paused p -> seen;
            case Sighting.Completing c -> seen;
        };
    }

    /** The cluster started it anew by itself: another run of the same object. */
    private void rebind(
            Tracked tracked,
            Slice slice,
            Phase.Bound bound,
            Observation observation,
            Kind kind,
            Instant now,
            List<Event> events) {
        JobState.Live live = (JobState.Live) slice.state();
        Binding binding = observation.binding();
        Sighting seen = observation.seen();
        // The run on disk is the record of what was paid: the runs below it.
        int run = bound instanceof Phase.Released released ? released.run() : 0;
        if (observation.past().stream().noneMatch(past -> past.run() == run)) {
            closing.charge(tracked.job, live, slice.tasks(), run, bound.startedAt(), now, events);
        }
        closing.chargePast(tracked.job, slice, run, observation.past(), events);
        Phase.Pending again = new Phase.Pending(binding, seen.run(), "");
        move(tracked, slice, again, Cause.REBOUND, events);
        Slice renewed = new Slice(slice.tasks(), live.with(again));
        new Sight(book, this, tracked, renewed, again, kind, now, events).see(seen);
    }

    /** Another object with our key. */
    private void second(Tracked tracked, Binding binding, Instant now, List<Event> events) {
        Leftover leftover = new Leftover(
                tracked.attempt.id(),
                tracked.attempt.cluster(),
                Optional.of(tracked.attempt),
                Optional.of(binding),
                tracked.attempt.tasks(),
                now,
                now.plus(book.settings.vigil()),
                "a second object of an attempt that has one");
        if (book.registers.watch(leftover.key()) == null
                && events.stream()
                        .noneMatch(event -> event instanceof Event.LeftBehind left
                                && left.leftover().key().equals(leftover.key()))) {
            events.add(new Event.LeftBehind(leftover));
        }
    }

    void ended(Tracked tracked, Slice slice, Sighting.Ended ended, Instant now, List<Event> events) {
        Optional<Instant> started =
                ended.started().isBefore(ended.at()) ? Optional.of(ended.started()) : Optional.empty();
        JobState.Live live = (JobState.Live) slice.state();
        boolean began = started.isPresent()
                || (live.phase() instanceof Phase.Released released
                        && released.startedAt().isPresent());
        boolean byUs = live.wish() instanceof Wish.Stop && !began && ended.end() instanceof AttemptEnd.Stopped;
        boolean cancelled = live.wish() instanceof Wish.Stop stop && stop.why() == StopReason.CANCEL;
        if (byUs && !cancelled && live.phase() instanceof Phase.Bound bound && bound.pastParked()) {
            Phase.Certainty stopped = Phase.Certainty.STOPPED;
            Phase next = new Phase.Missing(bound.binding(), ended.run(), Optional.empty(), now, stopped);
            move(tracked, slice, next, Cause.STOPPED, events);
            return;
        }
        AttemptEnd end = byUs ? new AttemptEnd.Withdrawn() : ended.end();
        closing.charge(tracked.job, live, slice.tasks(), ended.run(), started, ended.at(), events);
        closing.close(tracked.job, slice, end, now, events);
        if (cancelled) {
            watchOver(tracked, slice, live, now, events);
        }
    }

    /** What is left of it is parked, and goes. */
    void setBack(Tracked tracked, Slice slice, Phase.Released released, Instant now, List<Event> events) {
        alert(tracked, "was released, and its cluster has it parked: its history was set back", events);
        AttemptEnd end = new AttemptEnd.Interrupted(
                "its cluster was set back to before its release, and nobody knows whether it ran");
        JobState.Live live = (JobState.Live) slice.state();
        closing.charge(tracked.job, live, slice.tasks(), released.run(), released.startedAt(), now, events);
        closing.close(tracked.job, slice, end, now, events);
        events.add(new Event.LeftBehind(vigil(tracked, slice, released.binding(), now)));
    }

    /** A cancel is final: should its cluster forget the end and start it anew, it is stopped again. */
    private void watchOver(Tracked tracked, Slice slice, JobState.Live live, Instant now, List<Event> events) {
        if (live.phase() instanceof Phase.Bound bound) {
            Leftover leftover = vigil(tracked, slice, bound.binding(), now);
            events.add(new Event.LeftBehind(leftover));
            events.add(new Event.SweptDown(leftover.key()));
        }
    }

    void move(Tracked tracked, Slice slice, Phase to, Cause cause, List<Event> events) {
        JobState.Live live = (JobState.Live) slice.state();
        events.add(new Event.Moved(tracked.job.id(), slice.tasks(), live.with(to), cause));
    }

    void alert(Tracked tracked, String what, List<Event> events) {
        Event.Alerted alert = new Event.Alerted(
                tracked.attempt.cluster(),
                Optional.of(tracked.job.id()),
                tracked.attempt.id().toString(),
                what);
        if (!book.registers.hasAlerted(alert)) {
            events.add(alert);
        }
    }

    /** What follows for live tasks when a complete look, as of then, does not have them. */
    void missed(Tracked tracked, TaskSet tasks, Sweep.Ends ends, Instant asOf, Instant now, List<Event> events) {
        for (Slice slice : tracked.job.slices(tasks.intersect(tracked.tasks))) {
            missed(tracked, slice, Kind.LOOK, ends, asOf, now, events);
        }
    }

    private void missed(
            Tracked tracked, Slice slice, Kind kind, Sweep.Ends ends, Instant asOf, Instant now, List<Event> events) {
        JobState.Live live = (JobState.Live) slice.state();
        switch (live.phase()) {
            case Phase.Intended intended -> {
                if (kind == Kind.READ) {
                    Instant fence = book.cluster(tracked.attempt.cluster()).fence(now, book.settings.skew());
                    move(tracked, slice, new Phase.Intended(book.epoch, fence), Cause.ABSENT, events);
                }
            }
            case Phase.Parked parked -> parkedMissed(tracked, slice, parked.binding(), now, events);
            case Phase.Missing missing -> stillMissing(tracked, slice, missing, kind, ends, asOf, now, events);
            case Phase.Releasing releasing ->
                releasingMissed(tracked, slice, releasing.binding(), ends, asOf, now, events);
            case Phase.Released released ->
                move(
                        tracked,
                        slice,
                        missing(released.binding(), released.run(), released.startedAt(), ends, asOf),
                        Cause.ABSENT,
                        events);
        }
    }

    static Phase missing(Binding binding, int run, Optional<Instant> started, Sweep.Ends ends, Instant asOf) {
        Phase.Certainty certainty = switch (ends) {
            case VISIBLE -> Phase.Certainty.SUSPECTED;
            case HIDDEN -> Phase.Certainty.HIDDEN;
        };
        return new Phase.Missing(binding, run, started, asOf, certainty);
    }

    /** What no release can have reached is parked still. Nothing of it is under way: no look counts that crosses a call. */
    void releasingMissed(
            Tracked tracked,
            Slice slice,
            Binding binding,
            Sweep.Ends ends,
            Instant asOf,
            Instant now,
            List<Event> events) {
        if (tracked.letGo.maybe()) {
            move(tracked, slice, missing(binding, 0, Optional.empty(), ends, asOf), Cause.ABSENT, events);
        } else {
            parkedMissed(tracked, slice, binding, now, events);
        }
    }

    /** It was inert, so it is parked again: the same attempt when all of it is gone, else another one for these tasks. */
    void parkedMissed(Tracked tracked, Slice slice, Binding binding, Instant now, List<Event> events) {
        JobState.Live live = (JobState.Live) slice.state();
        boolean whole = slice.tasks().equals(tracked.tasks) && tracked.tasks.equals(tracked.attempt.tasks());
        if (live.wish() instanceof Wish.Run && whole) {
            move(tracked, slice, new Phase.Intended(Phase.NOBODY, now), Cause.ABSENT, events);
            return;
        }
        closing.close(tracked.job, slice, new AttemptEnd.Withdrawn(), now, events);
        events.add(new Event.LeftBehind(new Leftover(
                tracked.attempt.id(),
                tracked.attempt.cluster(),
                Optional.of(tracked.attempt),
                Optional.of(binding),
                slice.tasks(),
                now,
                now.plus(book.settings.vigil()),
                "vanished while parked")));
    }

    private void stillMissing(
            Tracked tracked,
            Slice slice,
            Phase.Missing missing,
            Kind kind,
            Sweep.Ends ends,
            Instant asOf,
            Instant now,
            List<Event> events) {
        if (isStopped(missing)) {
            stayedStopped(tracked, slice, missing, kind, now, events);
            return;
        }
        boolean settled =
                missing.certainty() == Phase.Certainty.CONFIRMED || missing.certainty() == Phase.Certainty.UNRESOLVED;
        boolean asked = missing.certainty() == Phase.Certainty.TO_SEARCH;
        if (settled || asked != (kind == Kind.READ)) {
            return;
        }
        JobState.Live live = (JobState.Live) slice.state();
        boolean hidden = ends == Sweep.Ends.HIDDEN;
        boolean was = missing.certainty() == Phase.Certainty.HIDDEN;
        Instant sure = missing.since()
                .plus(book.cluster(tracked.attempt.cluster()).settings.absence());
        boolean twice = !asOf.isBefore(sure);
        boolean cancelled = live.wish() instanceof Wish.Stop stop && stop.why() == StopReason.CANCEL;
        if (cancelled && (asked || (hidden && twice))) {
            unseen(tracked, slice, missing, now, events);
        } else if (asked) {
            move(tracked, slice, confirmed(missing, Phase.Certainty.CONFIRMED), Cause.ABSENT, events);
        } else if (hidden != was) {
            move(
                    tracked,
                    slice,
                    missing(missing.binding(), missing.run(), missing.started(), ends, asOf),
                    Cause.ABSENT,
                    events);
        } else if (!hidden && twice) {
            move(tracked, slice, confirmed(missing, Phase.Certainty.TO_SEARCH), Cause.ABSENT, events);
        } else if (hidden && twice) {
            alert(tracked, "is absent, and nothing can tell whether it ran; it may be settled", events);
        }
    }

    static boolean isStopped(Phase.Missing missing) {
        return missing.certainty() == Phase.Certainty.STOPPED || missing.certainty() == Phase.Certainty.TAKEN_BACK;
    }

    /**
     * Stopped by us, and still so. Whoever cancels has no more questions; who takes it elsewhere asks the claim, for a
     * controller may have forgotten that it had started, and held and cancelled it as if it had not.
     */
    void stayedStopped(
            Tracked tracked, Slice slice, Phase.Missing missing, Kind kind, Instant now, List<Event> events) {
        if (kind == Kind.LOOK || missing.certainty() == Phase.Certainty.TAKEN_BACK) {
            return;
        }
        JobState.Live live = (JobState.Live) slice.state();
        if (live.wish() instanceof Wish.Stop stop && stop.why() == StopReason.CANCEL) {
            closing.close(tracked.job, slice, new AttemptEnd.Stopped(), now, events);
            watchOver(tracked, slice, live, now, events);
        } else {
            move(tracked, slice, confirmed(missing, Phase.Certainty.TAKEN_BACK), Cause.STOPPED, events);
        }
    }

    static Phase.Missing confirmed(Phase.Missing missing, Phase.Certainty certainty) {
        return new Phase.Missing(missing.binding(), missing.run(), missing.started(), missing.since(), certainty);
    }

    /** Cancelled, absent twice, and nobody saw how it ended. */
    void unseen(Tracked tracked, Slice slice, Phase.Missing missing, Instant now, List<Event> events) {
        JobState.Live live = (JobState.Live) slice.state();
        closing.charge(tracked.job, live, slice.tasks(), missing.run(), missing.started(), missing.since(), events);
        events.add(new Event.Closed(
                tracked.job.id(),
                slice.tasks(),
                live.attempt().id(),
                new AttemptEnd.Stopped(),
                new JobState.Ended(new Verdict.Cancelled(Verdict.Outcome.UNSEEN))));
        events.add(new Event.LeftBehind(vigil(tracked, slice, missing.binding(), now)));
    }

    /** It ended unseen, and may come back. */
    Leftover vigil(Tracked tracked, Slice slice, Binding binding, Instant now) {
        return new Leftover(
                tracked.attempt.id(),
                tracked.attempt.cluster(),
                Optional.of(tracked.attempt),
                Optional.of(binding),
                slice.tasks(),
                now,
                now.plus(book.settings.vigil()),
                "ended unseen");
    }
}
