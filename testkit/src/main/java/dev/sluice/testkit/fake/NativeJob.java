package dev.sluice.testkit.fake;

import dev.sluice.cluster.PastRun;
import dev.sluice.job.Attempt;
import dev.sluice.job.AttemptId;
import dev.sluice.job.Binding;
import dev.sluice.job.TaskSet;
import dev.sluice.spec.ArraySpec;
import dev.sluice.spec.JobSpec;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/**
 * An object in a cluster's queue: ours or another's, one native id for all its tasks. Changed by {@link Queue} alone.
 *
 * <p>Each task has a slot, in the order of the indices.
 */
final class NativeJob {
    /** What its cluster gives to a job that does not say how long it runs; it may be altered as any other. */
    private static final Duration DEFAULT_LIMIT = Duration.ofHours(1);

    /** What of it is ours; empty: it is another's. */
    record Ours(Attempt attempt, JobSpec spec) {}

    final long number;
    final String nativeId;
    final String owner;
    final Optional<Ours> ours;
    /** The word that others' searches by key find it by; also on what merely copies it. */
    final Optional<AttemptId> key;

    final int cpus;
    final int atOnce;
    final TaskSet tasks;
    final int[] indices;
    final TaskState[] states;
    /** The queue's count of changes when the slot last changed. */
    final long[] changed;

    /** The run of its latest launch; -1 when there was none. */
    final int[] launchedRun;

    /** By slot: the runs that were broken off for another, as accounting has them. */
    final Map<Integer, SortedMap<Integer, PastRun>> past = new HashMap<>();

    long limitMs;
    /** How many slots are pending, and how many occupy CPUs; while it is queued. */
    int pending;

    int started;
    boolean queued;
    boolean strange;

    private NativeJob(
            long number,
            String nativeId,
            String owner,
            Optional<Ours> ours,
            Optional<AttemptId> key,
            int cpus,
            int atOnce,
            long limitMs,
            TaskSet tasks,
            TaskState first) {
        this.number = number;
        this.nativeId = nativeId;
        this.owner = owner;
        this.ours = ours;
        this.key = key;
        this.cpus = cpus;
        this.atOnce = atOnce == ArraySpec.NO_LIMIT ? Integer.MAX_VALUE : atOnce;
        this.limitMs = limitMs;
        this.tasks = tasks;
        this.indices = tasks.stream().toArray();
        this.states = new TaskState[indices.length];
        this.changed = new long[indices.length];
        this.launchedRun = new int[indices.length];
        Arrays.fill(launchedRun, -1);
        Arrays.fill(states, first);
    }

    static NativeJob ours(long number, String nativeId, Attempt attempt, JobSpec spec, TaskState first) {
        return new NativeJob(
                number,
                nativeId,
                attempt.user().value(),
                Optional.of(new Ours(attempt, spec)),
                Optional.of(attempt.id()),
                (int) Math.min(Integer.MAX_VALUE, spec.ask().resources().cpus()),
                spec.array().map(ArraySpec::atOnce).orElse(ArraySpec.NO_LIMIT),
                spec.ask().limit().orElse(DEFAULT_LIMIT).toMillis(),
                attempt.tasks(),
                first);
    }

    static NativeJob foreign(
            long number, String nativeId, String owner, Optional<AttemptId> key, int cpus, TaskState first) {
        return new NativeJob(
                number,
                nativeId,
                owner,
                Optional.empty(),
                key,
                cpus,
                ArraySpec.NO_LIMIT,
                Long.MAX_VALUE / 4,
                TaskSet.SOLE,
                first);
    }

    /** The slot of a task index; negative when it has none. */
    int slot(int index) {
        return Arrays.binarySearch(indices, index);
    }

    Binding binding(String incarnation) {
        return new Binding(nativeId, incarnation, owner);
    }

    /** Whether no slot is remembered any more. */
    boolean gone() {
        for (TaskState state : states) {
            if (!(state instanceof TaskState.Gone)) {
                return false;
            }
        }
        return true;
    }

    boolean live() {
        for (TaskState state : states) {
            if (state.live()) {
                return true;
            }
        }
        return false;
    }

    /** Whether the binding is of this slot as it is now. */
    boolean is(Binding binding, int slot) {
        return queued
                && nativeId.equals(binding.nativeId())
                && owner.equals(binding.owner())
                && states[slot].incarnation().equals(binding.incarnation());
    }
}
