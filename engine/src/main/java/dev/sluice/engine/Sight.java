package dev.sluice.engine;

import dev.sluice.cluster.Sighting;
import dev.sluice.cluster.Sweep;
import dev.sluice.engine.Event.Cause;
import dev.sluice.job.JobState;
import dev.sluice.job.Phase;
import dev.sluice.job.Slice;
import dev.sluice.job.Wish;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** One slice, bound, and seen under its binding. */
final class Sight {
    private final Book book;
    private final Evidence evidence;
    private final Tracked tracked;
    private final Slice slice;
    private final JobState.Live live;
    private final Phase.Bound phase;
    private final Evidence.Kind kind;
    private final Instant now;
    private final List<Event> events;

    Sight(
            Book book,
            Evidence evidence,
            Tracked tracked,
            Slice slice,
            Phase.Bound phase,
            Evidence.Kind kind,
            Instant now,
            List<Event> events) {
        this.book = book;
        this.evidence = evidence;
        this.tracked = tracked;
        this.slice = slice;
        this.live = (JobState.Live) slice.state();
        this.phase = phase;
        this.kind = kind;
        this.now = now;
        this.events = events;
    }

    void see(Sighting seen) {
        int before = events.size();
        switch (seen) {
            case Sighting.Ended end -> {
                if (phase instanceof Phase.Missing missing && Evidence.isStopped(missing)) {
                    evidence.stayedStopped(tracked, slice, missing, kind, now, events);
                } else {
                    evidence.ended(tracked, slice, end, now, events);
                }
            }
            case Sighting.Lost lost -> lost();
            case Sighting.Held held -> held(held);
            case Sighting.Pending pending -> pending(pending);
            case Sighting.Running r -> started(new Phase.Running(phase.binding(), r.run(), r.started()));
            case Sighting.Paused p -> started(new Phase.Paused(phase.binding(), p.run(), p.started()));
            case Sighting.Completing c -> started(new Phase.Completing(phase.binding(), c.run(), c.started()));
        }
        if (kind == Evidence.Kind.READ && events.size() == before) {
            askAgain();
        }
    }

    /** A stop was sent and its fence is over, and it is still there: the stop is sent again. */
    private void askAgain() {
        if (live.wish() instanceof Wish.Stop stop
                && stop.epoch() != Phase.NOBODY
                && !stop.fence().isAfter(now)) {
            events.add(new Event.Moved(
                    tracked.job.id(),
                    slice.tasks(),
                    live.with(Wish.Stop.wanted(stop.why(), stop.asked())),
                    Cause.READ));
        }
    }

    private void to(Phase next, Cause cause) {
        evidence.move(tracked, slice, next, cause, events);
    }

    private void lost() {
        switch (phase) {
            case Phase.Parked parked -> evidence.parkedMissed(tracked, slice, parked.binding(), now, events);
            case Phase.Missing missing -> {
                if (Evidence.isStopped(missing)) {
                    evidence.stayedStopped(tracked, slice, missing, kind, now, events);
                } else if (missing.certainty() != Phase.Certainty.CONFIRMED
                        && missing.certainty() != Phase.Certainty.UNRESOLVED) {
                    confirm(missing);
                }
            }
            case Phase.Releasing releasing ->
                evidence.releasingMissed(tracked, slice, releasing.binding(), Sweep.Ends.VISIBLE, now, now, events);
            case Phase.Released released ->
                confirm(new Phase.Missing(
                        released.binding(), released.run(), released.startedAt(), now, Phase.Certainty.SUSPECTED));
        }
    }

    private void confirm(Phase.Missing missing) {
        to(Evidence.confirmed(missing, Phase.Certainty.CONFIRMED), Cause.ABSENT);
    }

    private void held(Sighting.Held held) {
        boolean byUs = held.isByUs();
        if (phase instanceof Phase.Released released && isSetBack(held, released)) {
            setBack(released);
            return;
        }
        switch (phase) {
            case Phase.Parked parked -> {
                if (!byUs && parked.blocked().isEmpty() && live.wish() instanceof Wish.Run) {
                    to(evidence.blocked(parked.binding(), held.why(), now), Cause.SEEN);
                }
            }
            case Phase.Releasing releasing -> {
                if (kind == Evidence.Kind.READ) {
                    heldInRelease(releasing, byUs, held.why());
                }
            }
            case Phase.Withdrawing withdrawing -> {
                if (kind == Evidence.Kind.READ && withdrawing.step() != Phase.Step.UNDO) {
                    step(withdrawing, Phase.Step.CANCEL);
                }
            }
            case Phase.Pending pending -> heldReleased(pending, byUs, held.why());
            case Phase.Missing missing -> heldReleased(missing, byUs, held.why());
            // Its controller forgot the release; the gate stops whatever it starts a second time.
            case Phase.Running running -> heldReleased(running, byUs, held.why());
            case Phase.Paused paused -> heldReleased(paused, byUs, held.why());
            case Phase.Completing completing -> heldReleased(completing, byUs, held.why());
        }
    }

    private void heldInRelease(Phase.Releasing releasing, boolean byUs, String why) {
        boolean mayLand = releasing.epoch() != book.epoch && releasing.fence().isAfter(now);
        if (live.wish() instanceof Wish.Stop stop) {
            if (stop.why().sparesRunning() && !mayLand) {
                to(new Phase.Parked(releasing.binding(), Optional.empty()), Cause.READ);
            }
        } else if (byUs) {
            to(evidence.releasing(tracked, releasing.binding(), now), Cause.READ);
        } else if (mayLand) {
            events.add(new Event.Deferred(new AgendaKey.OfAttempt(tracked.attempt.id()), releasing.fence()));
        } else {
            to(evidence.blocked(releasing.binding(), why, now), Cause.READ);
        }
    }

    /** Released before, and held now: by a late or un-undone hold of ours, or by somebody else. */
    private void heldReleased(Phase.Released released, boolean byUs, String why) {
        if (!byUs) {
            Phase next = new Phase.Pending(released.binding(), released.run(), why);
            if (!next.equals(released)) {
                to(next, Cause.SEEN);
            }
        } else if (live.wish() instanceof Wish.Run) {
            to(new Phase.Releasing(released.binding(), Phase.NOBODY, Instant.EPOCH, Instant.EPOCH), Cause.SEEN);
        } else if (released instanceof Phase.Missing) {
            to(new Phase.Pending(released.binding(), released.run(), ""), Cause.SEEN);
        }
    }

    /** Released before, on evidence, and there as if it had never been. Of what was stopped before it started nothing can have run. */
    private static boolean isSetBack(Sighting.Held held, Phase.Released released) {
        return held.by() == Sighting.Holder.UNRELEASED
                && !(released instanceof Phase.Missing missing && Evidence.isStopped(missing));
    }

    /** A read must say so too. Then it may have run, and is never released again. */
    private void setBack(Phase.Released released) {
        if (kind == Evidence.Kind.READ) {
            evidence.setBack(tracked, slice, released, now, events);
            return;
        }
        // A withdrawal reads by itself.
        boolean isReadAnyway = released instanceof Phase.Withdrawing
                || released instanceof Phase.Missing missing && missing.certainty() == Phase.Certainty.TO_SEARCH;
        if (!isReadAnyway) {
            to(
                    new Phase.Missing(
                            released.binding(), released.run(), released.startedAt(), now, Phase.Certainty.TO_SEARCH),
                    Cause.SEEN);
        }
    }

    private void pending(Sighting.Pending seen) {
        Phase.Pending next = Phase.Pending.seen(phase.binding(), seen.run(), seen.why());
        switch (phase) {
            case Phase.Parked p -> evidence.released(tracked, slice, next, events);
            case Phase.Releasing r -> to(next, Cause.SEEN);
            case Phase.Missing m -> to(next, Cause.SEEN);
            case Phase.Pending pending -> {
                if (!pending.heldBy().isEmpty() || !pending.waits().equals(next.waits())) {
                    to(next, Cause.SEEN);
                }
            }
            case Phase.Withdrawing withdrawing -> {
                if (kind == Evidence.Kind.READ && withdrawing.step() != Phase.Step.UNDO) {
                    pendingInWithdrawal(withdrawing);
                }
            }
            case Phase.Running r -> {}
            case Phase.Paused p -> {}
            case Phase.Completing c -> {}
        }
    }

    /** Not held: the hold is yet to land, or never will. */
    private void pendingInWithdrawal(Phase.Withdrawing withdrawing) {
        if (withdrawing.fence().isAfter(now)) {
            events.add(new Event.Deferred(new AgendaKey.OfAttempt(tracked.attempt.id()), withdrawing.fence()));
        } else {
            step(withdrawing, Phase.Step.HOLD);
        }
    }

    private void step(Phase.Withdrawing withdrawing, Phase.Step step) {
        Instant fence = book.cluster(tracked.attempt.cluster()).fence(now, book.settings.skew());
        to(Dispatch.withStep(withdrawing, step, book.epoch, fence), Cause.WITHDRAWAL);
    }

    /** It has started: whatever we had in mind for what had not is void. */
    private void started(Phase.Released next) {
        switch (phase) {
            case Phase.Parked p ->
                evidence.released(
                        tracked,
                        slice,
                        new Phase.Running(
                                next.binding(), next.run(), next.startedAt().orElse(now)),
                        events);
            case Phase.Releasing r -> to(next, Cause.SEEN);
            case Phase.Withdrawing withdrawing -> {
                if (kind == Evidence.Kind.READ && withdrawing.step() != Phase.Step.UNDO) {
                    step(withdrawing, Phase.Step.UNDO);
                }
            }
            case Phase.Completing c -> {}
            case Phase.Pending p -> to(next, Cause.SEEN);
            case Phase.Missing m -> to(next, Cause.SEEN);
            case Phase.Running running -> {
                if (!(next instanceof Phase.Running)) {
                    to(next, Cause.SEEN);
                }
            }
            case Phase.Paused paused -> {
                if (!(next instanceof Phase.Paused)) {
                    to(next, Cause.SEEN);
                }
            }
        }
    }
}
