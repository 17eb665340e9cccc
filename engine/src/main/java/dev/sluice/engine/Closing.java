package dev.sluice.engine;

import dev.sluice.cluster.PastRun;
import dev.sluice.job.AttemptEnd;
import dev.sluice.job.ClusterName;
import dev.sluice.job.Gate;
import dev.sluice.job.JobState;
import dev.sluice.job.Phase;
import dev.sluice.job.Refusal;
import dev.sluice.job.Refusals;
import dev.sluice.job.Slice;
import dev.sluice.job.StopReason;
import dev.sluice.job.TaskSet;
import dev.sluice.job.Verdict;
import dev.sluice.job.Wish;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The end of attempts: what it means for their tasks, by the wish and the job's rules, and what is to be paid. */
final class Closing {
    private final Book book;

    Closing(Book book) {
        this.book = book;
    }

    /** An attempt is over for these tasks of a live slice, which end or wait again. */
    void close(Job job, Slice slice, AttemptEnd end, Instant now, List<Event> events) {
        JobState.Live live = (JobState.Live) slice.state();
        events.add(new Event.Closed(job.id(), slice.tasks(), live.attempt().id(), end, next(job, live, end, now)));
    }

    /** One run of tasks is paid for, where it had started. */
    void charge(
            Job job,
            JobState.Live live,
            TaskSet tasks,
            int run,
            Optional<Instant> started,
            Instant ended,
            List<Event> events) {
        if (started.isEmpty()) {
            return;
        }
        long millis = Math.max(0, Duration.between(started.get(), ended).toMillis());
        long cpus = job.head().ask().resources().cpus();
        long cpuMillis = Math.multiplyExact(Math.multiplyExact(millis, cpus), (long) tasks.size());
        events.add(new Event.Charged(
                job.id(),
                tasks,
                live.attempt().id(),
                run,
                job.head().project(),
                cpuMillis,
                started.get(),
                ended.isBefore(started.get()) ? started.get() : ended,
                Optional.of(paid(job, live))));
    }

    private Event.Paid paid(Job job, JobState.Live live) {
        ClusterName cluster = live.attempt().cluster();
        JobHead head = job.head();
        return new Event.Paid(
                head.user(), cluster, book.planner.size(cluster, live.attempt().partition(), head.ask()));
    }

    /**
     * The runs before one that was seen are paid for as the cluster has them: those from the run that is on disk on, since what lies
     * below it was paid when that was written.
     */
    void chargePast(Job job, Slice slice, int from, List<PastRun> past, List<Event> events) {
        JobState.Live live = (JobState.Live) slice.state();
        Set<Integer> paid = new HashSet<>();
        for (PastRun each : past) {
            if (each.run() >= from && paid.add(each.run())) {
                charge(job, live, slice.tasks(), each.run(), Optional.of(each.started()), each.ended(), events);
            }
        }
    }

    private JobState next(Job job, JobState.Live live, AttemptEnd end, Instant now) {
        return switch (live.wish()) {
            case Wish.Run run -> unasked(job, live, end, now);
            case Wish.Stop stop -> asked(job, live, stop.why(), end, now);
        };
    }

    private JobState asked(Job job, JobState.Live live, StopReason why, AttemptEnd end, Instant now) {
        if (end instanceof AttemptEnd.Finished finished) {
            return new JobState.Ended(finished.verdict());
        }
        if (end instanceof AttemptEnd.Settled settled) {
            return new JobState.Ended(settled.verdict());
        }
        return switch (why) {
            case CANCEL -> new JobState.Ended(Verdict.CANCELLED);
            case REQUEUE -> again(live, end, now, Instant.EPOCH);
            case RECLAIM -> byRules(job, live, preempted(end), now);
            case REROUTE -> end.ran() ? unasked(job, live, end, now) : again(live, end, now, Instant.EPOCH);
            case HOLD_BY_USER -> held(job, live, end, now, Gate.HELD_BY_USER);
            case HOLD_BY_OPERATOR -> held(job, live, end, now, Gate.HELD_BY_OPERATOR);
        };
    }

    private static AttemptEnd preempted(AttemptEnd end) {
        return end instanceof AttemptEnd.Stopped ? new AttemptEnd.Preempted() : end;
    }

    private JobState held(Job job, JobState.Live live, AttemptEnd end, Instant now, Gate gate) {
        JobState next = end.ran() ? unasked(job, live, end, now) : again(live, end, now, Instant.EPOCH);
        return next instanceof JobState.Waiting waiting ? waiting.shut(gate) : next;
    }

    private JobState unasked(Job job, JobState.Live live, AttemptEnd end, Instant now) {
        return switch (end) {
            case AttemptEnd.Finished finished -> new JobState.Ended(finished.verdict());
            case AttemptEnd.Settled settled -> new JobState.Ended(settled.verdict());
            // Its owner or an administrator ended it behind our back.
            case AttemptEnd.Stopped stopped -> new JobState.Ended(Verdict.CANCELLED);
            case AttemptEnd.Interrupted i -> byRules(job, live, end, now);
            case AttemptEnd.Preempted p -> byRules(job, live, end, now);
            case AttemptEnd.NodeLost n -> byRules(job, live, end, now);
            case AttemptEnd.NeverStarted n -> again(live, end, now, now.plus(book.settings.backoff()));
            case AttemptEnd.Withdrawn w -> again(live, end, now, Instant.EPOCH);
            case AttemptEnd.RefusedByCluster refused -> refused(job, live, refused, now);
        };
    }

    /** Requeued, unless the rules or their cap forbid it (sbatch {@code --requeue}, {@code --no-requeue}). */
    private JobState byRules(Job job, JobState.Live live, AttemptEnd end, Instant now) {
        boolean consented =
                end instanceof AttemptEnd.Interrupted && job.head().rules().consentsToSecondRun();
        boolean again = end instanceof AttemptEnd.NeverStarted
                || end instanceof AttemptEnd.Withdrawn
                || ((job.head().rules().requeues() || consented)
                        && live.attempt().tries() < job.head().rules().maxAttempts());
        if (again) {
            return again(live, end, now, now.plus(backoff(live.attempt().tries())));
        }
        return new JobState.Ended(
                switch (end) {
                    case AttemptEnd.Interrupted interrupted -> new Verdict.Interrupted(interrupted.why());
                    case AttemptEnd.Preempted p -> new Verdict.Preempted();
                    case AttemptEnd.NodeLost n -> new Verdict.NodeLost();
                    case AttemptEnd.RefusedByCluster refused ->
                        new Verdict.Refused(refused.refusal().message());
                    case AttemptEnd.Finished finished -> finished.verdict();
                    case AttemptEnd.Settled settled -> settled.verdict();
                    case AttemptEnd.Stopped s -> Verdict.CANCELLED;
                    case AttemptEnd.NeverStarted n -> Verdict.CANCELLED;
                    case AttemptEnd.Withdrawn w -> Verdict.CANCELLED;
                });
    }

    private Duration backoff(int tries) {
        Duration pause = book.settings.backoff();
        for (int i = 1; i < tries && pause.compareTo(book.settings.maxBackoff()) < 0; i++) {
            pause = pause.multipliedBy(2);
        }
        return pause.compareTo(book.settings.maxBackoff()) < 0 ? pause : book.settings.maxBackoff();
    }

    /** Waiting again; a try that cannot have run does not count. */
    private static JobState.Waiting again(JobState.Live live, AttemptEnd end, Instant now, Instant notBefore) {
        boolean ranBefore = live.phase() instanceof Phase.Released released && released.run() > 0;
        int tries =
                end.ran() || ranBefore ? live.attempt().tries() : live.attempt().tries() - 1;
        return new JobState.Waiting(
                Set.of(),
                tries,
                notBefore.isAfter(now) ? notBefore : Instant.EPOCH,
                live.attempt().refusedBy(),
                Optional.of(end));
    }

    /** Waiting as before the attempt, which cannot have run. */
    JobState.Waiting waitingAgain(JobState.Live live, AttemptEnd end) {
        return again(live, end, Instant.EPOCH, Instant.EPOCH);
    }

    private JobState refused(Job job, JobState.Live live, AttemptEnd.RefusedByCluster end, Instant now) {
        if (end.refusal().retry() == Refusal.Retry.LATER) {
            return again(live, end, now, now.plus(book.settings.backoff()));
        }
        Refusals refusedBy = live.attempt()
                .refusedBy()
                .and(live.attempt().cluster(), end.refusal().message());
        boolean elsewhere = book.clusters.keySet().stream()
                .anyMatch(cluster -> job.head().ask().routing().permits(cluster)
                        && job.head().barred().of(cluster).isEmpty()
                        && refusedBy.of(cluster).isEmpty());
        if (!elsewhere) {
            return new JobState.Ended(new Verdict.Refused(end.refusal().message()));
        }
        JobState.Waiting waiting = again(live, end, now, Instant.EPOCH);
        return new JobState.Waiting(waiting.gates(), waiting.tries(), waiting.notBefore(), refusedBy, waiting.last());
    }
}
