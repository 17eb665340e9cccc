package dev.sluice.engine;

import dev.sluice.cluster.Alteration;
import dev.sluice.cluster.CapacityReading;
import dev.sluice.cluster.Claim;
import dev.sluice.cluster.Cursor;
import dev.sluice.cluster.Parking;
import dev.sluice.cluster.Release;
import dev.sluice.cluster.Search;
import dev.sluice.cluster.Stopping;
import dev.sluice.cluster.Sweep;
import dev.sluice.job.AttemptEnd;
import dev.sluice.job.AttemptId;
import dev.sluice.job.ClusterName;
import dev.sluice.job.JobId;
import dev.sluice.job.JobState;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.TaskSet;
import dev.sluice.job.UserName;
import dev.sluice.job.Verdict;
import dev.sluice.policy.load.Load;
import dev.sluice.policy.plan.Budget;
import dev.sluice.policy.plan.Move;
import dev.sluice.policy.plan.PolicySettings;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Labels;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Something that happened, in the past tense. Replaying events is the only way in which the engine's state changes. */
public sealed interface Event {
    /** On disk before anything follows from it, and in the sequence that people, webhooks and audits read. */
    sealed interface Recorded extends Event {}

    /** Of one job. */
    sealed interface OfJob extends Recorded {
        JobId job();
    }

    /** Changes the state of some tasks. */
    sealed interface OfTasks extends OfJob {
        TaskSet tasks();

        JobState to();
    }

    /** What a restart learns anew: flights, measurements, positions. Never on disk. */
    sealed interface Passing extends Event {}

    record Accepted(JobHead head, JobSpec spec, JobState.Waiting to) implements OfJob {
        @Override
        public JobId job() {
            return head.id();
        }
    }

    /** What a job says of itself was changed: its priority class, its limit, its pinned image. */
    record Altered(JobHead head) implements OfJob {
        @Override
        public JobId job() {
            return head.id();
        }
    }

    /** Waiting tasks wait otherwise. */
    record Waited(JobId job, TaskSet tasks, JobState.Waiting to) implements OfTasks {}

    /** An attempt was decided. */
    record Placed(JobId job, TaskSet tasks, JobState.Live to, String why) implements OfTasks {}

    /** A live attempt came further, or is wished otherwise. */
    record Moved(JobId job, TaskSet tasks, JobState.Live to, Cause cause) implements OfTasks {}

    /** An attempt that had been given up turned up running, and is the tasks' own again. */
    record Adopted(JobId job, TaskSet tasks, JobState.Live to) implements OfTasks {}

    /** An attempt is over for these tasks. */
    record Closed(JobId job, TaskSet tasks, AttemptId attempt, AttemptEnd end, JobState to) implements OfTasks {}

    /** Waiting tasks will never run. */
    record Ended(JobId job, TaskSet tasks, JobState.Ended to) implements OfTasks {}

    /**
     * A run of these tasks was paid for.
     *
     * @param started when it really started; ended: when it really ended
     */
    record Charged(
            JobId job,
            TaskSet tasks,
            AttemptId attempt,
            int run,
            ProjectPath project,
            long cpuMillis,
            Instant started,
            Instant ended,
            Optional<Paid> paid)
            implements OfJob {}

    /**
     * Who pays for a run beside its project, and for what; the first release did not write it.
     *
     * @param each what one task held
     */
    record Paid(UserName user, ClusterName cluster, Load each) {}

    /**
     * What natives held on a cluster was charged for some time.
     *
     * @param uses by project, each once
     */
    record NativesCharged(ClusterName cluster, Instant from, Instant until, List<NativeUse> uses) implements Recorded {
        public NativesCharged {
            uses = List.copyOf(uses);
        }
    }

    /**
     * What of it a project is charged, with all above it.
     *
     * @param held all the time
     */
    record NativeUse(ProjectPath project, Load held) {}

    /** The user's labels on a job were changed. */
    record Labelled(JobId job, Labels labels) implements OfJob {}

    /** An ended job left the heap; its archive stays on disk. */
    record Forgotten(JobId job) implements OfJob {}

    /** An operator said what became of tasks that nobody could see. */
    record Settled(JobId job, TaskSet tasks, UserName by, Verdict verdict, String reason) implements OfJob {}

    /** Something a person should look at. */
    record Alerted(ClusterName cluster, Optional<JobId> job, String attempt, String what) implements Recorded {}

    /** Objects that may exist, or do, and shall not: to be swept from their cluster. */
    record LeftBehind(Leftover leftover) implements Recorded {}

    /** Nothing more is to be feared of a leftover. */
    record SweptUp(Leftover.Key key) implements Recorded {}

    /** The object of a leftover is over; it is watched for in case it comes back. */
    record SweptDown(Leftover.Key key) implements Passing {}

    /** A client's key stands for these jobs. */
    record KeyUsed(IdempotencyKey key, KeyUse use) implements Recorded {}

    record KeysExpired(List<IdempotencyKey> keys) implements Recorded {
        public KeysExpired {
            keys = List.copyOf(keys);
        }
    }

    /** A cluster takes no new jobs, or does again. */
    record DrainSet(ClusterName cluster, Drain drain, UserName by) implements Recorded {}

    /** The breaker of a cluster opened or closed. */
    record BreakerSet(ClusterName cluster, Breaker breaker) implements Recorded {}

    record BudgetSet(ProjectPath project, Budget budget, UserName by) implements Recorded {}

    /**
     * A call to a cluster came back.
     *
     * @param answer doubtful: without a usable answer to anything that it asked
     * @param inDoubt of what it asked, what has none
     */
    record Landed(Effect effect, Instant at, Answer answer, Set<AgendaKey> inDoubt) implements Passing {
        public Landed {
            inDoubt = Set.copyOf(inDoubt);
        }
    }

    /** The next step of an attempt or a leftover shall not come before this time. */
    record Deferred(AgendaKey key, Instant until) implements Passing {}

    /** A look at a cluster was taken in. */
    record Looked(ClusterName cluster, Instant asOf, boolean complete, Cursor next) implements Passing {}

    record Measured(ClusterName cluster, CapacityReading.Capacity capacity) implements Passing {}

    /** Room is kept for a job: a restart finds out anew for which. */
    record Reserved(Move.Reserve reserve) implements Passing {}

    /** Tasks whose back-off is over are in the queue. */
    record Queued(JobId job, TaskSet tasks) implements Passing {}

    /**
     * The dependencies of a job were looked at.
     *
     * @param again when to look again if nothing happens before
     * @param twin the job of the same user and name that it waits for
     */
    record DependenciesChecked(JobId job, Optional<Instant> again, Optional<JobId> twin) implements Passing {}

    /** A registry gave no usable answer. */
    record PinDeferred(JobId job, Instant until) implements Passing {}

    /** Planning goes by other settings from here on. Passing: a restart is told them by its own. */
    record Reconfigured(PolicySettings policy) implements Passing {}

    enum Answer {
        CLEAR,
        DOUBTFUL;

        public static Answer of(Input.Done done) {
            boolean doubtful = switch (done) {
                case Input.DonePark d -> d.outcome() instanceof Parking.Unknown;
                // One user's login that hangs, one end that accounting does not have yet, say nothing of the cluster.
                case Input.DoneRelease d -> d.outcomes().stream().allMatch(Release.Unknown.class::isInstance);
                case Input.DoneFind d -> d.outcomes().stream().allMatch(Search.Unknown.class::isInstance);
                case Input.DoneStop d -> d.outcome() instanceof Stopping.Unknown;
                case Input.DoneAlter d -> d.outcome() instanceof Alteration.Unknown;
                case Input.DoneClaim d -> d.outcome() instanceof Claim.Unknown;
                case Input.DoneObserve d -> d.outcome() instanceof Sweep.Unknown;
                case Input.DoneMeasure d -> d.outcome() instanceof CapacityReading.Unknown;
                case Input.DonePin d -> d.outcome() instanceof Input.Pinning.Unknown;
            };
            return doubtful ? DOUBTFUL : CLEAR;
        }
    }

    enum Drain {
        OFF,
        ON
    }

    /** Why a live attempt moved. */
    enum Cause {
        PARKED,
        FOUND,
        SEEN,
        RELEASED,
        REFUSED,
        DOUBTED,
        RENEWED,
        READ,
        ABSENT,
        STOP_ASKED,
        STOP_SENT,
        WITHDRAWAL,
        REBOUND,
        CLAIM_FAILED,
        LIMITED,
        STOPPED,
        UNBLOCKED
    }
}
