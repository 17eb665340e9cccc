package dev.sluice.slurm;

import dev.sluice.cluster.PastRun;
import dev.sluice.job.Binding;
import dev.sluice.job.TaskSet;
import dev.sluice.slurm.door.Indices;
import dev.sluice.slurm.door.JobRow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * What accounting has of one entry of ours, run after run. SLURM requeues a job under its id, with a higher restart count and a
 * submit time of its own a little after the end of the run before, and accounting keeps a record of each run (facts: 16:10:20 and
 * 16:10:22). What else it has under the id is another job's: of an id that came back after a crash, or wrapped.
 *
 * @param all in their order, never empty; each has its run as its restart count
 */
record Runs(List<Entry> all) {
    /** How long after the end of a run the requeue may come, where no restart count tells: an epilog may take its time. */
    private static final Duration REQUEUED_WITHIN = Duration.ofMinutes(10);

    /** How it stands, or ended. */
    Entry last() {
        return all.getLast();
    }

    /** The runs before the last. */
    List<PastRun> past() {
        List<PastRun> past = new ArrayList<>();
        for (Entry entry : all.subList(0, all.size() - 1)) {
            JobRow row = entry.row();
            if (row.started().isPresent() && row.ended().isPresent()) {
                past.add(new PastRun(
                        States.run(row), row.started().get(), row.ended().get()));
            }
        }
        return past;
    }

    /**
     * The object's, entry by entry: by id, owner and submit time, since accounting keeps comments only where it was asked to. One of
     * its runs has to have been submitted when the binding says.
     */
    static List<Runs> of(List<JobRow> records, Tag tag, Binding binding) {
        Map<Long, List<JobRow>> byEntry = new TreeMap<>();
        for (JobRow row : records) {
            boolean ours = Tag.of(row.comment())
                    .map(found -> found.attempt().equals(tag.attempt()))
                    .orElse(row.comment().isEmpty());
            Binding of = Entry.binding(row);
            if (ours
                    && of.nativeId().equals(binding.nativeId())
                    && of.owner().equals(binding.owner())
                    && !(row.indices() instanceof Indices.Rest)) {
                byEntry.computeIfAbsent(row.ownId(), id -> new ArrayList<>()).add(row);
            }
        }
        List<Runs> found = new ArrayList<>();
        for (List<JobRow> rows : byEntry.values()) {
            rows.sort(Comparator.comparing(JobRow::submitted)
                    .thenComparing(row -> row.restarts().orElse(0)));
            found.addAll(chains(rows, tag, binding));
        }
        return found;
    }

    private static List<Runs> chains(List<JobRow> rows, Tag tag, Binding binding) {
        List<Runs> found = new ArrayList<>();
        List<Entry> chain = new ArrayList<>();
        for (JobRow row : rows) {
            if (!chain.isEmpty() && !follows(chain.getLast().row(), row)) {
                add(chain, binding, found);
                chain = new ArrayList<>();
            }
            chain.add(new Entry(tag, tasks(row, tag), row.restarts().isPresent() ? row : counted(row, chain.size())));
        }
        add(chain, binding, found);
        return found;
    }

    private static void add(List<Entry> chain, Binding binding, Collection<Runs> found) {
        if (chain.stream().anyMatch(entry -> entry.binding().equals(binding))) {
            found.add(new Runs(List.copyOf(chain)));
        }
    }

    private static TaskSet tasks(JobRow row, Tag tag) {
        return row.indices() instanceof Indices.Of of ? tag.map().toOurs(of.tasks()) : TaskSet.SOLE;
    }

    /** Whether it is the same job's next run. A job that only has the id of a lost one counts from 0 again. */
    private static boolean follows(JobRow before, JobRow after) {
        if (before.ended().isEmpty()
                || after.submitted().isBefore(before.ended().get().minusSeconds(1))) {
            return false;
        }
        if (before.restarts().isPresent() && after.restarts().isPresent()) {
            return after.restarts().getAsInt() > before.restarts().getAsInt();
        }
        return States.mayRunAgain(before)
                && !after.submitted().isAfter(before.ended().get().plus(REQUEUED_WITHIN));
    }

    private static JobRow counted(JobRow row, int run) {
        return new JobRow(
                row.jobId(),
                row.ownId(),
                row.indices(),
                row.owner(),
                row.comment(),
                row.submitted(),
                OptionalInt.of(run),
                row.states(),
                row.reason(),
                row.started(),
                row.ended(),
                row.exit(),
                row.place(),
                row.ownerUid(),
                row.canceller());
    }
}
