package dev.sluice.gateway.loop;

import dev.sluice.cluster.Accounts;
import dev.sluice.cluster.Alteration;
import dev.sluice.cluster.CapacityReading;
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
import dev.sluice.job.AttemptEnd;
import dev.sluice.job.AttemptId;
import dev.sluice.job.Binding;
import dev.sluice.job.ClusterName;
import dev.sluice.job.Refusal;
import dev.sluice.job.TaskSet;
import dev.sluice.job.Verdict;
import dev.sluice.spec.JobSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A cluster of one node on which whatever is released has succeeded at once; it hangs or throws where told. */
final class PromptBridge implements ClusterBridge {
    private final ClusterName name;
    private final Map<AttemptId, Sighting> objects = new LinkedHashMap<>();
    private final Map<AttemptId, TaskSet> tasks = new LinkedHashMap<>();
    final AtomicInteger parks = new AtomicInteger();
    final AtomicInteger starts = new AtomicInteger();
    /** Opened, a call that hangs goes on. */
    final CountDownLatch thaw = new CountDownLatch(1);

    final CountDownLatch hung = new CountDownLatch(1);
    volatile Mood mood = Mood.WELL;

    enum Mood {
        WELL,
        /** Parks throw what no bridge should. */
        THROWS,
        /** Parks hang, and do not mind being interrupted. */
        HANGS
    }

    PromptBridge(String name) {
        this.name = new ClusterName(name);
    }

    @Override
    public List<Refusal> cannot(JobSpec spec) {
        return List.of();
    }

    private static Binding binding(AttemptId attempt) {
        return new Binding(attempt.toString(), "1", "alice");
    }

    @Override
    public Parking park(Attempt attempt, JobSpec spec, Instant fence) {
        parks.incrementAndGet();
        switch (mood) {
            case WELL -> {}
            case THROWS -> throw new IllegalStateException("a bridge with a defect");
            case HANGS -> hang();
        }
        synchronized (this) {
            objects.putIfAbsent(attempt.id(), new Sighting.Held(0, Sighting.Holder.US, "parked"));
            tasks.put(attempt.id(), attempt.tasks());
            return new Parking.Parked(binding(attempt.id()), List.of());
        }
    }

    private void hang() {
        hung.countDown();
        while (thaw.getCount() > 0) {
            try {
                thaw.await();
            } catch (InterruptedException ignored) {
                // As a socket does that minds nobody.
            }
        }
    }

    @Override
    public synchronized List<Release> release(List<Grant> grants) {
        List<Release> all = new ArrayList<>();
        for (Grant grant : grants) {
            Sighting seen = objects.get(grant.attempt().id());
            if (seen instanceof Sighting.Held) {
                starts.addAndGet(grant.tasks().size());
                Instant now = Instant.now();
                AttemptEnd end = new AttemptEnd.Finished(Verdict.SUCCEEDED);
                objects.put(grant.attempt().id(), new Sighting.Ended(0, end, now, now));
            }
            all.add(seen == null ? new Release.Absent() : new Release.Released());
            notifyAll();
        }
        return all;
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
    public Alteration alter(AttemptId attempt, Binding binding, TaskSet some, Change change, Instant fence) {
        return new Alteration.Altered();
    }

    @Override
    public synchronized Sweep observe(Cursor after, Duration wait) {
        Instant asOf = Instant.now();
        if (!after.equals(Cursor.START)) {
            try {
                TimeUnit.NANOSECONDS.timedWait(this, Math.min(wait.toNanos(), 20_000_000));
            } catch (InterruptedException ended) {
                Thread.currentThread().interrupt();
            }
            asOf = Instant.now();
        }
        List<Observation> all = new ArrayList<>();
        objects.forEach((id, seen) ->
                all.add(new Observation(id, binding(id), tasks.getOrDefault(id, TaskSet.SOLE), seen, "")));
        return new Sweep.Seen(asOf, Sweep.Scope.COMPLETE, Sweep.Ends.VISIBLE, all, new Cursor("on"));
    }

    @Override
    public CapacityReading capacity() {
        var all = CapacityReading.Amount.of(1_000, 1L << 40);
        return new CapacityReading.Capacity(
                Instant.now(),
                List.of(new CapacityReading.PartitionCapacity(
                        name.value(), all, CapacityReading.Amount.of(0, 0), all, 100_000)));
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
