package dev.sluice.testkit.fake;

import dev.sluice.cluster.Accounts;
import dev.sluice.cluster.Alteration;
import dev.sluice.cluster.CapacityReading;
import dev.sluice.cluster.Change;
import dev.sluice.cluster.Claim;
import dev.sluice.cluster.Cursor;
import dev.sluice.cluster.Doubt;
import dev.sluice.cluster.Grant;
import dev.sluice.cluster.LogReading;
import dev.sluice.cluster.Parking;
import dev.sluice.cluster.Release;
import dev.sluice.cluster.Search;
import dev.sluice.cluster.Stopping;
import dev.sluice.cluster.Sweep;
import dev.sluice.job.Attempt;
import dev.sluice.job.AttemptId;
import dev.sluice.job.Binding;
import dev.sluice.job.TaskSet;
import dev.sluice.spec.JobSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One call of the port {@link dev.sluice.cluster.ClusterBridge} as a value, so that it can be under way.
 *
 * @param <R> what the port answers to it
 */
public sealed interface Call<R> {
    /** What the caller is told when nobody knows what came of it. */
    R doubt(String why);

    /** What the bridge answers without sending anything; empty when it sends. */
    default Optional<R> unsent(Instant sent) {
        return Optional.empty();
    }

    /** After it the cluster acts on it no more; empty: it only reads. */
    default Optional<Instant> fence() {
        return Optional.empty();
    }

    /** Carries it out on a controller that runs and answers, at the time it gets there. */
    R perform(FakeCluster cluster, Instant sent, Instant at);

    record Park(Attempt attempt, JobSpec spec, Instant until) implements Call<Parking> {
        @Override
        public Parking doubt(String why) {
            return new Parking.Unknown(new Doubt(why));
        }

        @Override
        public Optional<Parking> unsent(Instant sent) {
            return sent.isBefore(until)
                    ? Optional.empty()
                    : Optional.of(doubt("the fence had passed: nothing was sent"));
        }

        @Override
        public Optional<Instant> fence() {
            return Optional.of(until);
        }

        @Override
        public Parking perform(FakeCluster cluster, Instant sent, Instant at) {
            return cluster.park(attempt, spec, at);
        }
    }

    record Free(List<Grant> grants, Instant until) implements Call<List<Release>> {
        public Free {
            grants = List.copyOf(grants);
        }

        @Override
        public List<Release> doubt(String why) {
            return grants.stream()
                    .<Release>map(x -> new Release.Unknown(new Doubt(why)))
                    .toList();
        }

        @Override
        public Optional<List<Release>> unsent(Instant sent) {
            return grants.stream().allMatch(grant -> sent.isAfter(grant.notAfter()))
                    ? Optional.of(grants.stream()
                            .<Release>map(x -> new Release.TooLate())
                            .toList())
                    : Optional.empty();
        }

        @Override
        public Optional<Instant> fence() {
            return Optional.of(until);
        }

        @Override
        public List<Release> perform(FakeCluster cluster, Instant sent, Instant at) {
            return grants.stream()
                    .map(grant -> sent.isAfter(grant.notAfter()) ? new Release.TooLate() : cluster.release(grant, at))
                    .toList();
        }
    }

    record Find(List<Attempt> attempts) implements Call<List<Search>> {
        public Find {
            attempts = List.copyOf(attempts);
        }

        @Override
        public List<Search> doubt(String why) {
            return attempts.stream()
                    .<Search>map(x -> new Search.Unknown(new Doubt(why)))
                    .toList();
        }

        @Override
        public List<Search> perform(FakeCluster cluster, Instant sent, Instant at) {
            return attempts.stream().map(attempt -> cluster.find(attempt, at)).toList();
        }
    }

    record Stop(AttemptId attempt, Binding binding, TaskSet tasks, Duration grace, Instant until)
            implements Call<Stopping> {
        @Override
        public Stopping doubt(String why) {
            return new Stopping.Unknown(new Doubt(why));
        }

        @Override
        public Optional<Instant> fence() {
            return Optional.of(until);
        }

        @Override
        public Stopping perform(FakeCluster cluster, Instant sent, Instant at) {
            return cluster.stop(attempt, binding, tasks, grace, at);
        }
    }

    record Alter(AttemptId attempt, Binding binding, TaskSet tasks, Change change, Instant until)
            implements Call<Alteration> {
        @Override
        public Alteration doubt(String why) {
            return new Alteration.Unknown(new Doubt(why));
        }

        @Override
        public Optional<Instant> fence() {
            return Optional.of(until);
        }

        @Override
        public Alteration perform(FakeCluster cluster, Instant sent, Instant at) {
            return cluster.alter(attempt, binding, tasks, change, at);
        }
    }

    /** Waiting for a change is the wire's part. */
    record Observe(Cursor after, Duration patience) implements Call<Sweep> {
        @Override
        public Sweep doubt(String why) {
            return new Sweep.Unknown(new Doubt(why));
        }

        @Override
        public Sweep perform(FakeCluster cluster, Instant sent, Instant at) {
            return cluster.observe(after, at);
        }
    }

    record Measure() implements Call<CapacityReading> {
        @Override
        public CapacityReading doubt(String why) {
            return new CapacityReading.Unknown(new Doubt(why));
        }

        @Override
        public CapacityReading perform(FakeCluster cluster, Instant sent, Instant at) {
            return cluster.capacity(at);
        }
    }

    record ReadLog(Attempt attempt, Binding binding, int task, LogReading.Stream stream, long offset)
            implements Call<LogReading> {
        @Override
        public LogReading doubt(String why) {
            return new LogReading.Unknown(new Doubt(why));
        }

        @Override
        public LogReading perform(FakeCluster cluster, Instant sent, Instant at) {
            return cluster.log(attempt, binding, task, stream, offset, at);
        }
    }

    record TakeClaim(Attempt attempt, Binding binding, TaskSet tasks, int run) implements Call<Claim> {
        @Override
        public Claim doubt(String why) {
            return new Claim.Unknown(new Doubt(why));
        }

        @Override
        public Claim perform(FakeCluster cluster, Instant sent, Instant at) {
            return cluster.claim(attempt, tasks, run, at);
        }
    }

    record ListAccounts() implements Call<Accounts> {
        @Override
        public Accounts doubt(String why) {
            return new Accounts.Unknown(new Doubt(why));
        }

        @Override
        public Accounts perform(FakeCluster cluster, Instant sent, Instant at) {
            return cluster.accounts(at);
        }
    }
}
