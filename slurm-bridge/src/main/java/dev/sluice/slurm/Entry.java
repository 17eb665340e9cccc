package dev.sluice.slurm;

import dev.sluice.job.AttemptId;
import dev.sluice.job.Binding;
import dev.sluice.job.Refusal;
import dev.sluice.job.TaskSet;
import dev.sluice.slurm.door.Indices;
import dev.sluice.slurm.door.JobRow;
import dev.sluice.slurm.door.Owner;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Tasks of an attempt of ours, and SLURM's row of them. */
record Entry(Tag tag, TaskSet tasks, JobRow row) {
    AttemptId attempt() {
        return tag.attempt();
    }

    Binding binding() {
        return binding(row);
    }

    /** Whether it came out as an account of the system. By REST alone nobody can see that of an account before its first job. */
    boolean isSystems() {
        return row.ownerUid().isPresent() && row.ownerUid().getAsInt() < Owner.LEAST_UID;
    }

    /** Why what came out as an account of the system never runs. */
    Refusal forbidden(SlurmSettings settings) {
        return Refusal.never(
                "forbidden-account",
                "expected an account with a user id of " + Owner.LEAST_UID + " and more on " + settings.cluster()
                        + ", found " + row.owner() + "; map the user to another");
    }

    static Binding binding(JobRow row) {
        return new Binding(
                Long.toString(row.jobId()), Long.toString(row.submitted().getEpochSecond()), row.owner());
    }

    /** SLURM's id of a binding; empty for what is no binding of this kind of cluster. */
    static Optional<Long> jobId(Binding binding) {
        try {
            return Optional.of(Long.parseLong(binding.nativeId()));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /**
     * What of a queue is ours.
     *
     * @param tasksOf all tasks of an attempt, where they are known: only for sets of indices that SLURM cut short
     */
    static List<Entry> ours(List<JobRow> rows, long realm, Function<AttemptId, Optional<TaskSet>> tasksOf) {
        List<Entry> all = new ArrayList<>();
        Map<Long, List<JobRow>> cut = new LinkedHashMap<>();
        for (JobRow row : rows) {
            Optional<Tag> tag =
                    Tag.of(row.comment()).filter(found -> found.attempt().realm() == realm);
            if (tag.isEmpty() || States.isRevoked(row)) {
                continue;
            }
            switch (row.indices()) {
                case Indices.Sole sole -> all.add(new Entry(tag.get(), TaskSet.SOLE, row));
                case Indices.Of of ->
                    all.add(new Entry(tag.get(), tag.get().map().toOurs(of.tasks()), row));
                case Indices.Rest rest ->
                    cut.computeIfAbsent(row.jobId(), id -> new ArrayList<>()).add(row);
            }
        }
        cut.values().forEach(some -> rest(some, tasksOf, all));
        return all;
    }

    /** One row of a job may stand for all that its others do not name. */
    private static void rest(List<JobRow> cut, Function<AttemptId, Optional<TaskSet>> tasksOf, List<Entry> all) {
        JobRow row = cut.getFirst();
        Tag tag = Tag.of(row.comment()).orElseThrow();
        Optional<TaskSet> whole = tasksOf.apply(tag.attempt());
        if (cut.size() > 1 || whole.isEmpty()) {
            return;
        }
        TaskSet rest = whole.get().minus(named(all, tag.attempt(), row.jobId()));
        if (!rest.isEmpty()) {
            all.add(new Entry(tag, rest, row));
        }
    }

    private static TaskSet named(Collection<Entry> all, AttemptId attempt, long jobId) {
        TaskSet named = TaskSet.EMPTY;
        for (Entry entry : all) {
            if (entry.attempt().equals(attempt) && entry.row().jobId() == jobId) {
                named = named.union(entry.tasks());
            }
        }
        return named;
    }
}
