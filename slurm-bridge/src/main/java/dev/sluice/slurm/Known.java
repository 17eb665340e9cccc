package dev.sluice.slurm;

import dev.sluice.job.Attempt;
import dev.sluice.job.AttemptId;
import dev.sluice.job.TaskSet;
import dev.sluice.slurm.door.Owner;
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
    private final Map<AttemptId, String> owners = bounded();
    private final Map<Item, TaskSet> stopping = bounded();

    /** An attempt may have several objects. */
    private record Item(AttemptId attempt, String nativeId) {}

    private static <K, V> Map<K, V> bounded() {
        return new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
                return size() > MOST;
            }
        };
    }

    /** @param owner empty where its user has no account any more */
    synchronized void attempt(Attempt attempt, Optional<Owner> owner) {
        tasks.put(attempt.id(), attempt.tasks());
        owner.ifPresent(one -> owners.put(attempt.id(), one.name()));
    }

    /** Whether nothing speaks against this account's having the attempt: anybody may copy a key into a comment of his own. */
    synchronized boolean mayOwn(AttemptId attempt, String owner) {
        return owners.getOrDefault(attempt, owner).equals(owner);
    }

    synchronized Optional<TaskSet> tasks(AttemptId attempt) {
        return Optional.ofNullable(tasks.get(attempt));
    }

    synchronized void stopping(AttemptId attempt, String nativeId, TaskSet some) {
        stopping.merge(new Item(attempt, nativeId), some, TaskSet::union);
    }

    /** Whether we have asked for an end of any of these. */
    synchronized boolean isStopping(AttemptId attempt, String nativeId, TaskSet some) {
        return stopping.getOrDefault(new Item(attempt, nativeId), TaskSet.EMPTY).intersects(some);
    }

    synchronized void tag(Tag tag) {
        tags.put(tag.attempt(), tag);
    }

    /** How the attempt's indices are mapped. */
    synchronized Optional<Tag> tag(AttemptId attempt) {
        return Optional.ofNullable(tags.get(attempt));
    }
}
