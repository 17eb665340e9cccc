package dev.sluice.testkit.fake;

import dev.sluice.job.AttemptId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The controller's memory: jobs by native id, and a journal by which a crash takes back what was not saved yet.
 *
 * <p>Nothing but its methods changes a {@link NativeJob}.
 */
final class Queue {
    /** For how long the journal can go back, milliseconds. */
    static final long MEMORY_MS = 60_000;

    private static final Consumer<Moment> NOBODY = x -> {};
    private static final int ADDED = -1;
    private static final int REMOVED = -2;

    /** @param slot of which {@code before} was the state, or one of the two marks */
    private record Step(
            long at, NativeJob job, int slot, @Nullable TaskState before, int nextId) {}

    /** One thing that a crash took back. */
    record Undone(NativeJob job, Optional<TaskState> lost, Optional<TaskState> restored, int slot) {}

    private final Flavour flavour;
    private final FaultCounts faults;
    private final Map<String, NativeJob> byId = new HashMap<>();
    private final TreeMap<Long, NativeJob> byNumber = new TreeMap<>();
    private final Map<AttemptId, List<NativeJob>> byKey = new HashMap<>();
    private final Set<Integer> ourIds = new HashSet<>();
    private final Set<String> ourAccounts = new LinkedHashSet<>();
    private final ArrayDeque<Step> journal = new ArrayDeque<>();
    private Consumer<Moment> watcher = NOBODY;
    private long numbers;
    private int nextId = 1;
    private long changes;
    private long usedCpus;
    private long foreignCpus;

    Queue(Flavour flavour, FaultCounts faults) {
        this.flavour = flavour;
        this.faults = faults;
    }

    /** In the order of their numbers: their native ids, or their creation where those are names. */
    Collection<NativeJob> jobs() {
        return byNumber.values();
    }

    @Nullable
    NativeJob byId(String nativeId) {
        return byId.get(nativeId);
    }

    /** All that carry the key, in order; copied keys too. */
    List<NativeJob> byKey(AttemptId key) {
        return byKey.getOrDefault(key, List.of());
    }

    /** Every account that an object of ours ever had. */
    List<String> ourAccounts() {
        return List.copyOf(ourAccounts);
    }

    long changes() {
        return changes;
    }

    /** Its claim, say, changed, and nothing of its state. */
    void touch(NativeJob job, int slot) {
        job.changed[slot] = change(job);
    }

    long usedCpus() {
        return usedCpus;
    }

    long foreignCpus() {
        return foreignCpus;
    }

    /** A number for a new job, and with SLURM its id. It is spent only by {@link #add}. */
    long nextNumber() {
        return flavour == Flavour.SLURM ? nextId : numbers + 1;
    }

    void add(NativeJob job, long now) {
        remember(new Step(now, job, ADDED, null, nextId));
        if (flavour == Flavour.SLURM) {
            if (!ourIds.isEmpty() && ourIds.contains(nextId)) {
                faults.count(Fault.ID_REUSED);
            }
            if (job.ours.isPresent()) {
                ourIds.add(nextId);
            }
            nextId++;
        }
        if (job.ours.isPresent()) {
            ourAccounts.add(job.owner);
        }
        numbers++;
        insert(job);
        if (job.ours.isPresent()) {
            watcher.accept(Moment.PARK);
        }
    }

    private void insert(NativeJob job) {
        job.queued = true;
        byId.put(job.nativeId, job);
        byNumber.put(job.number, job);
        job.key.ifPresent(
                key -> byKey.computeIfAbsent(key, x -> new ArrayList<>(1)).add(job));
        for (int slot = 0; slot < job.states.length; slot++) {
            account(job, job.states[slot], 1);
            job.changed[slot] = change(job);
        }
    }

    /** Of others' jobs nobody asks what changed. */
    private long change(NativeJob job) {
        changes += job.key.isPresent() ? 1 : 0;
        return changes;
    }

    void remove(NativeJob job, long now) {
        remember(new Step(now, job, REMOVED, null, nextId));
        drop(job);
    }

    private void drop(NativeJob job) {
        for (TaskState state : job.states) {
            account(job, state, -1);
        }
        job.queued = false;
        byId.remove(job.nativeId, job);
        byNumber.remove(job.number, job);
        job.key.ifPresent(key -> {
            List<NativeJob> all = byKey.get(key);
            if (all != null && all.remove(job) && all.isEmpty()) {
                byKey.remove(key);
            }
        });
        change(job);
    }

    void set(NativeJob job, int slot, TaskState next, long now) {
        TaskState before = job.states[slot];
        remember(new Step(now, job, slot, before, nextId));
        put(job, slot, next);
        if (job.ours.isPresent()) {
            moment(before, next).ifPresent(watcher);
        }
    }

    private static Optional<Moment> moment(TaskState before, TaskState next) {
        return switch (before) {
            case TaskState.Held s -> next instanceof TaskState.Pending ? Optional.of(Moment.RELEASE) : Optional.empty();
            case TaskState.Pending s ->
                next instanceof TaskState.Started ? Optional.of(Moment.START) : Optional.empty();
            case TaskState.Started s -> next instanceof TaskState.Started ? Optional.empty() : Optional.of(Moment.END);
            case TaskState.Completing s -> Optional.empty();
            case TaskState.Over s -> Optional.empty();
            case TaskState.Gone s -> Optional.empty();
        };
    }

    /** Tells of the moments of objects of ours, until told to tell nobody. */
    void watch(Consumer<Moment> next) {
        watcher = next;
    }

    void watchNoMore() {
        watcher = NOBODY;
    }

    private void put(NativeJob job, int slot, TaskState next) {
        account(job, job.states[slot], -1);
        job.states[slot] = next;
        account(job, next, 1);
        job.changed[slot] = change(job);
    }

    private void account(NativeJob job, TaskState state, int sign) {
        if (!job.queued) {
            return;
        }
        if (state.occupies()) {
            usedCpus += (long) sign * job.cpus;
            foreignCpus += job.ours.isPresent() ? 0 : (long) sign * job.cpus;
            job.started += sign;
        }
        if (state instanceof TaskState.Pending) {
            job.pending += sign;
        }
    }

    /** Makes the next look show all of it again. */
    void touch(NativeJob job) {
        for (int slot = 0; slot < job.changed.length; slot++) {
            touch(job, slot);
        }
    }

    private void remember(Step step) {
        while (!journal.isEmpty() && journal.getFirst().at() < step.at() - MEMORY_MS) {
            journal.removeFirst();
        }
        journal.addLast(step);
    }

    /** Takes back everything since then, the last first; what was before cannot be taken back any more. */
    List<Undone> undoSince(long time) {
        List<Undone> undone = new ArrayList<>();
        while (!journal.isEmpty() && journal.getLast().at() > time) {
            Step step = journal.removeLast();
            nextId = step.nextId();
            undone.add(undo(step));
        }
        journal.clear();
        return undone;
    }

    private Undone undo(Step step) {
        NativeJob job = step.job();
        TaskState before = step.before();
        if (before != null) {
            TaskState lost = job.states[step.slot()];
            put(job, step.slot(), before);
            return new Undone(job, Optional.of(lost), Optional.of(before), step.slot());
        }
        if (step.slot() == ADDED) {
            drop(job);
        } else {
            insert(job);
        }
        return new Undone(job, Optional.empty(), Optional.empty(), step.slot());
    }

    /** Whether what was undone was the job's coming. */
    static boolean wasPark(Undone undone) {
        return undone.slot() == ADDED;
    }
}
