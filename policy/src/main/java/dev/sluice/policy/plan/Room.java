package dev.sluice.policy.plan;

import dev.sluice.job.ClusterName;
import dev.sluice.policy.load.Load;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is left of every partition while a plan is made. */
final class Room {
    private final Board board;
    private final Lines lines;
    private final Instant now;
    private final Load[] free;
    private final Map<ClusterName, Long> given = new HashMap<>();
    /** Grows with all that is taken. */
    private int changes;
    /** Of each fit before which change it was open last; 0 for one not looked at yet, −1 for one that is closed. */
    private final int[] openAt;
    /** Of those partitions alone where something is reserved. */
    private final Map<Spot, Profile> profiles = new HashMap<>();

    private final Map<Spot, Integer> reservations = new HashMap<>();
    private final Map<Spot, List<Given>> starts = new HashMap<>();

    private record Given(Load load, Instant until) {}

    Room(State state, Instant now) {
        this.board = state.board;
        this.lines = state.ledger.lines;
        this.now = now;
        this.openAt = new int[state.line.fits()];
        this.free =
                board.spots().stream().map(spot -> spot.free(state.settings)).toArray(Load[]::new);
    }

    /** One in which every fit finds room, to see whose turn comes before whose. */
    static Room endless(State state, Instant now) {
        Room room = new Room(state, now);
        Arrays.fill(room.openAt, Integer.MAX_VALUE);
        return room;
    }

    /** Whether there is room for a task of this fit somewhere, whatever is reserved; once there is none, there is none to the end. */
    boolean isOpen(Fit fit) {
        int known = openAt[fit.index];
        if (known >= 0 && known <= changes) {
            openAt[fit.index] = hasRoom(fit) ? changes + 1 : -1;
        }
        return openAt[fit.index] > 0;
    }

    private boolean hasRoom(Fit fit) {
        for (Fit.Place place : fit.places(board, lines)) {
            if (free(place.spot()).covers(place.need()) && tasks(place.spot().cluster()) > 0) {
                return true;
            }
        }
        return false;
    }

    /** How many tasks a place takes now, whatever is reserved there. */
    long of(Fit.Place place) {
        return Math.min(
                free(place.spot()).holds(place.need()), tasks(place.spot().cluster()));
    }

    /** How many more tasks a cluster takes, whatever their size. */
    private long tasks(ClusterView cluster) {
        if (cluster.mostTasks() == ClusterView.UNLIMITED) {
            return Long.MAX_VALUE;
        }
        long has = board.tasks(cluster.name()) + given.getOrDefault(cluster.name(), 0L);
        return Math.max(0, cluster.mostTasks() - has);
    }

    /** How many tasks that run so long a place takes now without delaying what it is reserved for. */
    long of(Fit.Place place, Duration limit) {
        long room = meetsMaintenance(place, now, limit) ? 0 : of(place);
        Profile profile = room == 0 ? null : reserved(place.spot());
        return profile == null ? room : Math.min(room, profile.holds(place.need(), now.plus(limit)));
    }

    /** Whether a task would still run when its cluster is taken out of service. */
    static boolean meetsMaintenance(Fit.Place place, Instant start, Duration limit) {
        Optional<Instant> maintenance = place.spot().cluster().maintenance();
        return maintenance.isPresent() && start.plus(limit).isAfter(maintenance.get());
    }

    Load free(Spot spot) {
        return free[spot.index];
    }

    int reservations(Spot spot) {
        return reservations.getOrDefault(spot, 0);
    }

    void take(Fit.Place place, long tasks, Duration limit) {
        Spot spot = place.spot();
        Load all = place.need().times(tasks);
        Instant until = now.plus(limit);
        hold(spot, all);
        given.merge(spot.cluster().name(), tasks, Long::sum);
        starts.computeIfAbsent(spot, key -> new ArrayList<>()).add(new Given(all, until));
        Profile profile = reserved(spot);
        if (profile != null) {
            profile.take(all, now, until);
        }
    }

    /** Keeps so much of what is free for one who waits for the rest of it to be given back. */
    void hold(Spot spot, Load load) {
        free[spot.index] = free(spot).plus(load, -1);
        changes++;
    }

    /** The longest that a task could run there if it started now and delayed nobody; empty where it finds no room at all. */
    Optional<Duration> longest(Fit.Place place) {
        if (of(place) == 0) {
            return Optional.empty();
        }
        Profile profile = reserved(place.spot());
        Duration most = profile == null ? Duration.ofDays(36_500) : profile.lasts(place.need());
        Optional<Duration> untilMaintenance =
                place.spot().cluster().maintenance().map(start -> Duration.between(now, start));
        return Optional.of(untilMaintenance
                        .filter(until -> until.compareTo(most) < 0)
                        .orElse(most))
                .filter(Duration::isPositive);
    }

    /** When a task that runs so long finds room there at the latest, after all that is reserved already; empty for never. */
    Optional<Instant> earliest(Fit.Place place, Duration limit) {
        Profile reserved = reserved(place.spot());
        return (reserved == null ? expected(place.spot()) : reserved)
                .earliest(place.need(), limit)
                .filter(at -> !meetsMaintenance(place, at, limit));
    }

    /** From now on nothing is placed that would delay this. */
    void reserve(Fit.Place place, Instant at, Duration limit) {
        profile(place.spot()).take(place.need(), at, at.plus(limit));
        reservations.merge(place.spot(), 1, Integer::sum);
    }

    /** What was reserved is so no more. */
    void forgo(Fit.Place place, Instant at, Duration limit) {
        Spot spot = place.spot();
        profile(spot).take(place.need().negative(), at, at.plus(limit));
        if (reservations.merge(spot, -1, Integer::sum) == 0) {
            profiles.remove(spot);
        }
    }

    private Profile profile(Spot spot) {
        return profiles.computeIfAbsent(spot, this::expected);
    }

    private @Nullable Profile reserved(Spot spot) {
        return profiles.get(spot);
    }

    private Profile expected(Spot spot) {
        List<Given> ours = starts.getOrDefault(spot, List.of());
        Load unheld = spot.unheld();
        for (Given each : ours) {
            unheld = unheld.plus(each.load(), -1);
        }
        Profile profile = new Profile(unheld, now);
        // What is overdue has been asked to end, or its cluster is lenient: any moment, and not now.
        Instant soon = now.plusSeconds(60);
        for (Spot.Freed freed : spot.freed()) {
            profile.gain(freed.load(), freed.at().isAfter(soon) ? freed.at() : soon);
        }
        ours.forEach(each -> profile.gain(each.load(), each.until()));
        return profile;
    }
}
