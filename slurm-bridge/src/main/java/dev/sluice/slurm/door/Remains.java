package dev.sluice.slurm.door;

import dev.sluice.cluster.LogReading;
import dev.sluice.job.AttemptId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What launches leave on a cluster's file system, read and taken as their owner: claims, marks of losers, logs. Only SSH has it.
 *
 * <p>A claim is the file {@code attempt.task.run} in the owner's claim directory (DISPATCH.md, "The wrapper and its gate"). Calls
 * block, may come from any thread at once, and may be repeated.
 */
public interface Remains {
    /** One run of one task, by our index. */
    record Key(AttemptId attempt, int task, int run) {
        @Override
        public String toString() {
            return attempt + "." + task + "." + run;
        }
    }

    /** Who has a claim. */
    sealed interface Mark {
        /**
         * A launch passed the gate.
         *
         * @param at when its node had its script, by its clock, whole seconds
         * @param jobStart SLURM_JOB_START_TIME, where SLURM tells it (from 23.02)
         * @param ownId SLURM's id of the task
         * @param output where its standard output went, resolved; empty where it was not a file
         * @param error likewise
         */
        record Launched(
                Instant at,
                Optional<Instant> jobStart,
                long ownId,
                String node,
                Optional<String> output,
                Optional<String> error)
                implements Mark {}

        /** The gateway took it. */
        record Taken() implements Mark {}
    }

    /**
     * What lies there for a run.
     *
     * @param losers launches that came too late and said so
     */
    record Found(Optional<Mark> mark, int losers) {}

    /** What lies there for these; every key is in the answer. */
    Answer<Map<Key, Found>> look(Owner owner, List<Key> keys);

    /** Takes the claims that nobody has yet, then tells who has each; every key is in the answer. */
    Answer<Map<Key, Mark>> take(Owner owner, List<Key> keys, Instant fence);

    /**
     * When the claim directory was made, by its file system's clock: what was claimed before is not in it.
     *
     * @return empty where its file system does not tell
     */
    Answer<Optional<Instant>> made(Owner owner);

    /** All claims of this owner whose attempts are these: how a lost native id is found again. */
    Answer<Map<Key, Found>> search(Owner owner, List<AttemptId> attempts);

    /**
     * Bytes of the file that a launch wrote its output to. Opened as the owner, only if it is a regular file that he owns.
     *
     * @param offset bytes from the beginning
     * @param most how many at the most
     * @return the bytes, fewer at the end of the file, none behind it; {@code Refused} when it may not or cannot be read
     */
    Answer<byte[]> read(Owner owner, Key key, LogReading.Stream stream, long offset, int most);

    /** Removes claims and marks whose last change is older. */
    Answer<Door.Done> forget(Owner owner, Instant before);
}
