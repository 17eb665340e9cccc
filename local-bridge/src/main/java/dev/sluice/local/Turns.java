package dev.sluice.local;

import dev.sluice.cluster.Sighting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Starts pending tasks where there is room: first released, first looked at; what does not fit waits and bars nobody.
 *
 * <p>Room is what claimed tasks and launches under way leave. Two bridges on one directory at once may overbook for a moment:
 * room is counted, not locked. Never is a task run twice: the gate sees to that.
 */
final class Turns {
    /** How long a launch may take to write who it is. */
    private static final Duration LAUNCHING = Duration.ofSeconds(10);

    private static final int MOST_DOUBLINGS = 6;

    private final Premises premises;
    private final Machine machine;
    private final LocalSettings settings;
    private final Account account;
    private final String host;
    private final InstantSource clock;

    Turns(Premises premises, Machine machine, LocalSettings settings, Account account, String host) {
        this.premises = premises;
        this.machine = machine;
        this.settings = settings;
        this.account = account;
        this.host = host;
        this.clock = settings.clock();
    }

    private record Waiting(Standing standing, int task, long since) {}

    /** How the launches of a task stand. */
    private enum Way {
        /** None is under way, and another one may be made. */
        FREE,
        UNDER_WAY,
        /** The last ones came to nothing: not yet again. */
        RESTING
    }

    private static final class Room {
        private long cpus;
        private long memory;
        private final Map<Parked, Integer> atOnce = new HashMap<>();

        private void take(Parked parked, long bytes) {
            cpus -= parked.order().cpus();
            memory -= bytes;
            atOnce.merge(parked, 1, Integer::sum);
        }

        private boolean holds(Parked parked, long bytes) {
            int most = parked.order().atOnce();
            return parked.order().cpus() <= cpus
                    && bytes <= memory
                    && (most == 0 || atOnce.getOrDefault(parked, 0) < most);
        }
    }

    private long memory(Parked parked) {
        return parked.order().memory() == Order.ALL_MEMORY
                ? settings.memory()
                : parked.order().memory();
    }

    void start(Collection<Standing> all) throws IOException {
        Room room = new Room();
        room.cpus = settings.cpus();
        room.memory = settings.memory();
        List<Waiting> free = new ArrayList<>();
        String boot = machine.boot();
        for (Standing standing : all) {
            Parked parked = standing.parked();
            standing.where(standing.all(), Sighting.Running.class::isInstance).stream()
                    .forEach(task -> room.take(parked, memory(parked)));
            var pending = standing.where(standing.all(), Sighting.Pending.class::isInstance);
            if (pending.isEmpty()) {
                continue;
            }
            Map<Integer, List<Path>> launches = launches(parked);
            for (var tasks = pending.iterator(); tasks.hasNext(); ) {
                int task = tasks.nextInt();
                switch (way(launches.getOrDefault(task, List.of()), boot)) {
                    case FREE ->
                        free.add(new Waiting(
                                standing, task, standing.journal().releasedAt().getOrDefault(task, 0L)));
                    case UNDER_WAY -> room.take(parked, memory(parked));
                    case RESTING -> {}
                }
            }
        }
        free.sort(Comparator.comparingLong(Waiting::since)
                .thenComparing(waiting -> waiting.standing.parked().order().job())
                .thenComparing(Waiting::task));
        for (Waiting waiting : free) {
            Parked parked = waiting.standing.parked();
            if (room.holds(parked, memory(parked))) {
                new Launch(parked, waiting.task, account, settings, host).start(premises, machine);
                room.take(parked, memory(parked));
            }
        }
    }

    private static Map<Integer, List<Path>> launches(Parked parked) throws IOException {
        Map<Integer, List<Path>> launches = new HashMap<>();
        for (String name : Disk.names(parked.runs())) {
            int task = Integer.parseInt(name.substring(0, name.indexOf('.')));
            launches.computeIfAbsent(task, t -> new ArrayList<>())
                    .add(parked.runs().resolve(name));
        }
        return launches;
    }

    private Way way(List<Path> launches, String boot) throws IOException {
        Instant last = Instant.MIN;
        for (Path launch : launches) {
            if (isUnderWay(launch.resolve("permit"), boot)) {
                return Way.UNDER_WAY;
            }
            Instant made =
                    Files.getLastModifiedTime(launch, LinkOption.NOFOLLOW_LINKS).toInstant();
            last = made.isAfter(last) ? made : last;
        }
        if (launches.isEmpty()) {
            return Way.FREE;
        }
        Duration rest = Duration.ofSeconds(1L << Math.min(launches.size() - 1, MOST_DOUBLINGS));
        return clock.instant().isBefore(last.plus(rest)) ? Way.RESTING : Way.FREE;
    }

    /** Whether a permit may still get to the gate; one that cannot is taken away. */
    private boolean isUnderWay(Path permit, String boot) throws IOException {
        try {
            String text = Disk.read(permit, Premises.MOST_RECORD);
            Instant made =
                    Files.getLastModifiedTime(permit, LinkOption.NOFOLLOW_LINKS).toInstant();
            boolean young = clock.instant().isBefore(made.plus(LAUNCHING));
            boolean lives = text.endsWith("\n")
                    ? Mark.parse(text, made) instanceof Mark.Launched launched && launched.lives(boot)
                    : young;
            if (!lives) {
                Files.deleteIfExists(permit);
            }
            return lives;
        } catch (NoSuchFileException e) {
            return false; // taken away before, or not made yet
        }
    }
}
