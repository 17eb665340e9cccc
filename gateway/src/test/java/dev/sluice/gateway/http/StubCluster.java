package dev.sluice.gateway.http;

import dev.sluice.cluster.AvailableModules;
import dev.sluice.cluster.CapacityReading;
import dev.sluice.cluster.Doubt;
import dev.sluice.cluster.Grant;
import dev.sluice.cluster.LogReading;
import dev.sluice.cluster.Sighting;
import dev.sluice.cluster.Supply;
import dev.sluice.job.Attempt;
import dev.sluice.job.AttemptEnd;
import dev.sluice.job.Binding;
import dev.sluice.job.ClusterName;
import dev.sluice.job.Refusal;
import dev.sluice.job.Verdict;
import dev.sluice.spec.Bytes;
import dev.sluice.spec.JobSpec;
import dev.sluice.testkit.StandIn;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** A cluster on which jobs run until a test ends them, and print what a test prints. */
final class StubCluster extends StandIn {
    static final int CHUNK = 4096;
    static final AvailableModules MODULES = AvailableModules.of(List.of("gcc/12.2"));

    private final Map<Integer, byte[]> printed = new HashMap<>();
    final AtomicInteger logReads = new AtomicInteger();
    volatile List<Refusal> cannot = List.of();
    volatile boolean silent;
    private boolean over;

    StubCluster(String name) {
        super(new ClusterName(name), CapacityReading.Amount.of(1_000_000, 1L << 50));
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

    /** It has one version of one environment module. */
    @Override
    public CapacityReading capacity() {
        return switch (super.capacity()) {
            case CapacityReading.Capacity plain ->
                new CapacityReading.Capacity(
                        plain.asOf(),
                        plain.partitions(),
                        plain.defaultPartition(),
                        new Supply(
                                Optional.empty(), List.of(), MODULES, List.of(), List.of(), Supply.Queue.KEEPS_ROOM));
            case CapacityReading.Unknown unknown -> unknown;
        };
    }

    @Override
    public List<Refusal> cannot(JobSpec spec) {
        return cannot;
    }

    @Override
    protected Sighting released(Grant grant) {
        return new Sighting.Running(0, Instant.now(), Sighting.Claimed.UNKNOWN);
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
}
