package dev.sluice.testkit.fake;

import dev.sluice.cluster.Accounts;
import dev.sluice.cluster.Alteration;
import dev.sluice.cluster.CapacityReading;
import dev.sluice.cluster.Change;
import dev.sluice.cluster.Claim;
import dev.sluice.cluster.ClusterBridge;
import dev.sluice.cluster.Cursor;
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
import dev.sluice.spec.JobSpec;
import dev.sluice.testkit.fake.FakeSettings.Claims;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The blocking skin of the model: a bridge whose calls go over the same {@link Wire} as a simulation's, and take virtual
 * time. Waiting moves the clock. Callers of several threads take turns.
 */
public final class FakeBridge implements ClusterBridge {
    /** What a lane gives a call. */
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    private static final Duration FENCE = Duration.ofSeconds(120);

    private final Wire wire;
    private final VirtualClock clock;
    private final Sender sender;

    public FakeBridge(Wire wire, VirtualClock clock, Sender sender) {
        this.wire = wire;
        this.clock = clock;
        this.sender = sender;
    }

    private synchronized <R> R ask(Call<R> call, Duration patience) {
        Instant deadline = clock.instant().plus(patience);
        Transit<R> transit = wire.send(call, sender, clock.instant());
        Optional<R> answer = Optional.empty();
        for (Instant arrival : transit.arrivals()) {
            if (answer.isEmpty()) {
                answer = follow(transit, arrival, deadline);
            }
        }
        if (answer.isPresent()) {
            return answer.get();
        }
        clock.advanceTo(deadline);
        return call.doubt("no answer within " + patience);
    }

    /** Its answer, where there is one by the deadline. */
    private <R> Optional<R> follow(Transit<R> transit, Instant arrival, Instant deadline) {
        Instant at = arrival;
        while (!at.isAfter(deadline)) {
            clock.advanceTo(at);
            switch (wire.arrive(transit, clock.instant())) {
                case Arrived.Answered<R> answered -> {
                    clock.advanceTo(answered.at());
                    return answered.at().isAfter(deadline) ? Optional.empty() : Optional.of(answered.outcome());
                }
                case Arrived.Silent<R> silent -> {
                    return Optional.empty();
                }
                case Arrived.Deferred<R> deferred -> at = deferred.until();
            }
        }
        return Optional.empty();
    }

    @Override
    public List<Refusal> cannot(JobSpec spec) {
        return wire.cluster().cannot(spec);
    }

    @Override
    public Parking park(Attempt attempt, JobSpec spec, Instant fence) {
        return ask(new Call.Park(attempt, spec, fence), DEADLINE);
    }

    @Override
    public List<Release> release(List<Grant> grants) {
        return ask(new Call.Free(grants, fence()), DEADLINE);
    }

    private synchronized Instant fence() {
        return clock.instant().plus(FENCE);
    }

    @Override
    public List<Search> find(List<Sought> wanted) {
        return ask(new Call.Find(wanted.stream().map(Sought::attempt).toList()), DEADLINE);
    }

    @Override
    public Stopping stop(AttemptId attempt, Binding binding, TaskSet tasks, Duration grace, Instant fence) {
        return ask(new Call.Stop(attempt, binding, tasks, grace, fence), DEADLINE);
    }

    @Override
    public Alteration alter(AttemptId attempt, Binding binding, TaskSet tasks, Change change, Instant fence) {
        return ask(new Call.Alter(attempt, binding, tasks, change, fence), DEADLINE);
    }

    @Override
    public Sweep observe(Cursor after, Duration wait) {
        return ask(new Call.Observe(after, wait), DEADLINE.plus(wait));
    }

    @Override
    public CapacityReading capacity() {
        return ask(new Call.Measure(), DEADLINE);
    }

    @Override
    public LogReading log(Attempt attempt, Binding binding, int task, LogReading.Stream stream, long offset) {
        return ask(new Call.ReadLog(attempt, binding, task, stream, offset), DEADLINE);
    }

    @Override
    public Claim claim(Attempt attempt, Binding binding, TaskSet tasks, int run) {
        return ask(new Call.TakeClaim(attempt, binding, tasks, run), DEADLINE);
    }

    @Override
    public Accounts accounts() {
        return ask(new Call.ListAccounts(), DEADLINE);
    }

    @Override
    public Optional<Ability> ability() {
        return Optional.of(new Ability(wire.cluster().settings().claims() == Claims.SEEN, FENCE));
    }

    @Override
    public void close() {}
}
