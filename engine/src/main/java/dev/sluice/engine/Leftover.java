package dev.sluice.engine;

import dev.sluice.job.Attempt;
import dev.sluice.job.AttemptId;
import dev.sluice.job.Binding;
import dev.sluice.job.ClusterName;
import dev.sluice.job.TaskSet;
import java.time.Instant;
import java.util.Optional;

/**
 * Objects on a cluster that shall not be there: of an attempt that was given up before its binding was known, of a second
 * object with the same key, or of an attempt that ended unseen and may come back.
 *
 * @param attempt the attempt; empty when nothing of it is on record
 * @param binding the one object; empty: whatever carries the key
 * @param tasks the tasks that shall be gone
 * @param fence after it nothing new can land
 * @param until how long it is watched for after that
 * @param why for people
 */
public record Leftover(
        AttemptId id,
        ClusterName cluster,
        Optional<Attempt> attempt,
        Optional<Binding> binding,
        TaskSet tasks,
        Instant fence,
        Instant until,
        String why) {

    /** @param nativeId of the one object; empty text: whatever carries the key */
    public record Key(AttemptId id, String nativeId, String incarnation) {}

    static Key key(AttemptId attempt, Binding binding) {
        return new Key(attempt, binding.nativeId(), binding.incarnation());
    }

    public Key key() {
        return new Key(
                id,
                binding.map(Binding::nativeId).orElse(""),
                binding.map(Binding::incarnation).orElse(""));
    }
}
