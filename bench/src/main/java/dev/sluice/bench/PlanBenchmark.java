package dev.sluice.bench;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Plans with a million jobs queued. The peer is a {@link PriorityQueue} of as many entries by class and age: an order without projects,
 * users, shares or places.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 5, time = 3)
@Fork(value = 1, jvmArgsAppend = "-XX:+UseCompactObjectHeaders")
public class PlanBenchmark {
    static final int QUEUED = 1_000_000;
    /** Of one plan where there is room for more. */
    static final int STARTS = 10_000;
    /** What the loop asks for at once: LoopSettings, planBudget. */
    private static final int BUDGET = 64;
    /** CPUs in thousands, enough for all that one plan starts. */
    private static final int PLENTY = 10_000;
    /** CPUs in thousands. */
    private static final int SCARCE = 300;

    /** Room for all that one plan starts. */
    @State(Scope.Thread)
    public static class Roomy {
        private @Nullable Federation federation;

        @Setup(Level.Trial)
        public void fill() {
            Federation filled = new Federation();
            filled.use();
            filled.see(PLENTY);
            filled.submit(QUEUED);
            federation = filled;
        }

        int plan(int budget) {
            int starts = Federation.starts(known(federation).planner.plan(Federation.NOW, budget));
            if (starts != budget) {
                throw new IllegalStateException("expected %d starts, found %d".formatted(budget, starts));
            }
            return starts;
        }
    }

    /** A full federation: nothing that waits could start. */
    @State(Scope.Thread)
    public static class Crowded {
        private @Nullable Federation federation;

        @Setup(Level.Trial)
        public void fill() {
            Federation filled = new Federation();
            filled.use();
            filled.see(SCARCE);
            filled.fill(QUEUED);
            federation = filled;
        }

        Federation federation() {
            return known(federation);
        }
    }

    private static Federation known(@Nullable Federation federation) {
        if (federation == null) {
            throw new IllegalStateException("not filled");
        }
        return federation;
    }

    /** Jobs placed a second by one plan of many, all that a plan costs before its first start included. */
    @Benchmark
    @OperationsPerInvocation(STARTS)
    public int order(Roomy roomy) {
        return roomy.plan(STARTS);
    }

    /** What the loop asks for at once, where there is room. */
    @Benchmark
    public int few(Roomy roomy) {
        return roomy.plan(BUDGET);
    }

    /** A job ends where all is full. */
    @Benchmark
    public int turn(Crowded crowded) {
        return crowded.federation().turn(BUDGET);
    }

    /** Nothing has changed, and nothing can start. */
    @Benchmark
    public int idle(Crowded crowded) {
        return Federation.starts(crowded.federation().planner.plan(Federation.NOW, BUDGET));
    }

    /** SLURM has a hundredth more, and less again: all that this lets start. */
    @Benchmark
    public int capacity(Crowded crowded) {
        Federation federation = crowded.federation();
        federation.seeHpc(SCARCE + SCARCE / 100);
        int starts = Federation.starts(federation.planner.plan(Federation.NOW, Integer.MAX_VALUE));
        federation.seeHpc(SCARCE);
        if (starts == 0) {
            throw new IllegalStateException("expected starts");
        }
        return starts;
    }

    /** The peer: as many entries in a heap, by class, then age. */
    @State(Scope.Thread)
    public static class Heap {
        private record Entry(int priority, long age) {}

        private final PriorityQueue<Entry> queue = new PriorityQueue<>(
                Comparator.comparingInt((Entry entry) -> -entry.priority()).thenComparingLong(Entry::age));
        private final List<Entry> first = new ArrayList<>();

        @Setup(Level.Trial)
        public void fill() {
            for (int i = 0; i < QUEUED; i++) {
                int tenth = Math.floorMod(Integer.hashCode(i * 0x9E3779B9), 10);
                queue.add(new Entry(tenth < 7 ? 0 : tenth < 9 ? 100 : 200, i));
            }
        }

        /** Afterwards they are all there again, as after a plan. */
        int take(int count) {
            for (int i = 0; i < count; i++) {
                first.add(queue.remove());
            }
            queue.addAll(first);
            first.clear();
            return queue.size();
        }
    }

    @Benchmark
    @OperationsPerInvocation(STARTS)
    public int peerPriorityQueue(Heap heap) {
        return heap.take(STARTS);
    }
}
