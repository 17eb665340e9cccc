package dev.sluice.local;

import dev.sluice.cluster.Sighting;
import dev.sluice.job.AttemptEnd;
import dev.sluice.job.AttemptId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Looks at the directory and says how everything of our realm stands. What never changes once it is there (orders, claims,
 * ends) is remembered. For one thread at a time.
 */
final class Looks {
    private final Premises premises;
    private final Machine machine;
    private final long realm;
    private final InstantSource clock;
    private final Map<Path, Known> parked = new HashMap<>();
    private final Map<String, Mark> marks = new HashMap<>();
    private final Map<String, End> ends = new HashMap<>();
    private final Map<AttemptId, Standing> over = new HashMap<>();

    /** @param file of the directory, so that another one of the same name is told apart */
    private record Known(Object file, Parked parked) {}

    Looks(Premises premises, Machine machine, long realm, InstantSource clock) {
        this.premises = premises;
        this.machine = machine;
        this.realm = realm;
        this.clock = clock;
    }

    /** @throws IOException when not all could be read: then nothing follows for any attempt */
    SortedMap<AttemptId, Standing> look() throws IOException {
        Round round = new Round(machine.boot(), Disk.names(premises.claims()), Disk.names(premises.ends()));
        marks.keySet().retainAll(round.claims);
        ends.keySet().retainAll(round.ends);
        SortedMap<AttemptId, Standing> all = new TreeMap<>();
        Set<String> names = Disk.names(premises.attempts());
        parked.keySet().removeIf(path -> !names.contains(path.getFileName().toString()));
        over.keySet().removeIf(id -> !names.contains(id.toString()));
        for (String name : names) {
            Optional<AttemptId> id = ours(name);
            if (id.isPresent()) {
                standing(id.get(), round).ifPresent(standing -> all.put(id.get(), standing));
            }
        }
        return all;
    }

    private Optional<AttemptId> ours(String name) {
        return AttemptId.read(name).filter(id -> id.realm() == realm);
    }

    private record Round(String boot, Set<String> claims, Set<String> ends) {}

    /** Empty when it was taken away meanwhile. */
    private Optional<Standing> standing(AttemptId attempt, Round round) throws IOException {
        try {
            Parked there = known(attempt);
            Standing before = over.get(attempt);
            if (before != null && before.parked().equals(there)) {
                return Optional.of(before);
            }
            Standing now = standing(there, round);
            if (now.over()) {
                over.put(attempt, now);
            }
            return Optional.of(now);
        } catch (NoSuchFileException e) {
            if (Files.exists(premises.directory(attempt), LinkOption.NOFOLLOW_LINKS)) {
                throw e;
            }
            return Optional.empty();
        }
    }

    private Parked known(AttemptId attempt) throws IOException {
        Path directory = premises.directory(attempt);
        Object file = Files.getAttribute(directory, "unix:fileKey", LinkOption.NOFOLLOW_LINKS);
        Known known = parked.get(directory);
        if (known == null || !known.file.equals(file)) {
            known = new Known(file, premises.load(attempt));
            parked.put(directory, known);
        }
        return known.parked;
    }

    private Standing standing(Parked parked, Round round) throws IOException {
        Journal journal = premises.journal(parked.directory());
        SortedMap<Integer, Standing.Seen> tasks = new TreeMap<>();
        Map<Integer, Mark> taken = new HashMap<>();
        for (var all = parked.order().taskSet().iterator(); all.hasNext(); ) {
            int task = all.nextInt();
            String key = Premises.key(parked.attempt(), task, Premises.RUN);
            if (round.ends.contains(key)) {
                tasks.put(task, ended(end(key)));
            } else if (round.claims.contains(key)) {
                Mark mark = mark(key);
                taken.put(task, mark);
                tasks.put(task, claimed(parked, task, key, mark, journal, round.boot));
            } else {
                tasks.put(task, unclaimed(task, journal));
            }
        }
        return new Standing(parked, journal, tasks, taken);
    }

    private Mark mark(String key) throws IOException {
        Mark mark = marks.get(key);
        if (mark == null) {
            mark = premises.mark(premises.claims().resolve(key));
            marks.put(key, mark);
        }
        return mark;
    }

    private End end(String key) throws IOException {
        End end = ends.get(key);
        if (end == null) {
            end = premises.end(premises.ends().resolve(key));
            ends.put(key, end);
        }
        return end;
    }

    private static Standing.Seen ended(End end) {
        return new Standing.Seen(
                new Sighting.Ended(Premises.RUN, end.how(), end.started(), end.at()),
                "ended: " + end.how().getClass().getSimpleName());
    }

    private static Standing.Seen unclaimed(int task, Journal journal) {
        if (journal.held().contains(task)) {
            return held("held by Sluice");
        }
        return journal.released().contains(task)
                ? new Standing.Seen(new Sighting.Pending(Premises.RUN), "pending")
                : held("parked");
    }

    private static Standing.Seen held(String why) {
        return new Standing.Seen(new Sighting.Held(Premises.RUN, Sighting.Holder.US, why), why);
    }

    private Standing.Seen claimed(Parked parked, int task, String key, Mark mark, Journal journal, String boot)
            throws IOException {
        return switch (mark) {
            case Mark.Stopped stopped -> ended(new End(new AttemptEnd.Stopped(), stopped.at(), stopped.at()));
            case Mark.Taken taken ->
                journal.released().contains(task)
                        ? ended(new End(
                                new AttemptEnd.Interrupted("its claim was taken, so that it never starts"),
                                taken.at(),
                                taken.at()))
                        : held("parked, its claim taken");
            case Mark.Launched launched ->
                launched.lives(boot)
                        ? new Standing.Seen(
                                new Sighting.Running(Premises.RUN, launched.at(), Sighting.Claimed.CLAIMED),
                                "running, supervised by " + launched.pid())
                        : ended(orphaned(parked, task, key, launched, boot));
        };
    }

    /** Its supervisor is gone: either it left a record just before, or nobody ever will but we. */
    private End orphaned(Parked parked, int task, String key, Mark.Launched launched, String boot) throws IOException {
        Path end = premises.ends().resolve(key);
        if (!Files.exists(end, LinkOption.NOFOLLOW_LINKS)) {
            boolean sameBoot = launched.boot().equals(boot);
            if (sameBoot) {
                Machine.killAllWith(Launch.token(parked, task));
            }
            premises.link(
                    end,
                    End.interrupted(
                            launched.at(),
                            clock.instant(),
                            sameBoot ? "its supervisor was killed" : "the machine was started anew"));
        }
        return end(key);
    }
}
