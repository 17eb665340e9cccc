package dev.sluice.slurm.ssh;

import dev.sluice.job.Refusal;
import dev.sluice.slurm.door.Answer;
import dev.sluice.slurm.door.Door;
import dev.sluice.slurm.door.JobRow;
import dev.sluice.slurm.door.JobRow.Canceller;
import dev.sluice.slurm.door.JobRow.Exit;
import dev.sluice.slurm.door.JobRow.Origin;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * {@code sacct}: what accounting has of some jobs, every record of each (-D).
 *
 * <p>It starts at the epoch: without a start it would tell of jobs since midnight only. Exit codes of 128 and more come out 128
 * less up to 24.11; 26.05 prints them whole.
 */
final class Sacct {
    private static final List<String> COLUMNS = List.of(
            "JobID",
            "JobIDRaw",
            "User",
            "State",
            "ExitCode",
            "Submit",
            "Start",
            "End",
            "Reason",
            "Partition",
            "NodeList",
            "AllocTRES",
            "Comment");
    private static final String RESTARTS = "Restarts";
    private static final Pattern ID = Pattern.compile("([0-9]+)(?:_(?:([0-9]+)|\\[([^\\]]*)\\]))?(?:\\+[0-9]+)?");

    private static final Pattern CANCELLED = Pattern.compile("CANCELLED(?: by ([0-9]{1,10}))?");

    private Sacct() {}

    /** Whether the version has the restart count, from 24.05 on. */
    enum Form {
        WITH_RESTARTS,
        WITHOUT_RESTARTS
    }

    static List<String> argv(String separator, Collection<Long> jobIds, Form form) {
        return List.of(
                "sacct",
                "-n",
                "-p",
                "-X",
                "-D",
                "-S",
                "1970-01-02",
                "--delimiter=" + separator,
                "-j",
                jobIds.stream().map(String::valueOf).collect(Collectors.joining(",")),
                "--format=" + String.join(",", COLUMNS) + (form == Form.WITH_RESTARTS ? "," + RESTARTS : ""));
    }

    /** Whether this version does not know the restart count. */
    static boolean lacksRestarts(Outcome.Ended ended) {
        return ended.exit() != 0 && ended.err().contains("Invalid field requested: \"" + RESTARTS);
    }

    /** @param byUid who it is that cancels under a user id */
    static Answer<List<JobRow>> parse(Outcome.Ended ended, String separator, Form form, IntFunction<Canceller> byUid) {
        if (ended.err().contains("accounting storage is disabled")) {
            return new Answer.Refused<>(Refusal.never(Door.NO_ACCOUNTING, "the cluster keeps no accounting"));
        }
        if (ended.exit() != 0) {
            return Answer.unknown("sacct: " + ended.complaint());
        }
        try {
            List<JobRow> rows = new ArrayList<>();
            int fields = COLUMNS.size() + (form == Form.WITH_RESTARTS ? 1 : 0);
            for (List<String> record : JobRows.records(ended.out(), separator, fields)) {
                rows.add(row(record).cancelledBy(canceller(record.get(3), byUid)));
            }
            return Answer.said(List.copyOf(rows));
        } catch (UnreadableOutput bad) {
            return Answer.unknown("sacct printed " + bad.getMessage());
        }
    }

    private static JobRow row(List<String> fields) throws UnreadableOutput {
        Matcher id = ID.matcher(fields.get(0).strip());
        if (!id.matches()) {
            throw new UnreadableOutput("a job id '" + fields.get(0) + "'");
        }
        String tasks = id.group(2) != null ? id.group(2) : id.group(3) != null ? id.group(3) : "";
        String state = JobRows.stateWord(fields.get(3));
        boolean ended = JobRows.isEnded(state);
        // A run that SLURM broke off to start the job anew: over, and no end of the job.
        boolean requeued = state.equals("REQUEUED");
        String nodes = fields.get(10).equals("None assigned") ? "" : fields.get(10);
        boolean launched = (requeued || !JobRows.isWaiting(state)) && !nodes.isEmpty();
        Optional<Instant> started = launched ? JobRows.time(fields.get(6)) : Optional.empty();
        return new JobRow(
                JobRows.number(id.group(1)),
                JobRows.number(fields.get(1)),
                JobRows.indices(tasks),
                fields.get(2),
                JobRows.text(fields.get(12)),
                JobRows.time(fields.get(5)).orElse(Instant.EPOCH),
                fields.size() > COLUMNS.size()
                        ? OptionalInt.of((int) JobRows.number(fields.get(COLUMNS.size())))
                        : OptionalInt.empty(),
                List.of(state),
                fields.get(8),
                started,
                ended || requeued ? JobRows.time(fields.get(7)) : Optional.empty(),
                ended ? Optional.of(exit(fields.get(4))) : Optional.empty(),
                new JobRow.Place(fields.get(9), nodes, fields.get(11)));
    }

    /** {@code CANCELLED by 2001}; what nobody asked for names nobody. */
    private static Canceller canceller(String state, IntFunction<Canceller> byUid) throws UnreadableOutput {
        Matcher words = CANCELLED.matcher(state.strip());
        if (!words.matches()) {
            return Canceller.UNTOLD;
        }
        // NO_VAL, 4294967294, is what SLURM writes for no user.
        int uid = words.group(1) == null ? -1 : (int) JobRows.number(words.group(1));
        return uid < 0 ? Canceller.SLURM : byUid.apply(uid);
    }

    private static Exit exit(String text) throws UnreadableOutput {
        Exit told = Squeue.exit(text);
        return new Exit(told.code(), told.signal(), told.code() >= 128 ? Origin.EXACT : Origin.SACCT);
    }
}
