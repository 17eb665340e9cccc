package dev.sluice.slurm.rest;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.job.InvalidValue;
import dev.sluice.job.TaskSet;
import dev.sluice.slurm.door.Indices;
import dev.sluice.slurm.door.JobRow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/** One entry of a list of jobs, of slurmctld or of slurmdbd, made a {@link JobRow}. */
final class JobEntry {
    /** What slurmctld's lists are read for; the rest of an entry, some 7 kB, is skipped. */
    static final Set<String> CONTROLLER_FIELDS = Set.of(
            "job_id",
            "array_job_id",
            "array_task_id",
            "array_task_string",
            "user_name",
            "comment",
            "submit_time",
            "restart_cnt",
            "job_state",
            "state_reason",
            "start_time",
            "end_time",
            "exit_code",
            "nodes",
            "partition",
            "tres_alloc_str",
            "account",
            "user_id");

    static final Set<String> ACCOUNTING_FIELDS = Set.of(
            "job_id",
            "array",
            "user",
            "association",
            "comment",
            "time",
            "restart_cnt",
            "state",
            "exit_code",
            "nodes",
            "partition",
            "tres_alloc_str",
            "kill_request_user");

    /** As whom SLURM cancels by itself; who SlurmUser is REST does not tell, and {@code slurm} is what SLURM's packages call it. */
    private static final Set<String> SLURMS_OWN = Set.of("", "root", "slurm");

    private static final Set<String> WAITING = Set.of("PENDING");
    private static final Set<String> ALIVE = Set.of("PENDING", "RUNNING", "SUSPENDED");
    private static final Set<String> BASE = Set.of(
            "PENDING",
            "RUNNING",
            "SUSPENDED",
            "COMPLETED",
            "CANCELLED",
            "FAILED",
            "TIMEOUT",
            "NODE_FAIL",
            "PREEMPTED",
            "BOOT_FAIL",
            "DEADLINE",
            "OUT_OF_MEMORY");

    private JobEntry() {}

    /**
     * @param fields an object with {@link #CONTROLLER_FIELDS}
     * @throws InvalidValue when it has no id
     */
    static JobRow ofController(JsonNode fields) {
        long own = id(fields.path("job_id"));
        long array = Fields.number(fields.path("array_job_id")).orElse(0);
        OptionalLong task = Fields.number(fields.path("array_task_id"));
        String tasks = fields.path("array_task_string").asText("");
        return row(
                own,
                array,
                array == 0 ? new Indices.Sole() : task.isPresent() ? one(task.getAsLong()) : listed(tasks),
                fields.path("user_name").asText(""),
                fields.path("comment").asText(""),
                Fields.time(fields.path("submit_time")),
                restarts(fields),
                Fields.words(fields.path("job_state")),
                fields.path("state_reason").asText(""),
                Fields.time(fields.path("start_time")),
                Fields.time(fields.path("end_time")),
                fields);
    }

    /**
     * @param fields an object with {@link #ACCOUNTING_FIELDS}
     * @throws InvalidValue when it has no id
     */
    static JobRow ofAccounting(JsonNode fields) {
        long own = id(fields.path("job_id"));
        JsonNode array = fields.path("array");
        long arrayId = Fields.number(array.path("job_id")).orElse(0);
        OptionalLong task = Fields.number(array.path("task_id"));
        String user = fields.path("user").asText("");
        JsonNode time = fields.path("time");
        JobRow told = row(
                own,
                arrayId,
                arrayId == 0
                        ? new Indices.Sole()
                        : task.isPresent()
                                ? one(task.getAsLong())
                                : bits(array.path("task").asText("")),
                user.isEmpty() ? fields.path("association").path("user").asText("") : user,
                fields.path("comment").path("job").asText(""),
                Fields.time(time.path("submission")),
                restarts(fields),
                Fields.words(fields.path("state").path("current")),
                fields.path("state").path("reason").asText(""),
                Fields.time(time.path("start")),
                Fields.time(time.path("end")),
                fields);
        if (!told.states().getFirst().equals("CANCELLED")) {
            return told;
        }
        boolean slurms = SLURMS_OWN.contains(fields.path("kill_request_user").asText(""));
        return told.cancelledBy(slurms ? JobRow.Canceller.SLURM : JobRow.Canceller.PERSON);
    }

    private static JobRow row(
            long own,
            long array,
            Indices indices,
            String owner,
            String comment,
            Optional<Instant> submitted,
            OptionalInt restarts,
            List<String> words,
            String reason,
            Optional<Instant> started,
            Optional<Instant> ended,
            JsonNode fields) {
        List<String> states = ordered(words);
        String base = states.getFirst();
        // What was cancelled before its start has a start of its own in SLURM, but never had a node.
        String nodes = fields.path("nodes").asText("");
        // Accounting's word for a run that SLURM broke off to start the job anew: over, and no end of the job.
        boolean requeued = states.contains("REQUEUED");
        boolean launched = (requeued || !WAITING.contains(base)) && hasNodes(nodes);
        boolean over = !ALIVE.contains(base) && BASE.contains(base);
        return new JobRow(
                array == 0 ? own : array,
                own,
                indices,
                owner,
                comment,
                submitted.orElse(Instant.EPOCH),
                restarts,
                states,
                reason.equals("None") ? "" : reason,
                launched ? started : Optional.empty(),
                over || requeued ? ended : Optional.empty(),
                over ? exit(fields.path("exit_code")) : Optional.empty(),
                new JobRow.Place(
                        fields.path("partition").asText(""),
                        hasNodes(nodes) ? nodes : "",
                        fields.path("tres_alloc_str").asText(""),
                        fields.path("account").asText("")),
                uid(fields),
                JobRow.Canceller.UNTOLD);
    }

    private static OptionalInt uid(JsonNode fields) {
        OptionalLong uid = Fields.number(fields.path("user_id"));
        return uid.isPresent() ? OptionalInt.of((int) uid.getAsLong()) : OptionalInt.empty();
    }

    private static boolean hasNodes(String nodes) {
        return !nodes.isEmpty() && !nodes.equals("None assigned") && !nodes.equals("(null)");
    }

    private static long id(JsonNode node) {
        long id = Fields.number(node).orElse(0);
        if (id <= 0) {
            throw new InvalidValue("job_id", "a number above 0", node.toString());
        }
        return id;
    }

    private static OptionalInt restarts(JsonNode fields) {
        OptionalLong count = Fields.number(fields.path("restart_cnt"));
        return count.isPresent() ? OptionalInt.of((int) count.getAsLong()) : OptionalInt.empty();
    }

    /** The base state first; unknown words are kept (FAULTS.md, F22). */
    private static List<String> ordered(List<String> words) {
        if (words.isEmpty()) {
            return List.of("UNKNOWN");
        }
        List<String> states = new ArrayList<>(words);
        states.sort(Comparator.comparing(word -> BASE.contains(word) ? 0 : 1));
        return states;
    }

    private static Optional<JobRow.Exit> exit(JsonNode code) {
        OptionalLong returned = Fields.number(code.path("return_code"));
        JsonNode signal = code.path("signal");
        OptionalLong number = Fields.number(signal.has("id") ? signal.path("id") : signal.path("signal_id"));
        if (returned.isEmpty() && number.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                new JobRow.Exit((int) (returned.orElse(0) & 0xff), (int) number.orElse(0), JobRow.Origin.EXACT));
    }

    private static Indices one(long index) {
        return index <= TaskSet.MAX_INDEX ? new Indices.Of(TaskSet.of((int) index)) : new Indices.Rest();
    }

    /** {@code 0-3,7%2}, {@code 1-9:2}; cut short it ends in dots. */
    static Indices listed(String text) {
        int percent = text.indexOf('%');
        String set = percent < 0 ? text : text.substring(0, percent);
        if (set.isEmpty()) {
            return new Indices.Rest();
        }
        try {
            TaskSet.Builder all = new TaskSet.Builder();
            for (String part : set.split(",", -1)) {
                int colon = part.indexOf(':');
                TaskSet run = TaskSet.parse(colon < 0 ? part : part.substring(0, colon));
                if (run.isEmpty()) {
                    return new Indices.Rest();
                }
                all.add(
                        colon < 0
                                ? run
                                : TaskSet.range(run.first(), run.last(), Integer.parseInt(part.substring(colon + 1))));
            }
            return new Indices.Of(all.build());
        } catch (InvalidValue | NumberFormatException e) {
            return new Indices.Rest();
        }
    }

    /** Accounting writes what has not been split off as a bit set in hexadecimal digits, the lowest bit last. */
    static Indices bits(String text) {
        if (!text.startsWith("0x")) {
            return listed(text);
        }
        TaskSet.Builder all = new TaskSet.Builder();
        for (int i = text.length() - 1, base = 0; i >= 2; i--, base += 4) {
            int digit = Character.digit(text.charAt(i), 16);
            if (digit < 0) {
                return new Indices.Rest();
            }
            for (int bit = 0; bit < 4; bit++) {
                if ((digit >> bit & 1) == 1) {
                    all.add(base + bit);
                }
            }
        }
        TaskSet tasks = all.build();
        return tasks.isEmpty() ? new Indices.Rest() : new Indices.Of(tasks);
    }
}
