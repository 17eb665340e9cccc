package dev.sluice.gateway.http;

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
import dev.sluice.spec.Bytes;
import dev.sluice.spec.JobSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A cluster on which jobs run until a test ends them, and print what a test prints. */
final class StubCluster implements ClusterBridge {
    static final int CHUNK = 4096;

    private final ClusterName name;
    private final Map<AttemptId, Sighting> objects = new LinkedHashMap<>();
    private final Map<AttemptId, Attempt> attempts = new LinkedHashMap<>();
    private final Map<Integer, byte[]> printed = new HashMap<>();
    final AtomicInteger logReads = new AtomicInteger();
    volatile List<Refusal> cannot = List.of();
    volatile boolean silent;
    private boolean over;

    StubCluster(String name) {
        this.name = new ClusterName(name);
    }

    /** The task of the job with this index prints. */
    synchronized void print(int task, byte[] bytes) {
        byte[] before = printed.getOrDefault(task, new byte[0]);
        byte[] all = Arrays.copyOf(before, before.length + bytes.length);
        System.arraycopy(bytes, 0, all, before.length, bytes.length);
        printed.put(task, all);
    }

    /** All that runs has succeeded, and nothing more will be printed. */
    synchronized void finish() {
        over = true;
        Instant now = Instant.now();
        objects.replaceAll((id, seen) -> seen instanceof Sighting.Running running
                ? new Sighting.Ended(0, new AttemptEnd.Finished(Verdict.SUCCEEDED), running.started(), now)
                : seen);
        notifyAll();
    }

    @Override
    public List<Refusal> cannot(JobSpec spec) {
        return cannot;
    }

    private static Binding binding(AttemptId attempt) {
        return new Binding(attempt.toString(), "1", "ada");
    }

    @Override
    public synchronized Parking park(Attempt attempt, JobSpec spec, Instant fence) {
        objects.putIfAbsent(attempt.id(), new Sighting.Held(0, Sighting.Holder.US, "parked"));
        attempts.put(attempt.id(), attempt);
        return new Parking.Parked(binding(attempt.id()), List.of());
    }

    @Override
    public synchronized List<Release> release(List<Grant> grants) {
        List<Release> all = new ArrayList<>();
        for (Grant grant : grants) {
            AttemptId id = grant.attempt().id();
            if (objects.get(id) instanceof Sighting.Held) {
                objects.put(id, new Sighting.Running(0, Instant.now(), Sighting.Claimed.UNKNOWN));
            }
            all.add(objects.containsKey(id) ? new Release.Released() : new Release.Absent());
        }
        notifyAll();
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
        attempts.forEach((id, attempt) -> {
            Sighting seen = objects.get(id);
            if (seen != null) {
                all.add(new Observation(id, binding(id), attempt.tasks(), seen, ""));
            }
        });
        return new Sweep.Seen(asOf, Sweep.Scope.COMPLETE, Sweep.Ends.VISIBLE, all, new Cursor("on"));
    }

    @Override
    public CapacityReading capacity() {
        var all = CapacityReading.Amount.of(1_000_000, 1L << 50);
        return new CapacityReading.Capacity(
                Instant.now(),
                List.of(new CapacityReading.PartitionCapacity(
                        name.value(), all, CapacityReading.Amount.of(0, 0), all, 100_000)));
    }

    @Override
    public synchronized LogReading log(
            Attempt attempt, Binding binding, int task, LogReading.Stream stream, long offset) {
        logReads.incrementAndGet();
        if (silent) {
            return new LogReading.Unknown(new Doubt("it does not answer"));
        }
        byte[] out = printed.get(task);
        if (out == null) {
            return over ? new LogReading.Chunk(Bytes.EMPTY, offset, true) : new LogReading.None();
        }
        byte[] all = stream == LogReading.Stream.OUTPUT ? out : new byte[0];
        int from = (int) Math.min(offset, all.length);
        int to = Math.min(all.length, from + CHUNK);
        return new LogReading.Chunk(
                Bytes.of(Arrays.copyOfRange(all, from, to)), Math.max(offset, to), over && to == all.length);
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
