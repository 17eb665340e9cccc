package dev.sluice.bench;

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
import dev.sluice.job.ClusterName;
import dev.sluice.job.Refusal;
import dev.sluice.job.TaskSet;
import dev.sluice.spec.JobSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A cluster that others have filled: jobs for it are taken, and wait. */
final class FullCluster implements ClusterBridge {
    static final ClusterName NAME = new ClusterName("full");
    private static final CapacityReading.Amount ALL = CapacityReading.Amount.of(1_000, 1L << 40);
    private static final Doubt NEVER = new Doubt("nothing is ever placed here");

    @Override
    public CapacityReading capacity() {
        return new CapacityReading.Capacity(
                Instant.now(), List.of(new CapacityReading.PartitionCapacity(NAME.value(), ALL, ALL, ALL, 1_000_000)));
    }

    @Override
    public Sweep observe(Cursor after, Duration wait) {
        try {
            // Nothing will change: the long poll lasts as long as it may.
            new CountDownLatch(1).await(wait.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
        return new Sweep.Seen(Instant.now(), Sweep.Scope.COMPLETE, Sweep.Ends.VISIBLE, List.of(), new Cursor("on"));
    }

    @Override
    public List<Refusal> cannot(JobSpec spec) {
        return List.of();
    }

    @Override
    public Parking park(Attempt attempt, JobSpec spec, Instant fence) {
        return new Parking.Unknown(NEVER);
    }

    @Override
    public List<Release> release(List<Grant> grants) {
        return grants.stream().<Release>map(grant -> new Release.Absent()).toList();
    }

    @Override
    public List<Search> find(List<Sought> wanted) {
        return wanted.stream().<Search>map(sought -> new Search.None()).toList();
    }

    @Override
    public Stopping stop(AttemptId attempt, Binding binding, TaskSet tasks, Duration grace, Instant fence) {
        return new Stopping.Absent();
    }

    @Override
    public Alteration alter(AttemptId attempt, Binding binding, TaskSet tasks, Change change, Instant fence) {
        return new Alteration.Absent();
    }

    @Override
    public LogReading log(Attempt attempt, Binding binding, int task, LogReading.Stream stream, long offset) {
        return new LogReading.None();
    }

    @Override
    public Claim claim(Attempt attempt, Binding binding, TaskSet tasks, int run) {
        return new Claim.Cannot();
    }

    @Override
    public Accounts accounts() {
        return new Accounts.None();
    }

    @Override
    public Optional<Ability> ability() {
        return Optional.of(new Ability(false, Duration.ofSeconds(60)));
    }

    @Override
    public void close() {}
}
