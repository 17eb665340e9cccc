package dev.sluice.gateway.wire;

import dev.sluice.engine.JobHead;
import dev.sluice.engine.JobRecord;
import dev.sluice.job.JobId;
import dev.sluice.job.JobState;
import dev.sluice.job.Slice;
import dev.sluice.job.Status;
import dev.sluice.job.TaskSet;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Resources;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Jobs and their tasks as the contract shows them: {@code Job}, {@code TaskGroup}, {@code Accepted}. */
public final class JobViews {
    /** How many groups, attempts and runs a job shows. */
    public static final int MOST = 100;

    private JobViews() {}

    /** The answer to one accepted job. */
    public static byte[] accepted(JobId id, JobSpec spec) {
        return JsonWriter.bytes(out -> accepted(out, id, spec));
    }

    /** The answer to a list of accepted jobs, in its order. */
    public static byte[] accepted(List<JobId> ids, List<JobSpec> specs) {
        return JsonWriter.bytes(out -> {
            out.begin().beginList("jobs");
            for (int i = 0; i < ids.size(); i++) {
                accepted(out, ids.get(i), specs.get(i));
            }
            out.endList().end();
        });
    }

    private static void accepted(JsonWriter out, JobId id, JobSpec spec) {
        out.begin().number("id", id.value());
        spec.array().ifPresent(array -> out.text("tasks", array.indices().toString()));
        out.end();
    }

    /** A refused line of NDJSON; an accepted one is {@link #accepted(JobId, JobSpec)}. */
    public static byte[] refusedLine(Problem problem) {
        return JsonWriter.bytes(out -> {
            out.begin().name("problem");
            problem.write(out);
            out.end();
        });
    }

    /** One job with its history. */
    public static byte[] job(JobRecord record) {
        return JsonWriter.bytes(out -> job(out, record, OptionalInt.empty()));
    }

    /**
     * One job, named by its id or by that of one of its tasks.
     *
     * @param id what was asked for; the task that it names is told
     */
    public static byte[] job(JobRecord record, JobId id) {
        return JsonWriter.bytes(out -> job(out, record, taskOf(record.head(), id)));
    }

    /** A page of jobs; next: the cursor of the page behind it. */
    public static byte[] jobs(List<JobRecord> records, Optional<String> next) {
        return JsonWriter.bytes(out -> {
            out.begin().beginList("jobs");
            records.forEach(record -> job(out, record, OptionalInt.empty()));
            out.endList().text("next", next).end();
        });
    }

    /**
     * A page of the groups of tasks.
     *
     * @param after only groups whose lowest task lies above; -1 for all
     */
    public static byte[] tasks(JobRecord record, int after, int limit) {
        List<Slice> rest = record.slices().stream()
                .filter(slice -> slice.tasks().first() > after)
                .toList();
        List<Slice> page = rest.subList(0, Math.min(limit, rest.size()));
        return JsonWriter.bytes(out -> {
            out.begin();
            TaskGroups.list(out, "tasks", page, record.attempts(), record.runs());
            if (page.size() < rest.size()) {
                out.text("next", PageMark.task(page.getLast().tasks().first()));
            }
            out.end();
        });
    }

    /** The index of the task that an id names; empty for the job's own, as far as the job has more than one task. */
    public static OptionalInt taskOf(JobHead head, JobId id) {
        int ordinal = id.value() - head.id().value();
        TaskSet tasks = head.tasks();
        return ordinal > 0 && ordinal < tasks.size()
                ? OptionalInt.of(tasks.lowest(ordinal + 1).last())
                : OptionalInt.empty();
    }

    private static void job(JsonWriter out, JobRecord record, OptionalInt task) {
        JobHead head = record.head();
        out.begin().number("id", head.id().value());
        task.ifPresent(index -> out.number("task", index));
        out.text("name", record.name())
                .text("project", head.project())
                .text("user", head.user())
                .text("status", status(record.slices()));
        counts(out, record.slices());
        out.text("tasks", head.tasks().toString());
        if (head.atOnce() > 0) {
            out.number("atOnce", head.atOnce());
        }
        out.time("submitted", head.submitted())
                .time("changed", record.changed())
                .time("begin", head.begin());
        if (!head.after().isNone()) {
            out.text("after", head.after().toString());
        }
        out.number("priorityClass", head.priorityClass());
        SpecWriter.limit(out, head.ask().limit());
        out.texts("labels", record.labels().values()).text("image", head.image());
        resources(out, head.ask().resources());
        groups(out, record.slices(), record.attempts(), record.runs());
        attempts(out, record.attempts());
        runs(out, record.runs());
        out.end();
    }

    /** The one status of all tasks, or {@code mixed}. */
    static String status(List<Slice> slices) {
        List<Status> statuses = slices.stream()
                .map(slice -> Status.of(slice.state()))
                .distinct()
                .toList();
        return statuses.size() == 1 ? statuses.getFirst().text() : "mixed";
    }

    private static void counts(JsonWriter out, List<Slice> slices) {
        Map<Status, Integer> counts = new EnumMap<>(Status.class);
        slices.forEach(
                slice -> counts.merge(Status.of(slice.state()), slice.tasks().size(), Integer::sum));
        out.begin("counts");
        counts.forEach((status, count) -> out.number(status.text(), count));
        out.end();
    }

    private static void resources(JsonWriter out, Resources resources) {
        out.begin("resources")
                .number("nodes", resources.nodes().least())
                .number("cpus", resources.cpus())
                .number("memoryBytes", resources.memoryBytes())
                .numbers("gpus", resources.totalGpus())
                .end();
    }

    /** The first groups, and whether there are more. */
    static void groups(JsonWriter out, List<Slice> slices, List<JobRecord.Placing> attempts, List<JobRecord.Run> runs) {
        TaskGroups.list(out, "groups", slices.subList(0, Math.min(MOST, slices.size())), attempts, runs);
        if (slices.size() > MOST) {
            out.flag("more", true);
        }
    }

    private static void attempts(JsonWriter out, List<JobRecord.Placing> attempts) {
        if (attempts.isEmpty()) {
            return;
        }
        out.beginList("attempts");
        for (JobRecord.Placing placing : last(attempts)) {
            out.begin()
                    .text("attempt", placing.attempt().id())
                    .text("tasks", placing.attempt().tasks().toString())
                    .text("cluster", placing.attempt().cluster())
                    .text("partition", placing.attempt().partition())
                    .number("try", placing.attempt().tries())
                    .time("placed", placing.at())
                    .text("why", placing.why())
                    .text("native", placing.binding().map(binding -> binding.nativeId()))
                    .end();
        }
        out.endList();
    }

    private static void runs(JsonWriter out, List<JobRecord.Run> runs) {
        if (runs.isEmpty()) {
            return;
        }
        out.beginList("runs");
        for (JobRecord.Run run : last(runs)) {
            out.begin()
                    .text("tasks", run.tasks().toString())
                    .text("attempt", run.attempt())
                    .number("run", run.run())
                    .time("started", run.started())
                    .time("ended", run.ended())
                    .end();
        }
        out.endList();
    }

    private static <T> List<T> last(List<T> all) {
        return all.subList(Math.max(0, all.size() - MOST), all.size());
    }

    /** Whether nothing of it can change any more. */
    public static boolean ended(JobRecord record) {
        return record.slices().stream().allMatch(slice -> slice.state() instanceof JobState.Ended);
    }
}
