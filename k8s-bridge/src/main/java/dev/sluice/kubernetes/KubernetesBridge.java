package dev.sluice.kubernetes;

import dev.sluice.cluster.Accounts;
import dev.sluice.cluster.Alteration;
import dev.sluice.cluster.CapacityReading;
import dev.sluice.cluster.Change;
import dev.sluice.cluster.Claim;
import dev.sluice.cluster.ClusterBridge;
import dev.sluice.cluster.Cursor;
import dev.sluice.cluster.Doubt;
import dev.sluice.cluster.Grant;
import dev.sluice.cluster.LogReading;
import dev.sluice.cluster.Parking;
import dev.sluice.cluster.Release;
import dev.sluice.cluster.Search;
import dev.sluice.cluster.Sought;
import dev.sluice.cluster.Stopping;
import dev.sluice.cluster.Sweep;
import dev.sluice.job.Attempt;
import dev.sluice.job.AttemptId;
import dev.sluice.job.Binding;
import dev.sluice.job.Refusal;
import dev.sluice.job.TaskSet;
import dev.sluice.kubernetes.api.Api;
import dev.sluice.spec.JobSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The bridge to one Kubernetes cluster. What it must not forget stands in annotations of its Jobs; what it remembers besides saves
 * questions, or is the last that was seen of what somebody deleted.
 *
 * <p>Each stage of DISPATCH.md is a class of its own.
 */
public final class KubernetesBridge implements ClusterBridge {
    private final KubernetesSettings settings;
    private final Api api;
    private final Parks parks;
    private final Releases releases;
    private final Searches searches;
    private final Stops stops;
    private final Alterations alterations;
    private final Watch watch;
    private final Barrier barrier;
    private final Nodes nodes;
    private final Logs logs;

    /** Makes no call. It closes the API. */
    public KubernetesBridge(KubernetesSettings settings, Api api) {
        this.settings = settings;
        this.api = api;
        Mirror mirror = new Mirror(settings.clock());
        Halves halves = new Halves(api, settings.clock());
        Reads reads = new Reads(api, mirror, halves, settings.realm(), settings.clock());
        parks = new Parks(settings, api, mirror, halves);
        releases = new Releases(api, reads, mirror, halves, settings.realm(), settings.clock());
        searches = new Searches(reads);
        stops = new Stops(api, reads, mirror, settings.clock());
        alterations = new Alterations(api, reads, mirror, settings.clock());
        watch = new Watch(settings, api, reads, mirror, halves, new Tidiness(api, settings.retention()));
        barrier = new Barrier(settings, api, mirror);
        nodes = new Nodes(settings, api);
        logs = new Logs(api, reads);
    }

    @Override
    public List<Refusal> cannot(JobSpec spec) {
        return parks.cannot(spec);
    }

    @Override
    public Parking park(Attempt attempt, JobSpec spec, Instant fence) {
        return parks.park(attempt, spec, fence);
    }

    @Override
    public List<Release> release(List<Grant> grants) {
        return releases.release(grants);
    }

    @Override
    public List<Search> find(List<Sought> all) {
        return searches.find(all);
    }

    @Override
    public Stopping stop(AttemptId attempt, Binding binding, TaskSet tasks, Duration grace, Instant fence) {
        return stops.stop(attempt, binding, tasks, grace, fence);
    }

    @Override
    public Alteration alter(AttemptId attempt, Binding binding, TaskSet tasks, Change change, Instant fence) {
        return alterations.alter(attempt, binding, tasks, change, fence);
    }

    @Override
    public Sweep observe(Cursor after, Duration wait) {
        try {
            barrier.start();
            return watch.observe(after, wait);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Sweep.Unknown(new Doubt("interrupted while it waited for a change"));
        }
    }

    @Override
    public CapacityReading capacity() {
        return nodes.capacity();
    }

    @Override
    public LogReading log(Attempt attempt, Binding binding, int task, LogReading.Stream stream, long offset) {
        return logs.log(attempt, binding, task, stream, offset);
    }

    /** No launch of ours leaves a mark: Kubernetes itself makes one pod for a task, and no second one. */
    @Override
    public Claim claim(Attempt attempt, Binding binding, TaskSet tasks, int run) {
        return new Claim.Cannot();
    }

    @Override
    public Accounts accounts() {
        return new Accounts.None();
    }

    /** A park is two calls, one after the other. */
    @Override
    public Optional<Ability> ability() {
        return Optional.of(new Ability(false, api.patience().multipliedBy(2).plus(settings.skew())));
    }

    @Override
    public void close() {
        barrier.close();
        watch.close();
        api.close();
    }
}
