package dev.sluice.gateway.wire;

import dev.sluice.cluster.LogReading;
import dev.sluice.job.AttemptId;
import dev.sluice.job.TaskSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Which part of which log of a job is asked for.
 *
 * @param task the index; empty where the path tells, or the job has one task
 * @param attempt empty for the last
 * @param tail how many lines of its end; empty for all of it
 */
public record LogQuery(OptionalInt task, Optional<AttemptId> attempt, Follow follow, OptionalInt tail) {
    public static final int MOST_LINES = 100_000;

    /** Whether what comes is waited for. */
    public enum Follow {
        NO,
        TO_THE_END
    }

    public static Reading<LogQuery> of(Map<String, List<String>> raw) {
        Parameters parameters = new Parameters(raw);
        OptionalInt task = parameters.count("task", 0, TaskSet.MAX_INDEX);
        Optional<AttemptId> attempt = parameters.value("attempt", AttemptId::parse);
        boolean follow = parameters.flag("follow");
        OptionalInt tail = parameters.count("tail", 0, MOST_LINES);
        return parameters.reading(() -> new LogQuery(task, attempt, follow ? Follow.TO_THE_END : Follow.NO, tail));
    }

    /** The stream that a path names; empty when it is none. */
    public static Optional<LogReading.Stream> stream(String text) {
        return switch (text) {
            case "stdout" -> Optional.of(LogReading.Stream.OUTPUT);
            case "stderr" -> Optional.of(LogReading.Stream.ERROR);
            default -> Optional.empty();
        };
    }
}
