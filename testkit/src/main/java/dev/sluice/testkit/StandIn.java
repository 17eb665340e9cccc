package dev.sluice.testkit;

import dev.sluice.cluster.Accounts;
import dev.sluice.cluster.Alteration;
import dev.sluice.cluster.CapacityReading;
import dev.sluice.cluster.CapacityReading.Amount;
import dev.sluice.cluster.Change;
import dev.sluice.cluster.Claim;
import dev.sluice.cluster.ClusterBridge;
import dev.sluice.cluster.Cursor;
import dev.sluice.cluster.Grant;
import dev.sluice.cluster.LogReading;
import dev.sluice.cluster.Observation;
import dev.sluice.cluster.Parking;
import dev.sluice.cluster.Release;
import dev.sluice.cluster.Search;
import dev.sluice.cluster.Sighting;
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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A cluster in memory that answers at once, for tests and benches of what stands before it: parked is parked, and what is released
 * becomes what the test makes of it. No contract is promised; that is {@code testkit.fake}'s. Thread-safe by its own monitor.
 */
public abstract class StandIn implements ClusterBridge {
    private static final Duration LOOKS_AGAIN = Duration.ofMillis(20);

    /** How each object stands; who changes it holds the monitor, and notifies. */
    protected final Map<AttemptId, Sighting> objects = new LinkedHashMap<>();

    private final Map<AttemptId, TaskSet> tasks = new LinkedHashMap<>();
    private final ClusterName name;
    private final Amount all;

    /** @param all what there is; nobody else uses any of it */
    protected StandIn(ClusterName name, Amount all) {
        this.name = name;
        this.all = all;
    }

    /** What becomes of a parked object that is let go. */
    protected abstract Sighting released(Grant grant);

    protected static Binding binding(AttemptId attempt) {
        return new Binding(attempt.toString(), "1", "alice");
    }

    @Override
    public List<Refusal> cannot(JobSpec spec) {
        return List.of();
    }

    @Override
    public Parking park(Attempt attempt, JobSpec spec, Instant fence) {
        synchronized (this) {
            objects.putIfAbsent(attempt.id(), new Sighting.Held(0, Sighting.Holder.US, "parked"));
            tasks.put(attempt.id(), attempt.tasks());
        }
        return new Parking.Parked(binding(attempt.id()), List.of());
    }

    @Override
    public synchronized List<Release> release(List<Grant> grants) {
        List<Release> answers = new ArrayList<>();
        for (Grant grant : grants) {
            AttemptId id = grant.attempt().id();
            if (objects.get(id) instanceof Sighting.Held) {
                objects.put(id, released(grant));
            }
            answers.add(objects.containsKey(id) ? new Release.Released() : new Release.Absent());
        }
        notifyAll();
        return answers;
    }

    @Override
    public synchronized List<Search> find(List<Sought> wanted) {
        return wanted.stream()
                .map(Sought::attempt)
                .<Search>map(attempt -> {
                    Sighting seen = objects.get(attempt.id());
                    return seen == null
                            ? new Search.None()
                            : new Search.Found(List.of(new Search.Trace(binding(attempt.id()), attempt.tasks(), seen)));
                })
                .toList();
    }

    @Override
    public synchronized Stopping stop(AttemptId attempt, Binding binding, TaskSet some, Duration grace, Instant fence) {
        return objects.remove(attempt) == null ? new Stopping.Absent() : new Stopping.NeverRan();
    }

    @Override
    public synchronized Alteration alter(
            AttemptId attempt, Binding binding, TaskSet some, Change change, Instant fence) {
        return objects.containsKey(attempt) ? new Alteration.Altered() : new Alteration.Absent();
    }

    @Override
    public Sweep observe(Cursor after, Duration wait) {
        Instant asOf = Instant.now();
        List<Observation> seen = new ArrayList<>();
        synchronized (this) {
            if (!after.equals(Cursor.START)) {
                try {
                    TimeUnit.NANOSECONDS.timedWait(this, Math.min(wait.toNanos(), LOOKS_AGAIN.toNanos()));
                } catch (InterruptedException ended) {
                    Thread.currentThread().interrupt();
                }
                asOf = Instant.now();
            }
            objects.forEach((id, now) ->
                    seen.add(new Observation(id, binding(id), tasks.getOrDefault(id, TaskSet.SOLE), now, "")));
        }
        return new Sweep.Seen(asOf, Sweep.Scope.COMPLETE, Sweep.Ends.VISIBLE, seen, new Cursor("on"));
    }

    @Override
    public CapacityReading capacity() {
        return new CapacityReading.Capacity(
                Instant.now(),
                List.of(new CapacityReading.PartitionCapacity(name.value(), all, Amount.of(0, 0), all, 100_000)));
    }

    @Override
    public LogReading log(Attempt attempt, Binding binding, int task, LogReading.Stream stream, long offset) {
        return new LogReading.None();
    }

    @Override
    public Claim claim(Attempt attempt, Binding binding, TaskSet some, int run) {
        return new Claim.Cannot();
    }

    @Override
    public Accounts accounts() {
        return new Accounts.None();
    }

    @Override
    public Optional<Ability> ability() {
        return Optional.of(new Ability(false, Duration.ofSeconds(5)));
    }

    @Override
    public void close() {}
}
