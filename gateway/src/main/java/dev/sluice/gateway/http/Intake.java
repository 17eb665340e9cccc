package dev.sluice.gateway.http;

import dev.sluice.cluster.AvailableModules;
import dev.sluice.cluster.ClusterBridge;
import dev.sluice.engine.Input;
import dev.sluice.engine.JobRecord;
import dev.sluice.engine.StoreLost;
import dev.sluice.gateway.identity.Access;
import dev.sluice.gateway.identity.Principal;
import dev.sluice.gateway.wire.JobViews;
import dev.sluice.gateway.wire.Problem;
import dev.sluice.gateway.wire.Problem.Code;
import dev.sluice.gateway.wire.Reading;
import dev.sluice.gateway.wire.SpecReader;
import dev.sluice.job.ClusterName;
import dev.sluice.job.JobId;
import dev.sluice.job.JobState;
import dev.sluice.job.Refusal;
import dev.sluice.job.Slice;
import dev.sluice.job.Verdict;
import dev.sluice.policy.plan.Reason;
import dev.sluice.spec.Dependency;
import dev.sluice.spec.JobSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * What is found out about jobs between their reading and the engine: whether he may, which clusters cannot, what became of those
 * that they wait for. For any thread.
 */
final class Intake {
    private final Services services;

    Intake(Services services) {
        this.services = services;
    }

    SpecReader.Context context(Principal principal) {
        Access access = services.access();
        return new SpecReader.Context(
                principal.user(),
                access.usual(principal),
                access.admin(principal) ? SpecReader.Naming.ANYBODY : SpecReader.Naming.SELF);
    }

    /** Whether something about these jobs has to be read from disk, which an event loop must not. */
    static boolean needsDisk(List<JobSpec> jobs) {
        for (JobSpec job : jobs) {
            if (!job.after().isNone()) {
                return true;
            }
        }
        return false;
    }

    /** What the engine is to be told of these jobs. Blocks only when {@link #needsDisk}. */
    Reading<List<Input.Submission>> submissions(Principal principal, List<JobSpec> jobs) throws StoreLost {
        List<Input.Submission> out = new ArrayList<>(jobs.size());
        for (int i = 0; i < jobs.size(); i++) {
            Reading<Input.Submission> one =
                    submission(principal, services.completed().apply(jobs.get(i)));
            switch (one) {
                case Reading.Good<Input.Submission>(Input.Submission good) -> out.add(good);
                case Reading.Bad<Input.Submission>(Problem problem) -> {
                    return Reading.bad(jobs.size() == 1 ? problem : ofJob(problem, i));
                }
            }
        }
        return Reading.good(out);
    }

    private static Problem ofJob(Problem problem, int index) {
        return new Problem(
                problem.code(),
                "job " + index + " of the list: " + problem.detail(),
                problem.errors(),
                problem.instance());
    }

    private Reading<Input.Submission> submission(Principal principal, JobSpec job) throws StoreLost {
        Optional<String> mayNot = services.access().maySubmit(principal, job.user(), job.project());
        if (mayNot.isPresent()) {
            return Reading.bad(Problem.of(Code.FORBIDDEN, mayNot.get()));
        }
        Map<ClusterName, List<Refusal>> cannot = services.cannot().apply(job);
        Optional<String> nowhere = nowhere(job, cannot);
        if (nowhere.isPresent()) {
            return Reading.bad(Problem.of(Code.CANNOT_RUN, nowhere.get()));
        }
        Map<JobId, Verdict> ancestors = new HashMap<>();
        for (Dependency dependency : job.after().list()) {
            if (dependency instanceof Dependency.OnJob on && !ancestors.containsKey(on.job())) {
                Optional<JobRecord> found = visible(principal, on.job());
                if (found.isEmpty()) {
                    return Reading.bad(
                            Problem.of(Code.CANNOT_RUN, "after: expected the id of a known job, found " + on.job()));
                }
                verdict(found.get(), on).ifPresent(verdict -> ancestors.put(on.job(), verdict));
            }
        }
        return Reading.good(new Input.Submission(job, cannot, ancestors));
    }

    /** Why no cluster can ever run it; empty when one can, or when it names a cluster that there is not, which the engine tells. */
    private Optional<String> nowhere(JobSpec job, Map<ClusterName, List<Refusal>> cannot) {
        Map<ClusterName, ClusterBridge> bridges = services.bridges();
        if (!bridges.keySet().containsAll(job.ask().routing().allowed())) {
            return Optional.empty();
        }
        List<String> reasons = new ArrayList<>();
        for (ClusterName cluster : new TreeMap<>(bridges).keySet()) {
            if (!job.ask().routing().permits(cluster)) {
                reasons.add(cluster + ": not among the clusters that the job allows");
                continue;
            }
            List<String> never = never(job, cluster, cannot.getOrDefault(cluster, List.of()));
            if (never.isEmpty()) {
                return Optional.empty();
            }
            reasons.add(cluster + ": " + String.join("; ", never));
        }
        return Optional.of("no cluster can run the job. " + String.join(". ", reasons));
    }

    private List<String> never(JobSpec job, ClusterName cluster, List<Refusal> cannot) {
        List<String> never = new ArrayList<>();
        for (Refusal refusal : cannot) {
            if (refusal.retry() == Refusal.Retry.NEVER) {
                never.add(refusal.message());
            }
        }
        AvailableModules available = services.modules().apply(cluster);
        Reason.Modules.of(job.ask().needs(), available)
                .ifPresent(lacking -> never.add(
                        lacking.text() + " (modules in needs, and be they none, replace those that its script loads)"));
        return never;
    }

    /** A job that he may see, by its id or that of a task. Blocks. */
    Optional<JobRecord> visible(Principal principal, JobId id) throws StoreLost {
        return services.store()
                .job(id)
                .filter(job -> services.access()
                        .maySee(principal, job.head().user(), job.head().project()));
    }

    /**
     * How what a dependency names ended, all of it: its worst end. Empty while something of it has not ended, when the engine
     * still has it.
     */
    private static Optional<Verdict> verdict(JobRecord job, Dependency.OnJob on) {
        OptionalInt task = on.task().isPresent() ? on.task() : JobViews.taskOf(job.head(), on.job());
        Optional<Verdict> found = Optional.empty();
        for (Slice slice : job.slices()) {
            if (task.isPresent() && !slice.tasks().contains(task.getAsInt())) {
                continue;
            }
            if (!(slice.state() instanceof JobState.Ended ended)) {
                return Optional.empty();
            }
            if (found.isEmpty() || found.get().success()) {
                found = Optional.of(ended.verdict());
            }
        }
        return found;
    }
}
