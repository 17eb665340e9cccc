package dev.sluice.slurm;

import dev.sluice.job.AttemptId;
import dev.sluice.job.Binding;
import dev.sluice.job.TaskSet;
import dev.sluice.slurm.door.Answer;
import dev.sluice.slurm.door.Door;
import dev.sluice.slurm.door.JobRow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * The ends that nobody saw: tasks that left the queue before a look had how they ended (FAULTS.md, F17). Each is owed until
 * accounting tells. slurmdbd may lag by minutes or be away for hours (F18): nothing follows from its not knowing an end before it
 * has answered without it for a whole patience. In memory alone: what is missed after a restart is searched for, and owed from then
 * on. Thread-safe.
 */
final class Departed {
    /** Between two questions about the same job. */
    static final Duration AGAIN = Duration.ofSeconds(10);

    private static final int MOST = 200_000;

    private final Accounting accounting;
    private final Duration patience;
    private final LongSupplier nanos;
    private final Map<AttemptId, List<Owed>> owed = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<AttemptId, List<Owed>> eldest) {
            return size() > MOST;
        }
    };
    private boolean answers = true;
    private long silentAt;

    /**
     * Of one object as it was last seen: tasks of an array that were requeued have a submit time of their own, and tasks that left at
     * another time have a patience of their own.
     */
    private static final class Owed {
        final Tag tag;
        final Binding binding;
        final long opened;
        /** When the last of them left. */
        long since;

        TaskSet tasks;
        Optional<Long> asked = Optional.empty();
        /** Accounting had its time: it is asked no more, and remembered so that it does not get that time again. */
        boolean givenUp;

        Owed(Tag tag, Binding binding, TaskSet tasks, long since) {
            this.tag = tag;
            this.binding = binding;
            this.tasks = tasks;
            this.since = since;
            opened = since;
        }

        /** Tasks of an array that leave one after the other, in one look or in the next, are asked for together. */
        boolean takes(long now) {
            return !givenUp && now - opened < AGAIN.toNanos();
        }
    }

    /**
     * What accounting told of owed tasks.
     *
     * @param runs theirs, cut down to tasks that are owed
     * @param overdue whether what has no end by now is lost
     */
    record Record(Runs runs, TaskSet tasks, boolean overdue) {}

    /**
     * @param patience for how long accounting may answer without an end before that counts as none
     * @param nanos as {@link System#nanoTime}: a clock that is moved moves no patience
     */
    Departed(Accounting accounting, Duration patience, LongSupplier nanos) {
        this.accounting = accounting;
        this.patience = patience;
        this.nanos = nanos;
        silentAt = nanos.getAsLong() - patience.toNanos();
    }

    /** These have left the queue, and nobody saw how they ended. */
    synchronized void left(Tag tag, Binding binding, TaskSet tasks) {
        if (tasks.isEmpty() || Entry.jobId(binding).isEmpty()) {
            return;
        }
        List<Owed> known = of(tag.attempt(), binding);
        TaskSet fresh = tasks;
        for (Owed each : known) {
            fresh = fresh.minus(each.tasks);
        }
        if (fresh.isEmpty()) {
            return;
        }
        long now = nanos.getAsLong();
        Optional<Owed> open = known.stream().filter(each -> each.takes(now)).findFirst();
        if (open.isPresent()) {
            open.get().tasks = open.get().tasks.union(fresh);
            open.get().since = now;
        } else {
            owed.computeIfAbsent(tag.attempt(), attempt -> new ArrayList<>()).add(new Owed(tag, binding, fresh, now));
        }
    }

    private List<Owed> of(AttemptId attempt, Binding binding) {
        return owed.getOrDefault(attempt, List.of()).stream()
                .filter(each -> each.binding.equals(binding))
                .toList();
    }

    /** These are in the queue, or their end is known by another way. */
    synchronized void settled(AttemptId attempt, String nativeId, TaskSet tasks) {
        List<Owed> some = owed.get(attempt);
        if (some == null) {
            return;
        }
        some.removeIf(each -> {
            if (each.binding.nativeId().equals(nativeId)) {
                each.tasks = each.tasks.minus(tasks);
            }
            return each.tasks.isEmpty();
        });
        if (some.isEmpty()) {
            owed.remove(attempt);
        }
    }

    /** Whether these may yet turn out to have ended, though accounting answered without their end: they are owed from now on. */
    synchronized boolean mayLag(Tag tag, Binding binding, TaskSet tasks) {
        if (tasks.isEmpty()) {
            return false;
        }
        left(tag, binding, tasks);
        return of(tag.attempt(), binding).stream().anyMatch(each -> each.tasks.intersects(tasks) && !isOverdue(each));
    }

    private boolean isOverdue(Owed each) {
        long now = nanos.getAsLong();
        return each.givenUp || (now - each.since >= patience.toNanos() && now - silentAt >= patience.toNanos());
    }

    /** Whether accounting answered the last time that it was asked. */
    synchronized boolean isAnswering() {
        return answers;
    }

    /** What accounting has by now of those whose turn it is, in one question. */
    List<Record> ask() {
        List<Owed> turn = turn();
        if (turn.isEmpty()) {
            return List.of();
        }
        Set<Long> ids = new LinkedHashSet<>();
        turn.forEach(each -> Entry.jobId(each.binding).ifPresent(ids::add));
        Answer<List<JobRow>> answer = accounting.records(ids);
        synchronized (this) {
            answers = answer instanceof Answer.Said<List<JobRow>>;
            return switch (answer) {
                case Answer.Said<List<JobRow>> said -> found(turn, said.value());
                case Answer.Refused<List<JobRow>> refused -> {
                    if (refused.refusal().code().equals(Door.NO_ACCOUNTING)) {
                        turn.forEach(each -> settled(each.tag.attempt(), each.binding.nativeId(), each.tasks));
                    } else {
                        silentAt = nanos.getAsLong();
                    }
                    yield List.of();
                }
                case Answer.Unknown<List<JobRow>> unknown -> {
                    silentAt = nanos.getAsLong();
                    yield List.of();
                }
            };
        }
    }

    /** Who was asked for the longest ago, or never. */
    private synchronized List<Owed> turn() {
        long now = nanos.getAsLong();
        List<Owed> due = owed.values().stream()
                .flatMap(List::stream)
                .filter(each -> !each.givenUp
                        && each.asked.map(at -> now - at >= AGAIN.toNanos()).orElse(true))
                .sorted((a, b) -> a.asked.isPresent() && b.asked.isPresent()
                        ? Long.signum(a.asked.get() - b.asked.get())
                        : Boolean.compare(a.asked.isPresent(), b.asked.isPresent()))
                .toList();
        Set<String> ids = new HashSet<>();
        List<Owed> turn = new ArrayList<>();
        for (Owed each : due) {
            if (ids.size() < Accounting.AT_ONCE || ids.contains(each.binding.nativeId())) {
                ids.add(each.binding.nativeId());
                each.asked = Optional.of(now);
                turn.add(each);
            }
        }
        return turn;
    }

    private List<Record> found(List<Owed> turn, List<JobRow> records) {
        List<Record> all = new ArrayList<>();
        for (Owed each : turn) {
            boolean overdue = isOverdue(each);
            for (Runs runs : Runs.of(records, each.tag, each.binding)) {
                TaskSet tasks = runs.last().tasks().intersect(each.tasks);
                if (!tasks.isEmpty()) {
                    all.add(new Record(runs, tasks, overdue));
                }
            }
            if (overdue) {
                giveUp(each);
            }
        }
        return all;
    }

    /** What was given up of one object is one entry, however many times its tasks left it. */
    private void giveUp(Owed owing) {
        owing.givenUp = true;
        List<Owed> some = owed.getOrDefault(owing.tag.attempt(), List.of());
        for (Owed each : some) {
            if (each != owing && each.givenUp && each.binding.equals(owing.binding)) {
                each.tasks = each.tasks.union(owing.tasks);
                some.remove(owing);
                return;
            }
        }
    }
}
