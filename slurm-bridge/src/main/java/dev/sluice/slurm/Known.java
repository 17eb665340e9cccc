package dev.sluice.slurm;

import dev.sluice.job.Attempt;
import dev.sluice.job.AttemptId;
import dev.sluice.job.TaskSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What this life of the gateway has learned of attempts, to save questions: none of it is needed, and the oldest goes first.
 * Thread-safe.
 */
final class Known {
    private static final int MOST = 200_000;

    private final Map<AttemptId, TaskSet> tasks = bounded();
    private final Map<AttemptId, Tag> tags = bounded();

    private static <V> Map<AttemptId, V> bounded() {
        return new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<AttemptId, V> eldest) {
                return size() > MOST;
            }
        };
    }

    synchronized void tasks(Attempt attempt) {
        tasks.put(attempt.id(), attempt.tasks());
    }

    synchronized Optional<TaskSet> tasks(AttemptId attempt) {
        return Optional.ofNullable(tasks.get(attempt));
    }

    synchronized void tag(Tag tag) {
        tags.put(tag.attempt(), tag);
    }

    /** How the attempt's indices are mapped. */
    synchronized Optional<Tag> tag(AttemptId attempt) {
        return Optional.ofNullable(tags.get(attempt));
    }
}
