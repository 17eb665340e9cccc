package dev.sluice.engine;

import dev.sluice.engine.Event.Cause;
import dev.sluice.job.AttemptEnd;
import dev.sluice.job.Gate;
import dev.sluice.job.JobState;
import dev.sluice.job.Phase;
import dev.sluice.job.Slice;
import dev.sluice.job.StopReason;
import dev.sluice.job.TaskSet;
import dev.sluice.job.Verdict;
import dev.sluice.job.Wish;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;

/** The stage of everything that shall not go on: cancel, hold, requeue, reroute, reclaim, and an operator's word. */
final class Stopper {
    private final Book book;
    private final Closing closing;
    private final Evidence evidence;

    Stopper(Book book, Closing closing, Evidence evidence) {
        this.book = book;
        this.closing = closing;
        this.evidence = evidence;
    }

    void cancel(Job job, TaskSet tasks, Instant now, List<Event> events) {
        JobState.Ended cancelled = new JobState.Ended(Verdict.CANCELLED);
        giveUp(job, tasks, now, events, (waiting, meant) -> meant ? cancelled : waiting);
        for (Slice slice : job.slices(tasks)) {
            switch (slice.state()) {
                case JobState.Waiting waiting -> events.add(new Event.Ended(job.id(), slice.tasks(), cancelled));
                case JobState.Live live -> cancel(job, slice, live, now, events);
                case JobState.Ended ended -> {}
            }
        }
    }

    private void cancel(Job job, Slice slice, JobState.Live live, Instant now, List<Event> events) {
        if (live.phase() instanceof Phase.Intended) {
            return;
        }
        Tracked tracked = book.attempt(live.attempt().id());
        boolean absentTwice = live.phase() instanceof Phase.Missing missing
                && (missing.certainty() == Phase.Certainty.CONFIRMED
                        || missing.certainty() == Phase.Certainty.UNRESOLVED);
        if (absentTwice && tracked != null && tracked.flight == 0) {
            evidence.unseen(tracked, slice, (Phase.Missing) live.phase(), now, events);
        } else {
            wish(job, slice, live, StopReason.CANCEL, now, events);
        }
    }

    void hold(Job job, TaskSet tasks, Gate gate, StopReason why, Instant now, List<Event> events) {
        giveUp(job, tasks, now, events, (waiting, meant) -> meant ? waiting.shut(gate) : waiting);
        for (Slice slice : job.slices(tasks)) {
            switch (slice.state()) {
                case JobState.Waiting waiting -> {
                    if (!waiting.gates().contains(gate)) {
                        events.add(new Event.Waited(job.id(), slice.tasks(), waiting.shut(gate)));
                    }
                }
                case JobState.Live live -> unstarted(job, slice, live, why, now, events);
                case JobState.Ended ended -> {}
            }
        }
    }

    /** Gates open; what is being taken back for a hold is taken back all the same, and placed again. */
    void unhold(Job job, TaskSet tasks, Set<Gate> gates, List<Event> events) {
        for (Slice slice : job.slices(tasks)) {
            switch (slice.state()) {
                case JobState.Waiting waiting -> {
                    JobState.Waiting open = waiting;
                    for (Gate gate : gates) {
                        open = open.open(gate);
                    }
                    if (!open.equals(waiting)) {
                        events.add(new Event.Waited(job.id(), slice.tasks(), open));
                    }
                }
                case JobState.Live live -> {
                    if (live.wish() instanceof Wish.Stop stop && heldFor(stop.why(), gates)) {
                        Wish reroute = new Wish.Stop(StopReason.REROUTE, stop.asked(), stop.epoch(), stop.fence());
                        events.add(new Event.Moved(job.id(), slice.tasks(), live.with(reroute), Cause.STOP_ASKED));
                    }
                }
                case JobState.Ended ended -> {}
            }
        }
    }

    private static boolean heldFor(StopReason why, Set<Gate> gates) {
        return switch (why) {
            case HOLD_BY_USER -> gates.contains(Gate.HELD_BY_USER);
            case HOLD_BY_OPERATOR -> gates.contains(Gate.HELD_BY_OPERATOR);
            case CANCEL, REROUTE, RECLAIM, REQUEUE -> false;
        };
    }

    void reroute(Job job, TaskSet tasks, Instant now, List<Event> events) {
        giveUp(job, tasks, now, events, (waiting, meant) -> waiting);
        for (Slice slice : job.slices(tasks)) {
            if (slice.state() instanceof JobState.Live live) {
                unstarted(job, slice, live, StopReason.REROUTE, now, events);
            }
        }
    }

    void requeue(Job job, TaskSet tasks, Instant now, List<Event> events) {
        for (Slice slice : job.slices(tasks)) {
            if (slice.state() instanceof JobState.Live live && started(live.phase())) {
                wish(job, slice, live, StopReason.REQUEUE, now, events);
            }
        }
    }

    /** What runs stops with grace; what does not yet is taken back. */
    void reclaim(Job job, TaskSet tasks, Instant now, List<Event> events) {
        reroute(job, tasks, now, events);
        for (Slice slice : job.slices(tasks)) {
            if (slice.state() instanceof JobState.Live live
                    && started(live.phase())
                    && job.head().rules().preemptible()) {
                wish(job, slice, live, StopReason.RECLAIM, now, events);
            }
        }
    }

    private static boolean started(Phase phase) {
        return phase.startedAt().isPresent() && !(phase instanceof Phase.Missing);
    }

    private static void unstarted(
            Job job, Slice slice, JobState.Live live, StopReason why, Instant now, List<Event> events) {
        boolean takable = switch (live.phase()) {
            case Phase.Parked p -> true;
            case Phase.Releasing r -> true;
            case Phase.Pending p -> true;
            case Phase.Withdrawing w -> true;
            case Phase.Intended i -> false;
            case Phase.Running r -> false;
            case Phase.Paused p -> false;
            case Phase.Completing c -> false;
            case Phase.Missing m -> false;
        };
        if (takable) {
            wish(job, slice, live, why, now, events);
        }
    }

    /** A cancel stands above all other wishes, and the one that stops what runs above the one that spares it. */
    private static void wish(
            Job job, Slice slice, JobState.Live live, StopReason why, Instant now, List<Event> events) {
        Wish wanted = Wish.Stop.wanted(why, now);
        if (live.wish() instanceof Wish.Stop old) {
            boolean stronger = old.why() != StopReason.CANCEL
                    && old.why() != why
                    && (why == StopReason.CANCEL || old.why().sparesRunning());
            if (!stronger) {
                return;
            }
            wanted = new Wish.Stop(why, now, old.epoch(), old.fence());
        }
        events.add(new Event.Moved(job.id(), slice.tasks(), live.with(wanted), Cause.STOP_ASKED));
    }

    /** What to make of tasks of an attempt that is given up, whether they were meant or only went along. */
    private interface Next extends BiFunction<JobState.Waiting, Boolean, JobState> {}

    /**
     * Ends attempts that may be parked but are not bound: at once, for nothing of theirs can run. The whole attempt goes, as
     * its object may hold all its tasks; what was not meant waits again. The key stays to be swept until the fence.
     */
    private void giveUp(Job job, TaskSet tasks, Instant now, List<Event> events, Next next) {
        Set<Tracked> unbound = new LinkedHashSet<>();
        for (Slice slice : job.slices(tasks)) {
            if (slice.state() instanceof JobState.Live live && live.phase() instanceof Phase.Intended) {
                Tracked tracked = book.attempt(live.attempt().id());
                if (tracked != null) {
                    unbound.add(tracked);
                }
            }
        }
        for (Tracked tracked : unbound) {
            giveUp(tracked, tasks, now, events, next);
        }
    }

    private void giveUp(Tracked tracked, TaskSet tasks, Instant now, List<Event> events, Next next) {
        Instant fence = now;
        TaskSet gone = TaskSet.EMPTY;
        for (Slice slice : tracked.slices()) {
            JobState.Live live = (JobState.Live) slice.state();
            if (!(live.phase() instanceof Phase.Intended intended)) {
                continue;
            }
            fence = intended.fence().isAfter(fence) ? intended.fence() : fence;
            gone = gone.union(slice.tasks());
            AttemptEnd end = new AttemptEnd.Withdrawn();
            JobState.Waiting waiting = closing.waitingAgain(live, end);
            TaskSet meant = slice.tasks().intersect(tasks);
            TaskSet others = slice.tasks().minus(tasks);
            close(tracked, meant, end, next.apply(waiting, true), events);
            close(tracked, others, end, next.apply(waiting, false), events);
        }
        events.add(new Event.LeftBehind(leftover(tracked, gone, fence, "given up before it was bound")));
    }

    /** Ends an attempt that is not bound, for all its tasks, which wait again. */
    void giveUp(Tracked tracked, List<Event> events) {
        giveUp(tracked, TaskSet.EMPTY, tracked.changed, events, (waiting, meant) -> waiting);
    }

    private static Leftover leftover(Tracked tracked, TaskSet tasks, Instant fence, String why) {
        return new Leftover(
                tracked.attempt.id(),
                tracked.attempt.cluster(),
                Optional.of(tracked.attempt),
                Optional.empty(),
                tasks,
                fence,
                fence,
                why);
    }

    private static void close(Tracked tracked, TaskSet tasks, AttemptEnd end, JobState to, List<Event> events) {
        if (!tasks.isEmpty()) {
            events.add(new Event.Closed(tracked.job.id(), tasks, tracked.attempt.id(), end, to));
        }
    }

    /** An operator says how tasks ended that nobody can see. */
    Decision settle(Input.Settle settle, Job job, TaskSet tasks, Instant now) {
        List<Event> events = new ArrayList<>();
        TaskSet settled = TaskSet.EMPTY;
        for (Slice slice : job.slices(tasks)) {
            if (slice.state() instanceof JobState.Live live && live.phase() instanceof Phase.Missing missing) {
                Tracked tracked = book.attempt(live.attempt().id());
                if (tracked == null || tracked.flight != 0) {
                    continue;
                }
                settled = settled.union(slice.tasks());
                closing.charge(job, live, slice.tasks(), missing.run(), missing.started(), missing.since(), events);
                closing.close(job, slice, new AttemptEnd.Settled(settle.verdict(), settle.reason()), now, events);
                events.add(new Event.LeftBehind(evidence.vigil(tracked, slice, missing.binding(), now)));
            }
        }
        if (settled.isEmpty()) {
            return Decision.only(
                    new Reply.Invalid(
                            "job " + job.id()
                                    + ": expected tasks that are missing from their cluster, found none; what is seen there is never settled"));
        }
        events.addFirst(new Event.Settled(job.id(), settled, settle.by().user(), settle.verdict(), settle.reason()));
        return new Decision(events, Reply.DONE);
    }
}
