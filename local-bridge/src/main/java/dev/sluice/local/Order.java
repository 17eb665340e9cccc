package dev.sluice.local;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.job.Attempt;
import dev.sluice.job.AttemptId;
import dev.sluice.job.TaskSet;
import dev.sluice.spec.ArraySpec;
import dev.sluice.spec.Files.OpenMode;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Memory;
import dev.sluice.spec.Resources;
import dev.sluice.spec.Work;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * All that this machine looks at in a parked attempt, as it is kept beside it: two parks that agree in it, but
 * for the limit, are one. It holds
 * the job's environment and arguments, so it is nobody's to read but the bridge's.
 *
 * @param job the first id of an array's block
 * @param tasks of the attempt
 * @param indices of the whole array; empty for no array
 * @param atOnce 0 for no limit
 * @param script SHA-256 of the script, empty for a command
 * @param words a script's arguments, or a command
 * @param memory bytes; -1 for all there is
 * @param limit seconds
 * @param signal 0 for none
 * @param before seconds before the limit
 * @param directory empty for the account's home
 * @param output as the user wrote it, or the default
 * @param error empty for the same file as the output
 * @param input empty for none
 */
record Order(
        String attempt,
        int job,
        String user,
        String name,
        String tasks,
        String indices,
        int atOnce,
        int tries,
        String script,
        List<String> words,
        SortedMap<String, String> environment,
        int processes,
        int cpusPerTask,
        long memory,
        long limit,
        long grace,
        int signal,
        int before,
        String directory,
        String output,
        String error,
        String input,
        boolean append) {
    static final long ALL_MEMORY = -1;

    private static final ObjectMapper JSON = new ObjectMapper();

    /** @param usual how long a job may run that does not say */
    static Order of(Attempt attempt, JobSpec spec, Duration usual) {
        Resources resources = spec.ask().resources();
        return new Order(
                attempt.id().toString(),
                attempt.job().value(),
                attempt.user().value(),
                spec.name(),
                attempt.tasks().toString(),
                spec.array().map(array -> array.indices().toString()).orElse(""),
                spec.array().map(ArraySpec::atOnce).orElse(ArraySpec.NO_LIMIT),
                attempt.tries(),
                script(spec.work()).map(Order::digest).orElse(""),
                words(spec.work()),
                spec.environment().variables(),
                resources.tasks(),
                resources.cpusPerTask(),
                wholeMachine(resources) ? ALL_MEMORY : resources.memoryBytes(),
                spec.ask().limit().orElse(usual).toSeconds(),
                spec.rules().grace().toSeconds(),
                spec.rules().endSignal().map(signal -> signal.number()).orElse(0),
                spec.rules().endSignal().map(signal -> signal.secondsBefore()).orElse(0),
                spec.files().workingDirectory().orElse(""),
                spec.files().output().orElse(spec.array().isPresent() ? "slurm-%A_%a.out" : "slurm-%j.out"),
                spec.files().error().orElse(""),
                spec.files().input().orElse(""),
                spec.files().openMode() == OpenMode.APPEND);
    }

    private static boolean wholeMachine(Resources resources) {
        return resources.memory() == Memory.Unstated.WHOLE_NODE;
    }

    static Optional<byte[]> script(Work work) {
        return switch (work) {
            case Work.Script script -> Optional.of(script.text().toArray());
            case Work.Command command -> Optional.empty();
            case Work.Entrypoint entrypoint -> Optional.empty();
        };
    }

    private static List<String> words(Work work) {
        return switch (work) {
            case Work.Script script -> script.args();
            case Work.Command command -> command.argv();
            case Work.Entrypoint entrypoint -> List.of();
        };
    }

    private static String digest(byte[] script) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(script));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    byte[] toJson() {
        try {
            return JSON.writeValueAsString(this).getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("an order is made of words and numbers", e);
        }
    }

    static Order fromJson(String json) throws IOException {
        return JSON.readValue(json, Order.class);
    }

    AttemptId id() {
        return AttemptId.parse(attempt);
    }

    TaskSet taskSet() {
        return TaskSet.parse(tasks);
    }

    @JsonIgnore
    boolean isArray() {
        return !indices.isEmpty();
    }

    Order withLimit(long seconds) {
        return new Order(
                attempt,
                job,
                user,
                name,
                tasks,
                indices,
                atOnce,
                tries,
                script,
                words,
                environment,
                processes,
                cpusPerTask,
                memory,
                seconds,
                grace,
                signal,
                before,
                directory,
                output,
                error,
                input,
                append);
    }

    long cpus() {
        return (long) processes * cpusPerTask;
    }

    /** The task's own id out of the array's block. */
    int ownId(int task) {
        if (!isArray() || task == 0) {
            return job;
        }
        return job
                + TaskSet.parse(indices).intersect(TaskSet.range(0, task - 1)).size();
    }
}
