package dev.sluice.bench;

import dev.sluice.cluster.Cursor;
import dev.sluice.cluster.Observation;
import dev.sluice.cluster.Sighting;
import dev.sluice.cluster.Sweep;
import dev.sluice.engine.Effect;
import dev.sluice.engine.Image;
import dev.sluice.engine.Input;
import dev.sluice.job.JobId;
import dev.sluice.job.JobState;
import dev.sluice.job.Phase;
import dev.sluice.job.TaskSet;
import java.time.Instant;
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
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Decisions a second with 100,000 jobs queued. The peer is a {@link PriorityQueue} of as many entries, ordered as the Planner
 * orders: what a scheduler without policy, evidence or a record would do for one job.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(value = 1, jvmArgsAppend = "-XX:+UseCompactObjectHeaders")
public class EngineBenchmark {
    static final int QUEUED = 100_000;
    private static final int LIVE = 64;

    /** A queue in front of a full cluster. */
    @State(Scope.Thread)
    public static class Queue {
        @Nullable
        Full full;

        @Setup(Level.Iteration)
        public void fill() {
            full = new Full(QUEUED, LIVE, Full.Keys.EACH);
        }

        Full full() {
            if (full == null) {
                throw new IllegalStateException("not filled");
            }
            return full;
        }
    }

    /** A job comes: checked, given an id, a key and a place in the queue; its rows are ready to be written. */
    @Benchmark
    public int accept(Queue queue) {
        queue.full().accept();
        return queue.full().engine.takeTouched().size();
    }

    /** Nothing is free: the whole queue is looked at by shape, and nothing is placed. */
    @Benchmark
    public int planFull(Queue queue) {
        return queue.full().turn();
    }

    /** Why one job of 100,000 waits, and who is ahead of it. */
    @Benchmark
    public Object explain(Queue queue) {
        return queue.full().engine.planner().explain(new JobId(1_000_050_000), queue.full().now);
    }

    /** A queue behind live jobs, all of which a look says something new about each time. */
    @State(Scope.Thread)
    public static class Watched {
        @Nullable
        Full full;

        private Effect.@Nullable Observe look;
        private final List<Observation> running = new ArrayList<>();
        private final List<Observation> paused = new ArrayList<>();
        private boolean odd;

        @Setup(Level.Iteration)
        public void fill() {
            Full filled = new Full(QUEUED, LIVE, Full.Keys.EACH);
            look = filled.goOut();
            running.clear();
            paused.clear();
            for (Image image : filled.engine.images()) {
                if (image instanceof Image.OfSlice slice
                        && slice.state() instanceof JobState.Live live
                        && live.phase() instanceof Phase.Pending pending) {
                    Instant started = filled.now;
                    running.add(new Observation(
                            live.attempt().id(),
                            pending.binding(),
                            slice.tasks(),
                            new Sighting.Running(0, started, Sighting.Claimed.CLAIMED),
                            "RUNNING"));
                    paused.add(new Observation(
                            live.attempt().id(),
                            pending.binding(),
                            slice.tasks(),
                            new Sighting.Paused(0, started),
                            "SUSPENDED"));
                }
            }
            if (running.isEmpty()) {
                throw new IllegalStateException("nothing is live");
            }
            full = filled;
        }

        /** One look at everything that is live. */
        int see() {
            Full filled = full;
            Effect.Observe due = look;
            if (filled == null || due == null) {
                throw new IllegalStateException("not filled");
            }
            odd = !odd;
            filled.now = filled.now.plusMillis(1_000);
            filled.take(new Input.DoneObserve(
                    due,
                    new Sweep.Seen(
                            filled.now,
                            Sweep.Scope.CHANGES,
                            Sweep.Ends.VISIBLE,
                            odd ? running : paused,
                            Cursor.START)));
            int rows = filled.engine.takeTouched().size();
            look = null;
            for (Effect effect : filled.engine.takeDue(filled.now)) {
                look = effect instanceof Effect.Observe observe ? observe : look;
            }
            if (rows < running.size()) {
                throw new IllegalStateException("expected news of all %d, found %d".formatted(running.size(), rows));
            }
            return rows;
        }
    }

    /** One look that has news of each live job; the cost of one observation is this divided by their number. */
    @Benchmark
    public int observeAllLive(Watched watched) {
        return watched.see();
    }

    /** The peer: as many entries in a heap, by class, then age. */
    @State(Scope.Thread)
    public static class Heap {
        private record Entry(int priority, long age, TaskSet tasks) {}

        private final PriorityQueue<Entry> queue = new PriorityQueue<>(
                Comparator.comparingInt((Entry entry) -> -entry.priority()).thenComparingLong(Entry::age));
        private long next;

        @Setup(Level.Iteration)
        public void fill() {
            queue.clear();
            for (int i = 0; i < QUEUED; i++) {
                add();
            }
        }

        void add() {
            queue.add(new Entry((int) (next % 3) * 100, next++, TaskSet.SOLE));
        }

        int replace() {
            add();
            return queue.remove().priority();
        }
    }

    /** The peer's way with one job: in, and the first out. */
    @Benchmark
    public int peerPriorityQueue(Heap heap) {
        return heap.replace();
    }
}
