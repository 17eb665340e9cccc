package dev.sluice.engine;

import dev.sluice.cluster.Change;
import dev.sluice.cluster.Grant;
import dev.sluice.cluster.Sought;
import dev.sluice.engine.Event.Cause;
import dev.sluice.job.Attempt;
import dev.sluice.job.AttemptId;
import dev.sluice.job.Binding;
import dev.sluice.job.JobId;
import dev.sluice.job.JobState;
import dev.sluice.job.Phase;
import dev.sluice.job.Slice;
import dev.sluice.job.TaskSet;
import dev.sluice.job.Wish;
import dev.sluice.policy.plan.Move;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * The stage that sends attempts out and takes them back: the next step of each, row by row as docs/dispatch.md has it. A step
 * follows from the state alone, so a restart finds the same one.
 */
final class Dispatch {
    private final Book book;
    private final Stopper stopper;

    Dispatch(Book book, Stopper stopper) {
        this.book = book;
        this.stopper = stopper;
    }

    /** Turns the planner's moves into attempts. */
    List<Event> place(List<Move> moves, Instant now, RandomGenerator ids) {
        List<Event> events = new ArrayList<>();
        for (Move move : moves) {
            switch (move) {
                case Move.Start start -> start(start, now, ids, events);
                case Move.Withdraw withdraw -> withdraw(withdraw, now, events);
                case Move.Reclaim reclaim -> reclaim(reclaim, now, events);
                case Move.Reserve reserve -> events.add(new Event.Reserved(reserve));
            }
        }
        return events;
    }

    private void start(Move.Start start, Instant now, RandomGenerator ids, List<Event> events) {
        Job job = book.job(start.job());
        if (job == null) {
            return;
        }
        ClusterRecord cluster = book.cluster(start.cluster());
        for (Slice slice : job.slices(start.tasks())) {
            if (slice.state() instanceof JobState.Waiting waiting
                    && waiting.gates().isEmpty()) {
                TaskSet rest = slice.tasks();
                while (!rest.isEmpty()) {
                    TaskSet part = together(rest, cluster.settings.arraySpan());
                    rest = rest.minus(part);
                    Attempt attempt = new Attempt(
                            AttemptId.random(book.settings.realm(), ids),
                            job.id(),
                            job.head().user(),
                            start.cluster(),
                            start.partition(),
                            part,
                            waiting.tries() + 1,
                            job.head().ask().limit(),
                            waiting.refusedBy());
                    Phase intended = new Phase.Intended(book.epoch, cluster.fence(now, book.settings.skew()));
                    events.add(new Event.Placed(
                            job.id(), part, new JobState.Live(attempt, intended, Wish.RUN), start.reason()));
                }
            }
        }
    }

    /** Those of the tasks that one array of the cluster can hold. */
    private static TaskSet together(TaskSet tasks, int span) {
        return tasks.last() < span
                ? tasks
                : tasks.intersect(TaskSet.range(
                        tasks.first(), (int) Math.min((long) tasks.first() + span - 1, TaskSet.MAX_INDEX)));
    }

    private void withdraw(Move.Withdraw withdraw, Instant now, List<Event> events) {
        Tracked tracked = book.attempt(withdraw.attempt());
        if (tracked != null) {
            stopper.reroute(tracked.job, tracked.tasks, now, events);
        }
    }

    private void reclaim(Move.Reclaim reclaim, Instant now, List<Event> events) {
        Tracked tracked = book.attempt(reclaim.victim());
        if (tracked != null) {
            stopper.reclaim(tracked.job, reclaim.tasks(), now, events);
        }
    }

    /** What is to be done next about a live attempt. */
    Step next(Tracked tracked, Instant now) {
        if (tracked.flight != 0) {
            return Step.IDLE;
        }
        Instant until = Instant.MAX;
        for (Slice slice : tracked.slices()) {
            Step step = new At(tracked, slice, (JobState.Live) slice.state(), now).next();
            if (!(step instanceof Step.Rest rest)) {
                return tracked.notBefore.isAfter(now) ? new Step.Rest(tracked.notBefore) : step;
            }
            until = rest.until().isBefore(until) ? rest.until() : until;
        }
        return new Step.Rest(until);
    }

    /** One live slice at one instant. */
    private final class At {
        private final Tracked tracked;
        private final Slice slice;
        private final JobState.Live live;
        private final Instant now;
        private final ClusterRecord cluster;
        private final JobId job;

        At(Tracked tracked, Slice slice, JobState.Live live, Instant now) {
            this.tracked = tracked;
            this.slice = slice;
            this.live = live;
            this.now = now;
            this.cluster = book.cluster(tracked.attempt.cluster());
            this.job = tracked.job.id();
        }

        Step next() {
            return switch (live.phase()) {
                case Phase.Intended intended -> intended(intended);
                case Phase.Parked parked -> parked(parked);
                case Phase.Releasing releasing -> releasing(releasing);
                case Phase.Pending pending -> pending(pending);
                case Phase.Running running -> running(running);
                case Phase.Paused paused -> running(paused);
                case Phase.Completing completing -> Step.IDLE;
                case Phase.Withdrawing withdrawing -> withdrawing(withdrawing);
                case Phase.Missing missing -> missing(missing);
            };
        }

        private Instant fence() {
            return cluster.fence(now, book.settings.skew());
        }

        /** Whether a request under this fence may still begin: it lives for requestLife and the skew once sent. */
        private boolean sendable(long epoch, Instant fence) {
            return epoch == book.epoch && !fence.isBefore(fence().minus(ClusterRecord.START_WITHIN));
        }

        private Step.Commit move(Phase phase, Cause cause) {
            return new Step.Commit(new Event.Moved(job, slice.tasks(), live.with(phase), cause));
        }

        private Step find() {
            Set<Binding> bindings = new HashSet<>();
            for (Slice each : tracked.slices()) {
                if (((JobState.Live) each.state()).phase() instanceof Phase.Bound bound) {
                    bindings.add(bound.binding());
                }
            }
            return new Step.Find(new Sought(tracked.attempt, tracked.tasks, bindings));
        }

        private Step intended(Phase.Intended intended) {
            if (intended.epoch() != book.epoch) {
                return find();
            }
            return sendable(intended.epoch(), intended.fence())
                    ? new Step.Call(
                            flight -> new Effect.Park(flight, cluster.name(), tracked.attempt, intended.fence()))
                    : move(new Phase.Intended(book.epoch, fence()), Cause.RENEWED);
        }

        private Step parked(Phase.Parked parked) {
            if (live.wish() instanceof Wish.Stop stop) {
                return stop(stop, parked.binding());
            }
            boolean blocked =
                    parked.blocked().map(block -> block.until().isAfter(now)).orElse(false);
            return blocked
                    ? new Step.Rest(parked.blocked().get().until())
                    : move(
                            new Phase.Releasing(parked.binding(), Phase.NOBODY, Instant.EPOCH, Instant.EPOCH),
                            Cause.UNBLOCKED);
        }

        private Step releasing(Phase.Releasing releasing) {
            boolean ours = releasing.epoch() == book.epoch;
            if (live.wish() instanceof Wish.Stop stop) {
                if (!stop.why().sparesRunning()) {
                    return stop(stop, releasing.binding());
                }
                // Of this epoch means not sent: every answer changes the phase.
                return ours
                        ? move(new Phase.Parked(releasing.binding(), Optional.empty()), Cause.STOP_ASKED)
                        : releasing.fence().isAfter(now) ? new Step.Rest(releasing.fence()) : find();
            }
            Instant stale = releasing.evidence().plus(cluster.settings.trust());
            boolean fresh = !now.isAfter(stale) && cluster.lastDoubt.isBefore(releasing.evidence());
            return ours && fresh && sendable(releasing.epoch(), releasing.fence())
                    ? new Step.Release(
                            new Grant(tracked.attempt, releasing.binding(), slice.tasks(), stale), releasing.fence())
                    : find();
        }

        /** Its object gets the job's time limit, where that was changed since; nothing brings a cluster's default back. */
        private Step limit(Binding binding) {
            Optional<Duration> limit = tracked.job.head().ask().limit();
            return limit.isEmpty() || live.attempt().limit().equals(limit)
                    ? Step.IDLE
                    : new Step.Call(flight -> new Effect.Alter(
                            flight,
                            cluster.name(),
                            tracked.attempt.id(),
                            binding,
                            slice.tasks(),
                            new Change.Limit(limit.get()),
                            fence()));
        }

        private Step pending(Phase.Pending pending) {
            if (!(live.wish() instanceof Wish.Stop stop)) {
                return limit(pending.binding());
            }
            return stop.why().sparesRunning()
                    ? move(
                            new Phase.Withdrawing(
                                    pending.binding(), pending.run(), Phase.Step.HOLD, book.epoch, fence()),
                            Cause.WITHDRAWAL)
                    : stop(stop, pending.binding());
        }

        private Step running(Phase.Released phase) {
            if (!(live.wish() instanceof Wish.Stop stop)) {
                return limit(phase.binding());
            }
            if (!stop.why().sparesRunning()) {
                return stop(stop, phase.binding());
            }
            // A stop of ours may still reach it until the fence: then it ends by us, not by its user.
            return stop.epoch() != Phase.NOBODY && stop.fence().isAfter(now)
                    ? new Step.Rest(stop.fence())
                    : new Step.Commit(new Event.Moved(job, slice.tasks(), live.with(Wish.RUN), Cause.SEEN));
        }

        private Step withdrawing(Phase.Withdrawing phase) {
            Binding binding = phase.binding();
            if (live.wish() instanceof Wish.Stop stop && !stop.why().sparesRunning()) {
                return move(new Phase.Pending(binding, phase.run(), ""), Cause.STOP_ASKED);
            }
            if (phase.step() == Phase.Step.READ) {
                return find();
            }
            if (phase.epoch() != book.epoch) {
                return move(withStep(phase, Phase.Step.READ, phase.epoch(), phase.fence()), Cause.WITHDRAWAL);
            }
            if (!sendable(phase.epoch(), phase.fence())) {
                return move(withStep(phase, phase.step(), book.epoch, fence()), Cause.RENEWED);
            }
            AttemptId id = tracked.attempt.id();
            TaskSet tasks = slice.tasks();
            return new Step.Call(
                    switch (phase.step()) {
                        case HOLD ->
                            flight -> new Effect.Alter(
                                    flight, cluster.name(), id, binding, tasks, new Change.Hold(), phase.fence());
                        case UNDO ->
                            flight -> new Effect.Alter(
                                    flight, cluster.name(), id, binding, tasks, new Change.Unhold(), phase.fence());
                        case CANCEL, READ ->
                            flight -> new Effect.Stop(
                                    flight, cluster.name(), id, binding, tasks, Duration.ZERO, phase.fence());
                    });
        }

        private Step missing(Phase.Missing missing) {
            return switch (missing.certainty()) {
                case STOPPED -> {
                    Instant saved = missing.since().plus(cluster.settings.saves());
                    yield saved.isAfter(now) ? new Step.Rest(saved) : find();
                }
                case SUSPECTED, HIDDEN, UNRESOLVED -> Step.IDLE;
                case TO_SEARCH -> find();
                case TAKEN_BACK, CONFIRMED ->
                    new Step.Call(flight -> new Effect.Claim(
                            flight, cluster.name(), tracked.attempt, missing.binding(), slice.tasks(), missing.run()));
            };
        }

        /** Asked, sent, and read again after the fence. */
        private Step stop(Wish.Stop stop, Binding binding) {
            if (stop.epoch() != book.epoch) {
                Wish sent = stop.sent(book.epoch, fence());
                return new Step.Commit(new Event.Moved(job, slice.tasks(), live.with(sent), Cause.STOP_SENT));
            }
            if (!sendable(stop.epoch(), stop.fence())) {
                return stop.fence().isAfter(now) ? new Step.Rest(stop.fence()) : find();
            }
            Duration grace = tracked.job.head().rules().grace();
            return new Step.Call(flight -> new Effect.Stop(
                    flight, cluster.name(), tracked.attempt.id(), binding, slice.tasks(), grace, stop.fence()));
        }
    }

    static Phase.Withdrawing withStep(Phase.Withdrawing phase, Phase.Step step, long epoch, Instant fence) {
        return new Phase.Withdrawing(phase.binding(), phase.run(), step, epoch, fence);
    }
}
