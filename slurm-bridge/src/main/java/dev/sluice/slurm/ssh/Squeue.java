package dev.sluice.slurm.ssh;

import dev.sluice.slurm.door.Answer;
import dev.sluice.slurm.door.JobRow;
import dev.sluice.slurm.door.JobRow.Exit;
import dev.sluice.slurm.door.JobRow.Origin;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/**
 * {@code squeue}: the controller's jobs in one request.
 *
 * <p>Columns have no width (0), so nothing is cut short, and each ends in a random separator, so that no comment can forge one.
 * A state with flags is one word: where SLURM says {@code COMPLETING} or {@code CONFIGURING} it keeps the base state to itself.
 */
final class Squeue {
    private static final List<String> COLUMNS = List.of(
            "ArrayJobID",
            "JobID",
            "ArrayTaskID",
            "State",
            "exit_code",
            "RestartCnt",
            "Reason",
            "UserName",
            "SubmitTime",
            "StartTime",
            "EndTime",
            "Partition",
            "NodeList",
            "tres-alloc",
            "UserID",
            "Account",
            "Comment");
    private static final String NO_SUCH_JOB = "Invalid job id specified";

    private Squeue() {}

    static List<String> argv(String separator) {
        String format =
                COLUMNS.stream().map(column -> column + ":0" + separator).collect(Collectors.joining(","));
        return List.of("squeue", "-h", "-a", "-t", "all", "-O", format);
    }

    static List<String> argv(String separator, Collection<Long> jobIds) {
        List<String> argv = new ArrayList<>(argv(separator));
        argv.add("-j");
        argv.add(jobIds.stream().map(String::valueOf).collect(Collectors.joining(",")));
        return argv;
    }

    static Answer<List<JobRow>> parse(Outcome.Ended ended, String separator) {
        if (ended.exit() != 0) {
            return ended.err().contains(NO_SUCH_JOB)
                    ? Answer.said(List.of())
                    : Answer.unknown("squeue: " + ended.complaint());
        }
        try {
            List<JobRow> rows = new ArrayList<>();
            for (List<String> fields : JobRows.records(ended.out(), separator, COLUMNS.size())) {
                rows.add(row(fields));
            }
            return Answer.said(List.copyOf(rows));
        } catch (UnreadableOutput bad) {
            return Answer.unknown("squeue printed " + bad.getMessage());
        }
    }

    private static JobRow row(List<String> fields) throws UnreadableOutput {
        String state = JobRows.stateWord(fields.get(3));
        boolean ended = JobRows.isEnded(state);
        // What was cancelled before its start has a start of its own in SLURM, but never had a node.
        String nodes = JobRows.text(fields.get(12));
        boolean launched = !JobRows.isWaiting(state) && !nodes.isEmpty();
        Optional<Instant> started = launched ? JobRows.time(fields.get(9)) : Optional.empty();
        return new JobRow(
                JobRows.number(fields.get(0)),
                JobRows.number(fields.get(1)),
                JobRows.indices(fields.get(2)),
                fields.get(7),
                JobRows.text(fields.get(16)),
                JobRows.time(fields.get(8)).orElse(Instant.EPOCH),
                OptionalInt.of((int) JobRows.number(fields.get(5))),
                List.of(state),
                fields.get(6),
                started,
                ended ? JobRows.time(fields.get(10)) : Optional.empty(),
                ended ? Optional.of(exit(fields.get(4))) : Optional.empty(),
                new JobRow.Place(
                        fields.get(11),
                        nodes,
                        nodes.isEmpty() ? "" : JobRows.text(fields.get(13)),
                        JobRows.text(fields.get(15))),
                OptionalInt.of((int) JobRows.number(fields.get(14))),
                JobRow.Canceller.UNTOLD);
    }

    /** {@code 255:0}, {@code 0:9}; 22.05 prints what wait(2) tells: 65280, 9. */
    static Exit exit(String text) throws UnreadableOutput {
        int colon = text.indexOf(':');
        if (colon >= 0) {
            int code = (int) JobRows.number(text.substring(0, colon));
            int signal = (int) JobRows.number(text.substring(colon + 1));
            return new Exit(code & 0xff, signal, Origin.EXACT);
        }
        int status = (int) JobRows.number(text);
        return new Exit(status >> 8 & 0xff, status & 0x7f, Origin.EXACT);
    }
}
