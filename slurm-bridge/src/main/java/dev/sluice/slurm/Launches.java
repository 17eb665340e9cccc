package dev.sluice.slurm;

import dev.sluice.cluster.Sighting;
import dev.sluice.cluster.Sighting.Claimed;
import dev.sluice.job.AttemptEnd;
import dev.sluice.job.Verdict;
import dev.sluice.slurm.Gates.Gate;
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
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
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

    /** A run that SLURM cancels because it has forgotten the launch before is cancelled as soon as its node is asked. */
    private static final Duration EARLY = Duration.ofMinutes(2);

    private static final String BROKEN_OFF =
            "SLURM broke it off: its controller died and did not know that it had started";

    private static final String BROKEN_OFF_BEFORE =
            "SLURM, or an administrator as root, broke it off before it had passed its gate; nothing of it ran";

    private static final String TIMED_OUT_BEFORE =
            "its time limit passed before it had passed its gate; nothing of it ran";

    private static final String FAILED_BEFORE = "SLURM failed it before it had passed its gate; nothing of it ran";

    /** What SLURM tells of runs that it or a node ended, whether they had passed their gate or not. */
    private static final Set<String> BY_SLURM =
            Set.of("TIMEOUT", "NODE_FAIL", "PREEMPTED", "BOOT_FAIL", "LAUNCH_FAILED", "RECONFIG_FAIL");

    private final Optional<Remains> remains;
    private final Gates gates;
    private final Cancellers cancellers;
    private final Restarts restarts;
    private final Known known;

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

    Launches(Optional<Remains> remains, Gates gates, Cancellers cancellers, Restarts restarts, Known known) {
        this.remains = remains;
        this.gates = gates;
        this.cancellers = cancellers;
        this.restarts = restarts;
        this.known = known;
    }

    /** As {@link #sightings}, but who cancelled what is cancelled is not asked: the one who asks for this wants it to end. */
    List<Sighting> standing(List<Entry> entries, Instant now) {
        return told(entries, look(entries), Map.of(), now);
    }

    /**
     * How each entry stands, in the same order. A run that ended before it had passed its gate, and whom nobody wanted to end, may be
     * tried again: its claim is taken first, so that no launch that a controller has forgotten passes the gate beside the next
     * attempt. Of what was cancelled it has to be known by whom: what SLURM broke off by itself nobody wanted to end.
     */
    List<Sighting> sightings(List<Entry> entries, Instant now) {
        Map<Key, Found> found = look(entries);
        return told(entries, found, cancellers(entries, found), now);
    }

    /** Who cancelled those that may have been SLURM's own doing. */
    private Map<Key, Cancellers.Told> cancellers(List<Entry> entries, Map<Key, Found> found) {
        Map<Key, Entry> asked = new LinkedHashMap<>();
        Map<Key, Entry> afterCrash = new LinkedHashMap<>();
        for (Entry entry : entries) {
            Found marks = found.get(key(entry));
            if (marks == null || !isCancelled(entry.row()) || isStopping(entry)) {
                continue;
            }
            if (entry.row().started().isPresent() && claimed(marks) == Claimed.UNCLAIMED) {
                asked.put(key(entry), entry);
            } else if (entry.tasks().size() == 1 && mayBeForgotten(entry.row(), marks)) {
                afterCrash.put(key(entry), entry);
            }
        }
        Map<Key, Cancellers.Told> told = new HashMap<>();
        if (!afterCrash.isEmpty()) {
            restarts.of(afterCrash).forEach((key, restarted) -> {
                switch (restarted) {
                    case RESTARTED -> asked.put(key, Objects.requireNonNull(afterCrash.get(key)));
                    case NOT_YET -> told.put(key, Cancellers.Told.NOT_YET);
                    case NOT -> {}
                }
            });
        }
        List<Key> keys = List.copyOf(asked.keySet());
        List<Cancellers.Told> answers = cancellers.of(List.copyOf(asked.values()));
        for (int i = 0; i < keys.size(); i++) {
            told.put(keys.get(i), answers.get(i));
        }
        return told;
    }

    /**
     * Whether a controller that has forgotten a launch would tell this end: one without its start, or of a start that need not be the
     * claim's, where the launch could not tell (before 23.02), soon after it. What was launched is a task by itself.
     */
    private static boolean mayBeForgotten(JobRow row, Found marks) {
        if (row.started().isEmpty()) {
            return marks.mark().isEmpty();
        }
        return marks.mark().orElse(null) instanceof Mark.Launched mark
                && mark.jobStart().isEmpty()
                && !isAnotherStart(row, mark)
                && row.ended()
                        .filter(at -> !at.isAfter(row.started().get().plus(EARLY)))
                        .isPresent();
    }

    private boolean isStopping(Entry entry) {
        return known.isStopping(entry.attempt(), entry.binding().nativeId(), entry.tasks());
    }

    private List<Sighting> told(List<Entry> entries, Map<Key, Found> found, Map<Key, Cancellers.Told> by, Instant now) {
        Map<Key, Entry> open = new LinkedHashMap<>();
        for (Entry entry : entries) {
            Found marks = found.get(key(entry));
            if (marks != null
                    && claimed(marks) == Claimed.UNCLAIMED
                    && isToBeShut(entry.row(), Optional.ofNullable(by.get(key(entry))))) {
                open.put(key(entry), entry);
            }
        }
        Map<Key, Gate> shut = gates.shut(open, now, found);
        remember(found);
        return entries.stream()
                .map(entry -> told(
                        entry.row(),
                        sighting(entry, found, now),
                        Optional.ofNullable(by.get(key(entry))),
                        Optional.ofNullable(shut.get(key(entry)))))
                .toList();
    }

    private static boolean isToBeShut(JobRow row, Optional<Cancellers.Told> by) {
        return isCancelled(row)
                ? by.filter(who -> who == Cancellers.Told.SLURM || who == Cancellers.Told.NEVER)
                        .isPresent()
                : isBySlurm(row);
    }

    /** Whether SLURM ended it, or may have. */
    private static boolean isBySlurm(JobRow row) {
        return States.isOver(row)
                && (BY_SLURM.contains(row.states().getFirst())
                        || row.states().getFirst().equals("FAILED") && isExit(row, 1));
    }

    private static Sighting told(JobRow row, Sighting plain, Optional<Cancellers.Told> by, Optional<Gate> gate) {
        if (!(plain instanceof Sighting.Ended ended)) {
            return plain;
        }
        if (by.equals(Optional.of(Cancellers.Told.NOT_YET)) || gate.equals(Optional.of(Gate.UNKNOWN))) {
            return new Sighting.Completing(ended.run(), ended.started());
        }
        boolean isOurs = gate.equals(Optional.of(Gate.OURS));
        if (by.equals(Optional.of(Cancellers.Told.SLURM)) && !gate.equals(Optional.of(Gate.CANNOT))) {
            return with(ended, new AttemptEnd.Interrupted(isOurs ? BROKEN_OFF_BEFORE : BROKEN_OFF));
        }
        return isOurs ? with(ended, withoutALaunch(row, ended.end())) : ended;
    }

    /** What SLURM's word means where nothing of the run passed its gate. */
    private static AttemptEnd withoutALaunch(JobRow row, AttemptEnd told) {
        return switch (row.states().getFirst()) {
            case "TIMEOUT" -> new AttemptEnd.Interrupted(TIMED_OUT_BEFORE);
            case "FAILED" -> new AttemptEnd.Interrupted(FAILED_BEFORE);
            // What was cancelled stays so, and the others are tried again by what they are.
            default -> told;
        };
    }

    private static Sighting.Ended with(Sighting.Ended ended, AttemptEnd end) {
        return new Sighting.Ended(ended.run(), end, ended.started(), ended.at());
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
                    if (launched != null && !isExit(entry.row(), BatchFile.LOST)) {
                        found.put(key, new Found(Optional.of(launched), 0));
                    } else if (isBySlurm(entry.row()) && gates.known(key).isPresent()) {
                        found.put(key, new Found(Optional.empty(), 0));
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
        return row.states().getFirst().equals("RUNNING") || mayBeOurs(row) || isBySlurm(row);
    }

    private static boolean mayBeOurs(JobRow row) {
        return isCancelled(row)
                || States.isOver(row)
                        && row.states().getFirst().equals("FAILED")
                        && (isExit(row, BatchFile.LOST) || isExit(row, BatchFile.NO_CLAIM) || isExit(row, 1));
    }

    /** After a crash slurmd, as root, cancels a second launch of what it still runs; or the end has lost its start. */
    private static boolean isCancelled(JobRow row) {
        return States.isOver(row) && row.states().getFirst().equals("CANCELLED");
    }

    private static boolean isExit(JobRow row, int code) {
        return States.isOver(row)
                && row.exit()
                        .map(exit -> exit.signal() == 0 && exit.code() == code)
                        .orElse(false);
    }

    private Sighting sighting(Entry entry, Map<Key, Found> found, Instant now) {
        JobRow row = entry.row();
        Found marks = found.get(key(entry));
        Sighting plain = States.of(row, claimed(marks), now);
        if (!(plain instanceof Sighting.Ended ended) || !mayBeOurs(row) && !isBySlurm(row)) {
            return plain;
        }
        if (remains.isEmpty()) {
            return mayBeOurs(row) ? noted(ended) : ended;
        }
        if (marks == null) {
            // Nothing final follows from an end whose marks nobody could read.
            return new Sighting.Completing(ended.run(), ended.started());
        }
        return mayBeOurs(row)
                ? interruption(row, marks)
                        .map(why -> with(ended, new AttemptEnd.Interrupted(why)))
                        .orElse(ended)
                : ended;
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
                ? with(
                        ended,
                        new AttemptEnd.Finished(new Verdict.Failed(
                                failed.exitCode(),
                                failed.signal(),
                                "without SSH nobody can tell whether this was the job's own exit")))
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
