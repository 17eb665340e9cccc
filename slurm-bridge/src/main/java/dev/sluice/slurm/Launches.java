package dev.sluice.slurm;

import dev.sluice.cluster.Sighting;
import dev.sluice.cluster.Sighting.Claimed;
import dev.sluice.job.AttemptEnd;
import dev.sluice.job.Verdict;
import dev.sluice.slurm.door.Answer;
import dev.sluice.slurm.door.JobRow;
import dev.sluice.slurm.door.Owner;
import dev.sluice.slurm.door.Remains;
import dev.sluice.slurm.door.Remains.Found;
import dev.sluice.slurm.door.Remains.Key;
import dev.sluice.slurm.door.Remains.Mark;
import dev.sluice.slurm.script.BatchFile;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the marks of launches add to what SLURM says: whether user code has begun, whether an exit code is the gate's own, and
 * whether the run that ended is the one that began (DISPATCH.md, "Watching").
 *
 * <p>A claim is for ever, so each that was seen is remembered. Thread-safe.
 */
final class Launches {
    private static final int MOST_REMEMBERED = 100_000;

    /** A recorded start that lies so much behind the claim's is another start: SLURM's times are whole seconds. */
    private static final long SAME_START_SECONDS = 1;

    private static final String BROKEN_OFF =
            "SLURM broke it off: its controller died and did not know that it had started";

    private static final String BROKEN_OFF_BEFORE =
            "SLURM, or an administrator as root, broke it off before it had passed its gate; nothing of it ran";

    private final Optional<Remains> remains;
    private final Cancellers cancellers;
    private final Known known;
    private final Duration life;

    /** Cancelled runs that nobody had launched: no later look would tell more. */
    private final Map<Key, Boolean> unlaunched = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Boolean> eldest) {
            return size() > MOST_REMEMBERED;
        }
    };

    private final Map<Key, Mark.Launched> remembered = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Mark.Launched> eldest) {
            return size() > MOST_REMEMBERED;
        }
    };

    /** Those whose claim the gateway took, since SLURM had broken them off before they had it. */
    private final Map<Key, Boolean> shut = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Boolean> eldest) {
            return size() > MOST_REMEMBERED;
        }
    };

    /** @param life for how long a request of ours may act */
    Launches(Optional<Remains> remains, Cancellers cancellers, Known known, Duration life) {
        this.remains = remains;
        this.cancellers = cancellers;
        this.known = known;
        this.life = life;
    }

    /** How each entry stands by the queue and the marks alone, in the same order: who cancelled it is not asked. */
    List<Sighting> standing(List<Entry> entries, Instant now) {
        Map<Key, Found> found = look(entries);
        return entries.stream().map(entry -> sighting(entry, found, now)).toList();
    }

    /**
     * How each entry stands, in the same order. A run that was cancelled before it had passed its gate, and not by us, is over when
     * it is known by whom: what SLURM broke off by itself nobody wanted to end. Its claim is taken first, so that no launch that a
     * controller has forgotten passes the gate beside the next attempt.
     */
    List<Sighting> sightings(List<Entry> entries, Instant now) {
        Map<Key, Found> found = look(entries);
        List<Entry> cancelled = entries.stream()
                .filter(entry -> isUnclaimed(entry, found) && !isStopping(entry))
                .toList();
        List<Cancellers.Told> told = cancellers.of(cancelled);
        Map<Key, Cancellers.Told> by = new HashMap<>();
        List<Entry> broken = new ArrayList<>();
        for (int i = 0; i < cancelled.size(); i++) {
            by.put(key(cancelled.get(i)), told.get(i));
            if (told.get(i) == Cancellers.Told.SLURM) {
                broken.add(cancelled.get(i));
            }
        }
        Map<Key, Shut> gates = shut(broken, found, now);
        return entries.stream()
                .map(entry -> brokenOff(
                        sighting(entry, found, now),
                        Optional.ofNullable(by.get(key(entry))),
                        Optional.ofNullable(gates.get(key(entry)))))
                .toList();
    }

    private boolean isStopping(Entry entry) {
        return known.isStopping(entry.attempt(), entry.binding().nativeId(), entry.tasks());
    }

    /** Whether it was cancelled when it had started, and surely not passed its gate. */
    private boolean isUnclaimed(Entry entry, Map<Key, Found> found) {
        Found marks = found.get(key(entry));
        return isCancelled(entry.row())
                && entry.row().started().isPresent()
                && marks != null
                && claimed(marks) == Claimed.UNCLAIMED;
    }

    /** What came of taking a claim. */
    private enum Shut {
        OURS,
        A_LAUNCH_HAS_IT,
        /** Its owner's files are not there, or not his: then the gate lets nobody through, and nobody can say so. */
        CANNOT,
        UNKNOWN
    }

    /** Takes the claims of these; what a launch has taken in between is added to what was found. */
    private Map<Key, Shut> shut(List<Entry> broken, Map<Key, Found> found, Instant now) {
        Map<Key, Shut> gates = new HashMap<>();
        Map<String, List<Key>> wanted = new TreeMap<>();
        synchronized (remembered) {
            for (Entry entry : broken) {
                if (shut.containsKey(key(entry))) {
                    gates.put(key(entry), Shut.OURS);
                } else {
                    wanted.computeIfAbsent(entry.row().owner(), owner -> new ArrayList<>())
                            .add(key(entry));
                }
            }
        }
        wanted.forEach((owner, keys) -> {
            switch (remains.orElseThrow().take(new Owner(owner), keys, now.plus(life))) {
                case Answer.Said<Map<Key, Mark>> said ->
                    said.value().forEach((key, mark) -> {
                        gates.put(key, mark instanceof Mark.Taken ? Shut.OURS : Shut.A_LAUNCH_HAS_IT);
                        found.put(key, new Found(Optional.of(mark), 0));
                    });
                case Answer.Refused<Map<Key, Mark>> refused -> keys.forEach(key -> gates.put(key, Shut.CANNOT));
                case Answer.Unknown<Map<Key, Mark>> unknown -> keys.forEach(key -> gates.put(key, Shut.UNKNOWN));
            }
        });
        remember(found);
        synchronized (remembered) {
            gates.forEach((key, gate) -> {
                if (gate == Shut.OURS) {
                    shut.put(key, true);
                }
            });
        }
        return gates;
    }

    private static Sighting brokenOff(Sighting plain, Optional<Cancellers.Told> by, Optional<Shut> gate) {
        if (by.isEmpty() || !(plain instanceof Sighting.Ended ended)) {
            return plain;
        }
        Sighting open = new Sighting.Completing(ended.run(), ended.started());
        return switch (by.get()) {
            case PERSON, NEVER -> ended;
            case NOT_YET -> open;
            case SLURM ->
                switch (gate.orElse(Shut.UNKNOWN)) {
                    case OURS ->
                        new Sighting.Ended(
                                ended.run(),
                                new AttemptEnd.Interrupted(BROKEN_OFF_BEFORE),
                                ended.started(),
                                ended.at());
                    case A_LAUNCH_HAS_IT, CANNOT -> ended;
                    case UNKNOWN -> open;
                };
        };
    }

    /** What accounting's last run of each means, in the same order: over, or lost where it is still said to go on. */
    List<Sighting> recorded(List<Runs> records, Instant now) {
        List<Sighting> over = sightings(records.stream().map(Runs::last).toList(), now);
        List<Sighting> seen = new ArrayList<>();
        for (int i = 0; i < over.size(); i++) {
            JobRow last = records.get(i).last().row();
            seen.add(States.isOver(last) ? over.get(i) : new Sighting.Lost(States.run(last)));
        }
        return seen;
    }

    /** One look for each owner, at what is not known yet; what could not be looked at is missing in the answer. */
    private Map<Key, Found> look(List<Entry> entries) {
        Map<Key, Found> found = new HashMap<>();
        if (remains.isEmpty()) {
            return found;
        }
        Map<String, List<Key>> wanted = new TreeMap<>();
        synchronized (remembered) {
            for (Entry entry : entries) {
                if (asks(entry.row())) {
                    Key key = key(entry);
                    Mark.Launched launched = remembered.get(key);
                    if (launched != null && !isLosersExit(entry.row())) {
                        found.put(key, new Found(Optional.of(launched), 0));
                    } else if (isCancelled(entry.row()) && unlaunched.containsKey(key)) {
                        found.put(key, new Found(Optional.empty(), 0));
                    } else {
                        wanted.computeIfAbsent(entry.row().owner(), owner -> new ArrayList<>())
                                .add(key);
                    }
                }
            }
        }
        wanted.forEach((owner, keys) -> {
            switch (remains.get().look(new Owner(owner), keys)) {
                case Answer.Said<Map<Key, Found>> said -> {
                    found.putAll(said.value());
                    remember(said.value());
                }
                // Nobody will ever read them: his home is gone, or is not his any more.
                case Answer.Refused<Map<Key, Found>> refused ->
                    keys.forEach(key -> found.put(key, new Found(Optional.empty(), 0)));
                case Answer.Unknown<Map<Key, Found>> unknown -> {}
            }
        });
        synchronized (remembered) {
            for (Entry entry : entries) {
                Found marks = found.get(key(entry));
                if (isCancelled(entry.row()) && marks != null && marks.mark().isEmpty()) {
                    unlaunched.put(key(entry), true);
                }
            }
        }
        return found;
    }

    private void remember(Map<Key, Found> found) {
        synchronized (remembered) {
            found.forEach((key, one) -> {
                if (one.mark().orElse(null) instanceof Mark.Launched launched) {
                    remembered.put(key, launched);
                }
            });
        }
    }

    private static Key key(Entry entry) {
        return new Key(entry.attempt(), entry.tasks().first(), States.run(entry.row()));
    }

    /** Whether its marks matter: it runs, or it ended in a way that may not be the user's. */
    private static boolean asks(JobRow row) {
        return row.states().getFirst().equals("RUNNING") || mayBeOurs(row);
    }

    private static boolean mayBeOurs(JobRow row) {
        return isCancelled(row)
                || States.isOver(row)
                        && row.states().getFirst().equals("FAILED")
                        && row.exit()
                                .map(exit -> exit.signal() == 0
                                        && (exit.code() == BatchFile.LOST
                                                || exit.code() == BatchFile.NO_CLAIM
                                                || exit.code() == 1))
                                .orElse(false);
    }

    /** After a crash slurmd, as root, cancels a second launch of what it still runs; or the end has lost its start. */
    private static boolean isCancelled(JobRow row) {
        return States.isOver(row) && row.states().getFirst().equals("CANCELLED");
    }

    private static boolean isLosersExit(JobRow row) {
        return States.isOver(row)
                && row.exit()
                        .map(exit -> exit.signal() == 0 && exit.code() == BatchFile.LOST)
                        .orElse(false);
    }

    private Sighting sighting(Entry entry, Map<Key, Found> found, Instant now) {
        JobRow row = entry.row();
        Found marks = found.get(key(entry));
        Sighting plain = States.of(row, claimed(marks), now);
        if (!(plain instanceof Sighting.Ended ended) || !mayBeOurs(row)) {
            return plain;
        }
        if (remains.isEmpty()) {
            return noted(ended);
        }
        if (marks == null) {
            // Nothing final follows from an end whose marks nobody could read.
            return new Sighting.Completing(ended.run(), ended.started());
        }
        return interruption(row, marks)
                .<Sighting>map(why ->
                        new Sighting.Ended(ended.run(), new AttemptEnd.Interrupted(why), ended.started(), ended.at()))
                .orElse(ended);
    }

    private Claimed claimed(@org.jspecify.annotations.Nullable Found marks) {
        if (marks == null) {
            return Claimed.UNKNOWN;
        }
        return marks.mark().orElse(null) instanceof Mark.Launched ? Claimed.CLAIMED : Claimed.UNCLAIMED;
    }

    private static Sighting.Ended noted(Sighting.Ended ended) {
        return ended.end() instanceof AttemptEnd.Finished(Verdict.Failed failed)
                        && failed.note().isEmpty()
                ? new Sighting.Ended(
                        ended.run(),
                        new AttemptEnd.Finished(new Verdict.Failed(
                                failed.exitCode(),
                                failed.signal(),
                                "without SSH nobody can tell whether this was the job's own exit")),
                        ended.started(),
                        ended.at())
                : ended;
    }

    /** Why the end is not that of the user's program; empty where it is. */
    private static Optional<String> interruption(JobRow row, Found marks) {
        boolean another = marks.mark().orElse(null) instanceof Mark.Launched mark && isAnotherStart(row, mark);
        if (isCancelled(row)) {
            return another ? Optional.of(BROKEN_OFF) : Optional.empty();
        }
        int code = row.exit().orElseThrow().code();
        boolean launched = marks.mark().orElse(null) instanceof Mark.Launched;
        if (code == BatchFile.LOST && marks.losers() > 0) {
            return Optional.of(
                    launched
                            ? "SLURM launched it twice; the second launch was turned away, and how the first one ended is not known"
                            : "its claim had been taken before it started");
        }
        if (code == BatchFile.NO_CLAIM && !launched) {
            return Optional.of("its claim directory could not be written; nothing was started");
        }
        return code == 1 && another ? Optional.of(BROKEN_OFF) : Optional.empty();
    }

    private static boolean isAnotherStart(JobRow row, Mark.Launched mark) {
        if (row.started().isEmpty()) {
            return true;
        }
        Instant recorded = row.started().get();
        return mark.jobStart()
                .map(start -> !start.equals(recorded))
                .orElse(recorded.isAfter(mark.at().plusSeconds(SAME_START_SECONDS)));
    }
}
