package dev.sluice.engine;

import dev.sluice.cluster.Alteration;
import dev.sluice.cluster.CapacityReading;
import dev.sluice.cluster.Parking;
import dev.sluice.cluster.Search;
import dev.sluice.cluster.Stopping;
import dev.sluice.cluster.Sweep;
import dev.sluice.job.ClusterName;
import dev.sluice.job.JobId;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.Refusal;
import dev.sluice.job.TaskSet;
import dev.sluice.job.UserName;
import dev.sluice.job.Verdict;
import dev.sluice.policy.plan.Budget;
import dev.sluice.policy.plan.PolicySettings;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Labels;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** What the engine is told. */
public sealed interface Input {
    /** Time has passed: whatever is due by itself. */
    record Woke() implements Input {}

    /** The site has changed who shares the federation, and how. What waits and runs stays as it is. */
    record Reconfigure(PolicySettings policy) implements Input {}

    /** Somebody asks for something. */
    sealed interface Command extends Input {
        Requester by();
    }

    /** Who asks. Whether he is who he says was checked at the edge; what he may touch is checked here. */
    record Requester(UserName user, Role role) {
        boolean mayTouch(JobHead job) {
            return role == Role.OPERATOR || job.user().equals(user);
        }
    }

    enum Role {
        USER,
        OPERATOR
    }

    /** Jobs to accept: all or none. */
    record Submit(Requester by, Optional<Token> token, List<Submission> jobs) implements Command {
        public Submit {
            jobs = List.copyOf(jobs);
        }
    }

    /** @param fingerprint a hash of the request's body */
    record Token(IdempotencyKey key, long fingerprint) {}

    /**
     * One job, and what the edge found out about it.
     *
     * @param cannot why which cluster cannot honour it
     * @param ancestors jobs it depends on that the engine may have forgotten: how they ended
     */
    record Submission(JobSpec spec, Map<ClusterName, List<Refusal>> cannot, Map<JobId, Verdict> ancestors) {
        public static Submission of(JobSpec spec) {
            return new Submission(spec, Map.of(), Map.of());
        }
    }

    /** They shall end. Tasks: those of the job that are meant; empty for all. */
    record Cancel(Requester by, JobId job, Optional<TaskSet> tasks) implements Command {}

    record Hold(Requester by, JobId job, Optional<TaskSet> tasks) implements Command {}

    record Unhold(Requester by, JobId job, Optional<TaskSet> tasks) implements Command {}

    /** What runs shall start again; what waits is left. */
    record Requeue(Requester by, JobId job, Optional<TaskSet> tasks) implements Command {}

    /** What has not started shall leave its cluster and be placed anew. Operators only. */
    record Reroute(Requester by, JobId job, Optional<TaskSet> tasks) implements Command {}

    /** What runs shall make room, by the rules of preemption. Operators only. */
    record Reclaim(Requester by, JobId job, Optional<TaskSet> tasks) implements Command {}

    /** What is empty stays as it is. */
    record Alter(Requester by, JobId job, OptionalInt priorityClass, Optional<Duration> limit, Optional<Labels> labels)
            implements Command {}

    /** What stays unknown counts as ended so. Operators only, with a reason. */
    record Settle(Requester by, JobId job, Optional<TaskSet> tasks, Verdict verdict, String reason)
            implements Command {}

    record SetDrain(Requester by, ClusterName cluster, Event.Drain drain) implements Command {}

    record SetBudget(Requester by, ProjectPath project, Budget budget) implements Command {}

    record Explain(Requester by, JobId job) implements Command {}

    /** What would become of a job if it were submitted now. Nothing is kept of it. */
    record Try(Requester by, Submission job) implements Command {}

    /** How the clusters stand. */
    record AskClusters(Requester by) implements Command {}

    /** What the projects have used, and which are closed. */
    record AskProjects(Requester by) implements Command {}

    /** Which projects have unfinished jobs. Reads all jobs: for the start, not for every day. */
    record AskUnfinished(Requester by) implements Command {}

    /** A call has come back, with one outcome. */
    sealed interface Done extends Input {
        Effect effect();

        /** What the loop makes of a call that threw, ran out of time or was never made. */
        static Done doubt(Effect effect, String why) {
            dev.sluice.cluster.Doubt doubt = new dev.sluice.cluster.Doubt(why);
            return switch (effect) {
                case Effect.Park e -> new DonePark(e, new Parking.Unknown(doubt));
                case Effect.Release e ->
                    new DoneRelease(
                            e,
                            e.grants().stream()
                                    .<dev.sluice.cluster.Release>map(g -> new dev.sluice.cluster.Release.Unknown(doubt))
                                    .toList());
                case Effect.Find e ->
                    new DoneFind(
                            e,
                            e.sought().stream()
                                    .<Search>map(a -> new Search.Unknown(doubt))
                                    .toList());
                case Effect.Stop e -> new DoneStop(e, new Stopping.Unknown(doubt));
                case Effect.Alter e -> new DoneAlter(e, new Alteration.Unknown(doubt));
                case Effect.Claim e -> new DoneClaim(e, new dev.sluice.cluster.Claim.Unknown(doubt));
                case Effect.Observe e -> new DoneObserve(e, new Sweep.Unknown(doubt));
                case Effect.Measure e -> new DoneMeasure(e, new CapacityReading.Unknown(doubt));
                case Effect.PinImage e -> new DonePin(e, new Pinning.Unknown(doubt));
            };
        }
    }

    record DonePark(Effect.Park effect, Parking outcome) implements Done {}

    record DoneRelease(Effect.Release effect, List<dev.sluice.cluster.Release> outcomes) implements Done {
        public DoneRelease {
            outcomes = List.copyOf(outcomes);
        }
    }

    record DoneFind(Effect.Find effect, List<Search> outcomes) implements Done {
        public DoneFind {
            outcomes = List.copyOf(outcomes);
        }
    }

    record DoneStop(Effect.Stop effect, Stopping outcome) implements Done {}

    record DoneAlter(Effect.Alter effect, Alteration outcome) implements Done {}

    record DoneClaim(Effect.Claim effect, dev.sluice.cluster.Claim outcome) implements Done {}

    record DoneObserve(Effect.Observe effect, Sweep outcome) implements Done {}

    record DoneMeasure(Effect.Measure effect, CapacityReading outcome) implements Done {}

    record DonePin(Effect.PinImage effect, Pinning outcome) implements Done {}

    /** What became of asking a registry for a tag's digest. */
    sealed interface Pinning {
        /** @param reference with its digest; as it was given where no registry is asked */
        record Pinned(String reference) implements Pinning {}

        record Refused(Refusal refusal) implements Pinning {}

        record Unknown(dev.sluice.cluster.Doubt doubt) implements Pinning {}
    }
}
