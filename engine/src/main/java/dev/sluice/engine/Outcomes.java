package dev.sluice.engine;

import dev.sluice.cluster.Alteration;
import dev.sluice.cluster.CapacityReading;
import dev.sluice.cluster.Change;
import dev.sluice.cluster.Claim;
import dev.sluice.cluster.Grant;
import dev.sluice.cluster.Observation;
import dev.sluice.cluster.Parking;
import dev.sluice.cluster.Release;
import dev.sluice.cluster.Search;
import dev.sluice.cluster.Sighting;
import dev.sluice.cluster.Stopping;
import dev.sluice.cluster.Sweep;
import dev.sluice.engine.Event.Answer;
import dev.sluice.engine.Event.Cause;
import dev.sluice.job.Attempt;
import dev.sluice.job.AttemptEnd;
import dev.sluice.job.AttemptId;
import dev.sluice.job.Binding;
import dev.sluice.job.JobState;
import dev.sluice.job.Phase;
import dev.sluice.job.Slice;
import dev.sluice.job.StopReason;
import dev.sluice.job.TaskSet;
import dev.sluice.job.Wish;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The stage that takes in what calls came to. Each outcome lands once; what no call of this life is waiting for is dropped. */
final class Outcomes {
    private final Book book;
    private final Closing closing;
    private final Evidence evidence;
    private final Sweeper sweeper;
    private final Intake intake;
    private final Limits limits;

    Outcomes(Book book, Closing closing, Evidence evidence, Sweeper sweeper, Intake intake) {
        this.book = book;
        this.closing = closing;
        this.evidence = evidence;
        this.sweeper = sweeper;
        this.intake = intake;
        this.limits = new Limits(book);
    }

    List<Event> done(Input.Done done, Instant now) {
        List<Event> events = new ArrayList<>();
        if (!book.flights.has(done.effect())) {
            return events;
        }
        Event.Landed landed = new Event.Landed(done.effect(), now, Answer.of(done), AgendaKey.inDoubt(done));
        events.add(landed);
        switch (done) {
            case Input.DonePark d -> parked(d, now, events);
            case Input.DoneRelease d -> released(d, now, events);
            case Input.DoneFind d -> searched(d, now, events);
            case Input.DoneStop d -> stopped(d, now, events);
            case Input.DoneAlter d -> altered(d, now, events);
            case Input.DoneClaim d -> claimed(d, now, events);
            case Input.DoneObserve d -> observed(d, now, events);
            case Input.DoneMeasure d -> {
                if (d.outcome() instanceof CapacityReading.Capacity capacity) {
                    // The sample before this reading, which the event that follows replaces.
                    book.cluster(d.effect().cluster()).charge(capacity).ifPresent(events::add);
                    events.add(new Event.Measured(d.effect().cluster(), capacity));
                }
            }
            case Input.DonePin d -> intake.pinned(d, now, events);
        }
        if (done.effect() instanceof Effect.OnCluster on) {
            backOff(landed, events, now);
            breaker(book.cluster(on.cluster()), done, now, events);
        }
        return events;
    }

    /** After a doubt, the next step waits: longer each time. */
    private void backOff(Event.Landed landed, List<Event> events, Instant now) {
        for (AgendaKey key : landed.inDoubt()) {
            int doubts = switch (key) {
                case AgendaKey.OfAttempt of -> {
                    Tracked tracked = book.attempt(of.attempt());
                    yield tracked == null ? -1 : tracked.doubts;
                }
                case AgendaKey.OfLeftover of -> {
                    Watch watch = book.registers.watch(of.leftover());
                    yield watch == null ? -1 : watch.doubts;
                }
            };
            if (doubts >= 0) {
                events.add(new Event.Deferred(key, now.plus(Duration.ofSeconds(1L << Math.min(doubts, 6)))));
            }
        }
    }

    private static void breaker(ClusterRecord cluster, Input.Done done, Instant now, List<Event> events) {
        boolean clear = Answer.of(done) == Answer.CLEAR;
        if (cluster.breaker instanceof Breaker.Open open) {
            if (clear && done.effect() instanceof Effect.Measure) {
                events.add(new Event.BreakerSet(cluster.name(), Breaker.CLOSED));
            } else if (!clear && done.effect() instanceof Effect.Measure) {
                Duration twice = open.pause().multipliedBy(2);
                Duration most = cluster.settings.maxPause();
                Duration pause = twice.compareTo(most) > 0 ? most : twice;
                events.add(
                        new Event.BreakerSet(cluster.name(), new Breaker.Open(open.since(), now.plus(pause), pause)));
            }
        } else if (!clear && cluster.doubts + 1 >= cluster.settings.tripAfter()) {
            Duration pause = cluster.settings.pause();
            events.add(new Event.BreakerSet(cluster.name(), new Breaker.Open(now, now.plus(pause), pause)));
        }
    }

    private void move(Tracked tracked, Slice slice, Phase to, Cause cause, List<Event> events) {
        JobState.Live live = (JobState.Live) slice.state();
        events.add(new Event.Moved(tracked.job.id(), slice.tasks(), live.with(to), cause));
    }

    /** The slices of an attempt that the call was about: live still, and of these tasks. */
    private List<Slice> slices(AttemptId id, TaskSet tasks) {
        Tracked tracked = book.attempt(id);
        return tracked == null ? List.of() : tracked.job.slices(tracked.tasks.intersect(tasks));
    }

    private void parked(Input.DonePark done, Instant now, List<Event> events) {
        Attempt attempt = done.effect().attempt();
        Tracked tracked = book.attempt(attempt.id());
        if (tracked == null) {
            leftParked(attempt, done.outcome(), now, events);
            return;
        }
        for (Slice slice : tracked.slices()) {
            JobState.Live live = (JobState.Live) slice.state();
            if (!(live.phase() instanceof Phase.Intended intended)) {
                continue;
            }
            switch (done.outcome()) {
                case Parking.Parked parked ->
                    move(tracked, slice, evidence.releasing(tracked, parked.binding(), now), Cause.PARKED, events);
                case Parking.Refused refused ->
                    closing.close(tracked.job, slice, new AttemptEnd.RefusedByCluster(refused.refusal()), now, events);
                case Parking.Unknown unknown ->
                    move(tracked, slice, new Phase.Intended(Phase.NOBODY, intended.fence()), Cause.DOUBTED, events);
            }
        }
    }

    /** The attempt was given up while its park was under way; its binding is known now. */
    private void leftParked(Attempt attempt, Parking outcome, Instant now, List<Event> events) {
        Watch watch = book.registers.watch(new Leftover.Key(attempt.id(), "", ""));
        if (watch != null && outcome instanceof Parking.Parked parked) {
            events.add(new Event.LeftBehind(new Leftover(
                    attempt.id(),
                    attempt.cluster(),
                    Optional.of(attempt),
                    Optional.of(parked.binding()),
                    attempt.tasks(),
                    now,
                    now.plus(book.settings.vigil()),
                    "parked after it was given up")));
        }
    }

    private void released(Input.DoneRelease done, Instant now, List<Event> events) {
        for (int i = 0; i < done.effect().grants().size(); i++) {
            Grant grant = done.effect().grants().get(i);
            Tracked tracked = book.attempt(grant.attempt().id());
            if (tracked == null) {
                continue;
            }
            for (Slice slice : tracked.job.slices(tracked.tasks.intersect(grant.tasks()))) {
                JobState.Live live = (JobState.Live) slice.state();
                if (live.phase() instanceof Phase.Releasing releasing
                        && releasing.binding().equals(grant.binding())) {
                    released(tracked, slice, releasing, done.outcomes().get(i), now, events);
                }
            }
        }
    }

    private void released(
            Tracked tracked, Slice slice, Phase.Releasing releasing, Release outcome, Instant now, List<Event> events) {
        Binding binding = releasing.binding();
        switch (outcome) {
            case Release.Released r -> move(tracked, slice, new Phase.Pending(binding, 0, ""), Cause.RELEASED, events);
            case Release.Absent a -> move(tracked, slice, evidence.absent(tracked, binding, now), Cause.ABSENT, events);
            case Release.Refused refused ->
                move(
                        tracked,
                        slice,
                        evidence.blocked(binding, refused.refusal().message(), now),
                        Cause.REFUSED,
                        events);
            case Release.TooLate t -> {}
            case Release.Unknown u ->
                move(
                        tracked,
                        slice,
                        new Phase.Releasing(binding, Phase.NOBODY, releasing.fence(), releasing.evidence()),
                        Cause.DOUBTED,
                        events);
        }
    }

    private void searched(Input.DoneFind done, Instant now, List<Event> events) {
        for (int i = 0; i < done.effect().sought().size(); i++) {
            AttemptId id = done.effect().sought().get(i).attempt().id();
            Search outcome = done.outcomes().get(i);
            Tracked tracked = book.attempt(id);
            if (tracked != null && tracked.flight == done.effect().flight()) {
                evidence.searched(tracked, outcome, now, events);
            }
        }
        for (int i = 0; i < done.effect().sought().size(); i++) {
            AttemptId id = done.effect().sought().get(i).attempt().id();
            Watch watch = book.registers.watch(new Leftover.Key(id, "", ""));
            if (watch != null && watch.flight == done.effect().flight()) {
                sweeper.searched(watch, done.outcomes().get(i), watch.sent, now, events);
            }
        }
    }

    private void stopped(Input.DoneStop done, Instant now, List<Event> events) {
        Effect.Stop effect = done.effect();
        Watch watch = book.registers.watch(Leftover.key(effect.attempt(), effect.binding()));
        if (watch != null && watch.flight == effect.flight()) {
            sweeper.stopped(watch, done.outcome(), now, events);
        }
        Tracked tracked = book.attempt(effect.attempt());
        if (tracked == null || tracked.flight != effect.flight()) {
            return;
        }
        for (Slice slice : slices(effect.attempt(), effect.tasks())) {
            JobState.Live live = (JobState.Live) slice.state();
            if (live.phase() instanceof Phase.Bound bound && bound.binding().equals(effect.binding())) {
                stopped(tracked, slice, bound, done.outcome(), now, events);
            }
        }
    }

    private void stopped(
            Tracked tracked, Slice slice, Phase.Bound bound, Stopping outcome, Instant now, List<Event> events) {
        JobState.Live live = (JobState.Live) slice.state();
        int run = bound instanceof Phase.Released released ? released.run() : 0;
        switch (outcome) {
            case Stopping.NeverRan n -> {
                if (bound instanceof Phase.Parked) {
                    closing.close(tracked.job, slice, new AttemptEnd.Withdrawn(), now, events);
                } else {
                    Phase.Certainty stopped = Phase.Certainty.STOPPED;
                    move(
                            tracked,
                            slice,
                            new Phase.Missing(bound.binding(), run, Optional.empty(), now, stopped),
                            Cause.STOPPED,
                            events);
                }
            }
            case Stopping.Ended e ->
                evidence.ended(tracked, slice, new Sighting.Ended(run, e.end(), e.started(), e.at()), now, events);
            case Stopping.Absent a -> absent(tracked, slice, bound, now, events);
            case Stopping.Asked a -> {
                Instant until = bound instanceof Phase.Withdrawing withdrawing
                        ? withdrawing.fence()
                        : live.wish() instanceof Wish.Stop stop ? stop.fence() : now;
                events.add(new Event.Deferred(new AgendaKey.OfAttempt(tracked.attempt.id()), until));
                if (bound instanceof Phase.Withdrawing withdrawing) {
                    move(
                            tracked,
                            slice,
                            Dispatch.withStep(withdrawing, Phase.Step.READ, Phase.NOBODY, withdrawing.fence()),
                            Cause.WITHDRAWAL,
                            events);
                }
            }
            case Stopping.Unknown u -> {}
        }
    }

    private void absent(Tracked tracked, Slice slice, Phase.Bound bound, Instant now, List<Event> events) {
        JobState.Live live = (JobState.Live) slice.state();
        switch (bound) {
            // Not under this binding: its owner may have let it go, and its cluster requeued it. The key tells.
            case Phase.Parked parked -> {
                Instant read = live.wish() instanceof Wish.Stop stop ? stop.fence() : now;
                events.add(new Event.Deferred(new AgendaKey.OfAttempt(tracked.attempt.id()), read));
            }
            case Phase.Missing missing -> {}
            case Phase.Releasing releasing ->
                move(
                        tracked,
                        slice,
                        Evidence.missing(releasing.binding(), 0, Optional.empty(), Sweep.Ends.VISIBLE, now),
                        Cause.ABSENT,
                        events);
            case Phase.Released released ->
                move(
                        tracked,
                        slice,
                        Evidence.missing(
                                released.binding(), released.run(), released.startedAt(), Sweep.Ends.VISIBLE, now),
                        Cause.ABSENT,
                        events);
        }
    }

    private void altered(Input.DoneAlter done, Instant now, List<Event> events) {
        Tracked tracked = book.attempt(done.effect().attempt());
        if (tracked == null) {
            return;
        }
        if (done.effect().change() instanceof Change.Limit change) {
            limits.altered(
                    tracked,
                    done,
                    change,
                    slices(done.effect().attempt(), done.effect().tasks()),
                    now,
                    events);
            return;
        }
        for (Slice slice : slices(done.effect().attempt(), done.effect().tasks())) {
            JobState.Live live = (JobState.Live) slice.state();
            if (!(live.phase() instanceof Phase.Withdrawing withdrawing)
                    || !withdrawing.binding().equals(done.effect().binding())) {
                continue;
            }
            boolean undone = withdrawing.step() == Phase.Step.UNDO
                    && (done.outcome() instanceof Alteration.Altered || done.outcome() instanceof Alteration.Refused);
            switch (done.outcome()) {
                case Alteration.Absent a -> absent(tracked, slice, withdrawing, now, events);
                case Alteration.Altered a -> stepped(tracked, slice, withdrawing, undone, events);
                case Alteration.Refused r -> stepped(tracked, slice, withdrawing, undone, events);
                case Alteration.Unknown u -> stepped(tracked, slice, withdrawing, false, events);
            }
        }
    }

    /** After a hold, or in doubt, it is read; what is undone is as if nothing had been. */
    private void stepped(
            Tracked tracked, Slice slice, Phase.Withdrawing withdrawing, boolean undone, List<Event> events) {
        JobState.Live live = (JobState.Live) slice.state();
        if (undone) {
            Phase back = new Phase.Pending(withdrawing.binding(), withdrawing.run(), "");
            events.add(new Event.Moved(
                    tracked.job.id(),
                    slice.tasks(),
                    new JobState.Live(live.attempt(), back, Wish.RUN),
                    Cause.WITHDRAWAL));
        } else {
            move(
                    tracked,
                    slice,
                    Dispatch.withStep(withdrawing, Phase.Step.READ, Phase.NOBODY, withdrawing.fence()),
                    Cause.WITHDRAWAL,
                    events);
        }
    }

    private void claimed(Input.DoneClaim done, Instant now, List<Event> events) {
        Tracked tracked = book.attempt(done.effect().attempt().id());
        if (tracked == null) {
            return;
        }
        for (Slice slice : slices(done.effect().attempt().id(), done.effect().tasks())) {
            JobState.Live live = (JobState.Live) slice.state();
            if (live.phase() instanceof Phase.Missing missing
                    && (missing.certainty() == Phase.Certainty.CONFIRMED
                            || missing.certainty() == Phase.Certainty.TAKEN_BACK)
                    && missing.run() == done.effect().run()) {
                claimed(tracked, slice, missing, done.outcome(), now, events);
            }
        }
    }

    private void claimed(
            Tracked tracked, Slice slice, Phase.Missing missing, Claim outcome, Instant now, List<Event> events) {
        switch (outcome) {
            case Claim.Taken taken -> {
                TaskSet won = missing.started().isPresent()
                        ? TaskSet.EMPTY
                        : taken.won().intersect(slice.tasks());
                TaskSet lost =
                        slice.tasks().intersect(taken.lost().union(taken.won())).minus(won);
                gone(tracked, slice, won, missing, new AttemptEnd.NeverStarted(), now, events);
                gone(
                        tracked,
                        slice,
                        lost,
                        missing,
                        new AttemptEnd.Interrupted("it had started, and its cluster lost it"),
                        now,
                        events);
            }
            case Claim.Cannot c -> {
                if (missing.certainty() == Phase.Certainty.TAKEN_BACK) {
                    closing.close(tracked.job, slice, new AttemptEnd.Withdrawn(), now, events);
                } else if (isCancelled(slice)) {
                    evidence.unseen(tracked, slice, missing, now, events);
                } else if (tracked.job.head().rules().consentsToSecondRun()) {
                    AttemptEnd end = new AttemptEnd.Interrupted(
                            "its cluster lost it, nobody knows whether it ran, and it consents to a second run");
                    gone(tracked, slice, slice.tasks(), missing, end, now, events);
                } else {
                    move(
                            tracked,
                            slice,
                            Evidence.confirmed(missing, Phase.Certainty.UNRESOLVED),
                            Cause.CLAIM_FAILED,
                            events);
                    evidence.alert(
                            tracked, "is absent, and nothing can tell whether it ran; it may be settled", events);
                }
            }
            case Claim.Unknown u -> {}
        }
    }

    /** Whoever cancels has no more questions, least of all to an operator. */
    private static boolean isCancelled(Slice slice) {
        return ((JobState.Live) slice.state()).wish() instanceof Wish.Stop stop && stop.why() == StopReason.CANCEL;
    }

    private void gone(
            Tracked tracked,
            Slice slice,
            TaskSet tasks,
            Phase.Missing missing,
            AttemptEnd end,
            Instant now,
            List<Event> events) {
        if (tasks.isEmpty()) {
            return;
        }
        Slice part = new Slice(tasks, slice.state());
        closing.charge(
                tracked.job,
                (JobState.Live) slice.state(),
                tasks,
                missing.run(),
                missing.started(),
                missing.since(),
                events);
        closing.close(tracked.job, part, end, now, events);
        events.add(new Event.LeftBehind(evidence.vigil(tracked, part, missing.binding(), now)));
    }

    private void observed(Input.DoneObserve done, Instant now, List<Event> events) {
        if (!(done.outcome() instanceof Sweep.Seen seen)) {
            return;
        }
        ClusterRecord cluster = book.cluster(done.effect().cluster());
        boolean complete = seen.scope() == Sweep.Scope.COMPLETE;
        events.add(new Event.Looked(cluster.name(), seen.asOf(), complete, seen.next()));
        Map<AttemptId, TaskSet> mentioned = new HashMap<>();
        List<Observation> strays = new ArrayList<>();
        for (Observation observation : seen.observations()) {
            Tracked tracked = book.attempt(observation.attempt());
            if (tracked == null || tracked.tasks.intersect(observation.tasks()).isEmpty()) {
                strays.add(observation);
                continue;
            }
            // An end stays true, whenever it was read; and what left the queue is not told again.
            if (upToDate(tracked, seen.asOf()) || observation.seen() instanceof Sighting.Ended) {
                TaskSet before = mentioned.getOrDefault(observation.attempt(), TaskSet.EMPTY);
                TaskSet matched = evidence.looked(tracked, observation, before, now, events);
                mentioned.merge(observation.attempt(), matched, TaskSet::union);
            }
        }
        if (complete) {
            for (AttemptId id : cluster.attempts) {
                Tracked tracked = book.attempt(id);
                if (tracked != null && upToDate(tracked, seen.asOf())) {
                    TaskSet missed = tracked.tasks.minus(mentioned.getOrDefault(id, TaskSet.EMPTY));
                    evidence.missed(tracked, missed, seen.ends(), seen.asOf(), now, events);
                }
            }
        }
        strays.forEach(stray -> sweeper.observed(cluster.name(), stray, now, events));
    }

    /** A look that began before the last change of ours may not have it yet, and one during a call neither. */
    private static boolean upToDate(Tracked tracked, Instant asOf) {
        return tracked.flight == 0 && asOf.isAfter(tracked.changed);
    }
}
