package dev.sluice.slurm;

import dev.sluice.cluster.LogReading;
import dev.sluice.job.AttemptId;
import dev.sluice.job.Refusal;
import dev.sluice.slurm.door.Answer;
import dev.sluice.slurm.door.Door;
import dev.sluice.slurm.door.Owner;
import dev.sluice.slurm.door.Remains;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** Claims that a test puts there. For one thread. */
final class HandMadeRemains implements Remains {
    private static final Refusal REFUSED = Refusal.later("claim-directory", "the claim directory is not private");

    /** Whose old marks were removed, and from before when. */
    final BlockingQueue<String> forgotten = new LinkedBlockingQueue<>();

    final Map<Key, Found> lying = new LinkedHashMap<>();
    boolean away;
    /** The directory is not its owner's. */
    boolean refuses;

    /** Whether nobody can be asked when their directory was made. */
    boolean ageless;

    /** When their directory was made, where that is known. */
    Optional<Instant> made = Optional.of(Rows.SUBMITTED.minusSeconds(1));

    int looks;

    /** What goes on before claims are taken. */
    Runnable beforeTake = () -> {};

    /** As the gate's claim of a launch that SLURM started then. */
    HandMadeRemains launched(Key key, Instant at, Optional<Instant> jobStart) {
        lying.put(
                key,
                new Found(
                        Optional.of(new Mark.Launched(at, jobStart, 12, "n1", Optional.empty(), Optional.empty())), 0));
        return this;
    }

    HandMadeRemains losers(Key key, int losers) {
        lying.put(key, new Found(at(key).mark(), losers));
        return this;
    }

    private Found at(Key key) {
        return lying.getOrDefault(key, new Found(Optional.empty(), 0));
    }

    @Override
    public Answer<Map<Key, Found>> look(Owner owner, List<Key> keys) {
        looks++;
        if (away) {
            return Answer.unknown("no file system");
        }
        if (refuses) {
            return new Answer.Refused<>(REFUSED);
        }
        Map<Key, Found> found = new LinkedHashMap<>();
        keys.forEach(key -> found.put(key, at(key)));
        return Answer.said(found);
    }

    @Override
    public Answer<Map<Key, Mark>> take(Owner owner, List<Key> keys, Instant fence) {
        beforeTake.run();
        if (away) {
            return Answer.unknown("no file system");
        }
        if (refuses) {
            return new Answer.Refused<>(REFUSED);
        }
        Map<Key, Mark> marks = new LinkedHashMap<>();
        for (Key key : keys) {
            Mark mark = at(key).mark().orElse(new Mark.Taken());
            lying.put(key, new Found(Optional.of(mark), at(key).losers()));
            marks.put(key, mark);
        }
        return Answer.said(marks);
    }

    @Override
    public Answer<Optional<Instant>> made(Owner owner) {
        if (away || ageless) {
            return Answer.unknown("no file system");
        }
        return refuses ? new Answer.Refused<>(REFUSED) : Answer.said(made);
    }

    @Override
    public Answer<Map<Key, Found>> search(Owner owner, List<AttemptId> attempts) {
        if (away) {
            return Answer.unknown("no file system");
        }
        Map<Key, Found> found = new LinkedHashMap<>();
        lying.forEach((key, each) -> {
            if (attempts.contains(key.attempt())) {
                found.put(key, each);
            }
        });
        return Answer.said(found);
    }

    @Override
    public Answer<byte[]> read(Owner owner, Key key, LogReading.Stream stream, long offset, int most) {
        return Answer.unknown("no logs here");
    }

    @Override
    public Answer<Door.Done> forget(Owner owner, Instant before) {
        forgotten.add(owner + " " + before);
        return Answer.said(Door.Done.DONE);
    }
}
