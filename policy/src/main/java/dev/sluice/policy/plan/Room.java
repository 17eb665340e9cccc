package dev.sluice.policy.plan;

import dev.sluice.job.ClusterName;
import dev.sluice.policy.load.Load;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What is left of every partition while a plan is made. */
final class Room {
    private static final Duration FOR_EVER = Duration.ofDays(36_500);

    private final Board board;
    private final Lines lines;
    private final Instant now;
    private final PolicySettings settings;
    private final Load[] free;
    /** How many tasks this plan gives to each cluster that takes so many only. */
    private final Map<ClusterName, Long> given = new HashMap<>();

    /** Of each fit by what it was open last; null for one not looked at yet. */
    private final @Nullable Opening[] openBy;
    /** Of each partition for those that find room there from now on. */
    private final Opening[] openings;
    /** Of those partitions alone where something is reserved. */
    private final @Nullable Profile[] profiles;
    /** Of others, as it was worked out last. */
    private final @Nullable Profile[] expected;

    /** Of each partition how many projects' jobs it is kept free for. */
    private final int[] reservations;
    /** Of each partition how many reservations of ours lie on nodes of it, and one more where its cluster has such. */
    private final int[] kept;
    /** What this plan gives of a cluster's reservations. */
    private final Map<Aside, Load> givenAside = new HashMap<>();

    /** Whether anything may still be kept for one that finds no room, or handed over early. */
    private boolean keeps;

    private final int most;
    /** Of each partition what this plan starts there. */
    private final List<List<Given>> starts = new ArrayList<>();

    private record Given(Load load, Instant until) {}

    /**
     * That there is room in a partition: for all who found it, until it is shut. So a fit is looked at again only when something was
     * taken that it might miss.
     */
    private static final class Opening {
        /** The most that any of those who found it needs, in each dimension. */
        Load most = Load.NONE;

        boolean shut;

        void admit(Load need) {
            if (!most.covers(need)) {
                most = most.isNone() ? need : most.max(need);
            }
        }
    }

    /** By which those are open who are so to the end. */
    private static final Opening ENDLESS = new Opening();

    /** By which those are closed for whom there is no room anywhere. */
    private static final Opening NOWHERE = new Opening();

    Room(State state, Instant now) {
        this.board = state.board;
        this.lines = state.ledger.lines;
        this.now = now;
        this.settings = state.settings;
        this.most = settings.reservations();
        this.reservations = new int[board.spots().size()];
        this.kept = new int[board.spots().size()];
        this.keeps = board.spots().stream().anyMatch(this::keeps);
        this.profiles = new Profile[board.spots().size()];
        this.expected = new Profile[board.spots().size()];
        board.spots().forEach(spot -> starts.add(new ArrayList<>()));
        this.openBy = new Opening[state.line.fits()];
        this.openings = new Opening[board.spots().size()];
        Arrays.setAll(openings, spot -> new Opening());
        this.free =
                board.spots().stream().map(spot -> spot.free(state.settings)).toArray(Load[]::new);
        board.spots().forEach(this::setAside);
    }

    private void setAside(Spot spot) {
        boolean any = false;
        for (Aside aside : spot.asides()) {
            if (aside.hasBegun(now) && !aside.isOver(now)) {
                free[spot.index] = free(spot).plus(aside.load(), -1);
            }
            any |= !aside.isOver(now);
        }
        if (any) {
            kept[spot.index]++;
            profile(spot);
        }
    }

    /** What the reservation that its job names has there: all that there is for the job. */
    private Optional<Aside> own(Fit.Place place) {
        if (place.reservation().isEmpty()) {
            return Optional.empty();
        }
        String name = place.reservation().get();
        return place.spot().asides().stream()
                .filter(aside -> aside.reservation().name().equals(name) && !aside.isOver(now))
                .findFirst();
    }

    /** Whether a reservation of its cluster is all that there is for the job, so that nothing else is kept or taken back for it. */
    boolean isAside(Fit.Place place) {
        return own(place).isPresent();
    }

    /** When the reservation begins that is all there is for the job; empty where there is none such, or it has begun. */
    Optional<Instant> begins(Fit.Place place) {
        return own(place)
                .filter(aside -> !aside.hasBegun(now))
                .map(aside -> aside.reservation().start());
    }

    private Load left(Aside aside, Spot spot) {
        return aside.load()
                .plus(spot.queuedFor(aside.reservation().name()), -1)
                .plus(givenAside.getOrDefault(aside, Load.NONE), -1);
    }

    /** What may be given to its job there now, whatever is reserved by us. */
    Load free(Fit.Place place) {
        Optional<Aside> own = own(place);
        if (own.isEmpty()) {
            return free(place.spot());
        }
        return own.get().hasBegun(now) ? left(own.get(), place.spot()) : Load.NONE;
    }

    /** One in which every fit finds room, to see whose turn comes before whose. */
    static Room endless(State state, Instant now) {
        Room room = new Room(state, now);
        Arrays.fill(room.openBy, ENDLESS);
        return room;
    }

    /** Whether there is room for a task of this fit somewhere, whatever is reserved; once there is none, there is none to the end. */
    boolean isOpen(Fit fit) {
        Opening known = openBy[fit.index];
        if (known == null || known.shut) {
            known = opening(fit);
            openBy[fit.index] = known;
        }
        return known != NOWHERE;
    }

    boolean isAnyOpen(Collection<Fit> fits) {
        for (Fit fit : fits) {
            if (isOpen(fit)) {
                return true;
            }
        }
        return false;
    }

    private Opening opening(Fit fit) {
        for (Fit.Place place : fit.places(board, lines)) {
            if (free(place).covers(place.need()) && tasks(place.spot().cluster()) > 0) {
                if (isAside(place)) {
                    return ENDLESS;
                }
                Opening opening = openings[place.spot().index];
                opening.admit(place.need());
                return opening;
            }
        }
        return NOWHERE;
    }

    /** Whoever found room there has to look again. */
    private void shut(Spot spot) {
        openings[spot.index].shut = true;
        openings[spot.index] = new Opening();
    }

    /** Whether a task finds room in what nobody holds, without the window. */
    boolean isFree(Fit.Place place) {
        Load free = free(place);
        return (isAside(place) ? free : free.plus(place.spot().window(settings), -1)).covers(place.need());
    }

    /** How many tasks a place takes now, whatever is reserved there. */
    long of(Fit.Place place) {
        return Math.min(free(place).holds(place.need()), tasks(place.spot().cluster()));
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
        Profile profile = room == 0 || isAside(place) ? null : reserved(place.spot());
        return profile == null ? room : Math.min(room, profile.holds(place.need(), now.plus(limit)));
    }

    /** Whether a task would still run when its cluster is taken out of service. */
    static boolean meetsMaintenance(Fit.Place place, Instant start, Duration limit) {
        Optional<Instant> maintenance = place.spot().cluster().maintenance();
        return maintenance.isPresent() && start.plus(limit).isAfter(maintenance.get());
    }

    /** What its cluster keeps from a task that starts now and runs so long, where that alone is in its way. */
    Optional<Aside> meetsAside(Fit.Place place, Duration limit) {
        Spot spot = place.spot();
        if (isAside(place) || workOut(spot).holds(place.need(), now.plus(limit)) > 0) {
            return Optional.empty();
        }
        boolean suffices = withoutAsides(spot).holds(place.need(), now.plus(limit)) > 0;
        return spot.asides().stream()
                .filter(aside -> suffices && aside.isMetBy(now, limit))
                .findFirst();
    }

    Load free(Spot spot) {
        return free[spot.index];
    }

    /** Whether it may be kept free for one more, or is a guest's, who is handed wide ones early. */
    private boolean keeps(Spot spot) {
        return spot.plansByItself() || reserves(spot);
    }

    boolean reserves(Spot spot) {
        return !spot.plansByItself() && reservations[spot.index] < most;
    }

    /** Whether one that finds no room anywhere may get anything all the same. */
    boolean keeps() {
        return keeps;
    }

    void take(Fit.Place place, long tasks, Duration limit) {
        Spot spot = place.spot();
        Load all = place.need().times(tasks);
        Optional<Aside> own = own(place);
        if (own.isPresent()) {
            givenAside.merge(own.get(), all, (sum, more) -> sum.plus(more, 1));
            count(spot.cluster(), tasks);
            return;
        }
        Instant until = now.plus(limit);
        hold(spot, all);
        count(spot.cluster(), tasks);
        runs(spot, all, until);
        for (Spot.Overlap overlap : spot.overlaps()) {
            runs(overlap.spot(), all.part(overlap.mine()), until);
        }
    }

    private void runs(Spot spot, Load load, Instant until) {
        expected[spot.index] = null;
        starts.get(spot.index).add(new Given(load, until));
        Profile profile = reserved(spot);
        if (profile != null) {
            profile.take(load, now, until);
        }
    }

    private void count(ClusterView cluster, long tasks) {
        if (cluster.mostTasks() == ClusterView.UNLIMITED) {
            return;
        }
        given.merge(cluster.name(), tasks, Long::sum);
        if (tasks(cluster) == 0) {
            for (Spot spot : board.spots()) {
                if (spot.cluster() == cluster) {
                    shut(spot);
                }
            }
        }
    }

    /** Keeps so much of what is free for one who waits for the rest of it to be given back. */
    void hold(Spot spot, Load load) {
        lessen(spot, load);
        for (Spot.Overlap overlap : spot.overlaps()) {
            lessen(overlap.spot(), load.part(overlap.mine()));
        }
    }

    private void lessen(Spot spot, Load load) {
        free[spot.index] = free(spot).plus(load, -1);
        if (!free(spot).covers(openings[spot.index].most)) {
            shut(spot);
        }
    }

    /** The longest that a task could run there if it started now and delayed nobody; empty where it finds no room at all. */
    Optional<Duration> longest(Fit.Place place) {
        if (of(place) == 0) {
            return Optional.empty();
        }
        Profile profile = isAside(place) ? null : reserved(place.spot());
        Duration most = profile == null ? FOR_EVER : profile.lasts(place.need());
        Optional<Duration> untilMaintenance =
                place.spot().cluster().maintenance().map(start -> Duration.between(now, start));
        return Optional.of(untilMaintenance
                        .filter(until -> until.compareTo(most) < 0)
                        .orElse(most))
                .filter(Duration::isPositive);
    }

    /** When a task that runs so long finds room there at the latest, after all that is reserved already; empty for never. */
    Optional<Instant> earliest(Fit.Place place, Duration limit) {
        Optional<Aside> own = own(place);
        if (own.isPresent()) {
            return own.filter(aside -> left(aside, place.spot()).covers(place.need()))
                    .map(aside ->
                            aside.hasBegun(now) ? now : aside.reservation().start());
        }
        Profile reserved = reserved(place.spot());
        return (reserved == null ? expected(place.spot()) : reserved)
                .earliest(place.need(), limit)
                .filter(at -> !meetsMaintenance(place, at, limit));
    }

    /** From now on nothing is placed that would delay this. */
    void reserve(Fit.Place place, Instant at, Duration limit) {
        keep(place.spot(), place.need(), at, at.plus(limit), 1);
        reservations[place.spot().index]++;
        keeps = board.spots().stream().anyMatch(this::keeps);
    }

    /** What was reserved is so no more. */
    void forgo(Fit.Place place, Instant at, Duration limit) {
        keep(place.spot(), place.need(), at, at.plus(limit), -1);
        reservations[place.spot().index]--;
        keeps = true;
    }

    private void keep(Spot spot, Load load, Instant from, Instant until, int sign) {
        keepHere(spot, load.times(sign), from, until, sign);
        for (Spot.Overlap overlap : spot.overlaps()) {
            keepHere(overlap.spot(), load.part(overlap.mine()).times(sign), from, until, sign);
        }
    }

    private void keepHere(Spot spot, Load load, Instant from, Instant until, int sign) {
        profile(spot).take(load, from, until);
        kept[spot.index] += sign;
        if (kept[spot.index] == 0) {
            profiles[spot.index] = null;
        }
    }

    private Profile profile(Spot spot) {
        Profile known = profiles[spot.index];
        Profile profile = known == null ? expected(spot) : known;
        profiles[spot.index] = profile;
        return profile;
    }

    private @Nullable Profile reserved(Spot spot) {
        return profiles[spot.index];
    }

    /** Without what is reserved; the same until something is taken there. */
    private Profile expected(Spot spot) {
        Profile known = expected[spot.index];
        Profile profile = known == null ? workOut(spot) : known;
        expected[spot.index] = profile;
        return profile;
    }

    /** What is expected to be free of it, whatever is reserved by us. */
    Profile workOut(Spot spot) {
        Profile profile = withoutAsides(spot);
        for (Aside aside : spot.asides()) {
            aside.takeFrom(profile);
        }
        return profile;
    }

    private Profile withoutAsides(Spot spot) {
        Load unheld = spot.unheld();
        // What is overdue has been asked to end, or its cluster is lenient: any moment, and not now.
        Instant soon = now.plusSeconds(60);
        SortedMap<Instant, Load> gains = new TreeMap<>();
        for (Spot.Freed freed : spot.freed()) {
            gain(gains, freed.load(), freed.at().isAfter(soon) ? freed.at() : soon);
        }
        for (Given given : starts.get(spot.index)) {
            unheld = unheld.plus(given.load(), -1);
            gain(gains, given.load(), given.until());
        }
        return new Profile(unheld, now, gains);
    }

    private static void gain(SortedMap<Instant, Load> gains, Load load, Instant from) {
        gains.merge(from, load, (sum, more) -> sum.plus(more, 1));
    }
}
