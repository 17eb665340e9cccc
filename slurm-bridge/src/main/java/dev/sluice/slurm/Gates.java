package dev.sluice.slurm;

import dev.sluice.slurm.door.Answer;
import dev.sluice.slurm.door.Owner;
import dev.sluice.slurm.door.Remains;
import dev.sluice.slurm.door.Remains.Found;
import dev.sluice.slurm.door.Remains.Key;
import dev.sluice.slurm.door.Remains.Mark;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Shuts the gates of runs that are over and have left no claim, by taking it: then no launch that is late passes beside the next
 * attempt. What was told of a gate is told for ever, so that an end does not change. Thread-safe.
 *
 * <p>A claim that is missing proves nothing where it may have been removed: by us, behind its retention, or by its owner with the
 * whole directory.
 */
final class Gates {
    private static final int MOST_REMEMBERED = 100_000;

    private final Optional<Remains> remains;
    private final Duration life;
    private final Duration retention;
    private final Map<Key, Gate> known = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Gate> eldest) {
            return size() > MOST_REMEMBERED;
        }
    };

    /** What came of taking a claim. */
    enum Gate {
        /** The claim is ours: nothing of this run has passed, nor ever will. */
        OURS,
        A_LAUNCH_HAS_IT,
        /** Its owner's files are not there or not his, or there were others when it began: nobody can say what it did. */
        CANNOT,
        /** Not yet. */
        UNKNOWN
    }

    /**
     * @param life for how long a request of ours may act
     * @param retention for how long a claim is kept
     */
    Gates(Optional<Remains> remains, Duration life, Duration retention) {
        this.remains = remains;
        this.life = life;
        this.retention = retention;
    }

    /** What is known for good: its claim is ours, or never will be. */
    synchronized Optional<Gate> known(Key key) {
        return Optional.ofNullable(known.get(key));
    }

    /**
     * Takes the claims of these.
     *
     * @param found gets what is there now
     */
    Map<Key, Gate> shut(Map<Key, Entry> runs, Instant now, Map<Key, Found> found) {
        Map<Key, Gate> gates = new HashMap<>();
        Map<String, List<Key>> wanted = new TreeMap<>();
        runs.forEach((key, entry) -> {
            Optional<Gate> before = known(key);
            if (before.isPresent()) {
                gates.put(key, before.get());
            } else if (since(entry).isBefore(now.minus(retention))) {
                gates.put(key, Gate.CANNOT);
            } else {
                wanted.computeIfAbsent(entry.row().owner(), owner -> new ArrayList<>())
                        .add(key);
            }
        });
        wanted.forEach((owner, keys) -> shut(new Owner(owner), keys, runs, now, found, gates));
        synchronized (this) {
            gates.forEach((key, gate) -> {
                if (gate == Gate.OURS || gate == Gate.CANNOT) {
                    known.put(key, gate);
                }
            });
        }
        return gates;
    }

    private void shut(
            Owner owner,
            List<Key> keys,
            Map<Key, Entry> runs,
            Instant now,
            Map<Key, Found> found,
            Map<Key, Gate> gates) {
        Remains files = remains.orElseThrow();
        Answer<Optional<Instant>> made = files.made(owner);
        if (made instanceof Answer.Unknown<Optional<Instant>>) {
            keys.forEach(key -> gates.put(key, Gate.UNKNOWN));
            return;
        }
        Optional<Instant> earliest =
                made instanceof Answer.Said<Optional<Instant>> said ? said.value() : Optional.empty();
        List<Key> there = new ArrayList<>();
        for (Key key : keys) {
            boolean isNewer =
                    earliest.map(at -> at.isAfter(since(entry(runs, key)))).orElse(false);
            if (isNewer) {
                gates.put(key, Gate.CANNOT);
            } else {
                there.add(key);
            }
        }
        if (there.isEmpty()) {
            return;
        }
        switch (files.take(owner, there, now.plus(life))) {
            case Answer.Said<Map<Key, Mark>> said ->
                said.value().forEach((key, mark) -> {
                    gates.put(key, mark instanceof Mark.Taken ? Gate.OURS : Gate.A_LAUNCH_HAS_IT);
                    found.put(key, new Found(Optional.of(mark), 0));
                });
            case Answer.Refused<Map<Key, Mark>> refused -> there.forEach(key -> gates.put(key, Gate.CANNOT));
            case Answer.Unknown<Map<Key, Mark>> unknown -> there.forEach(key -> gates.put(key, Gate.UNKNOWN));
        }
    }

    private static Entry entry(Map<Key, Entry> runs, Key key) {
        return Objects.requireNonNull(runs.get(key));
    }

    /** Of an end that has lost its start nobody knows better than that it followed the submit. */
    private static Instant since(Entry entry) {
        return entry.row().started().orElse(entry.row().submitted());
    }
}
