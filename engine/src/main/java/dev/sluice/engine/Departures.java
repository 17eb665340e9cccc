package dev.sluice.engine;

import dev.sluice.cluster.Cursor;
import dev.sluice.cluster.Grant;
import dev.sluice.cluster.Sought;
import dev.sluice.job.AttemptId;
import dev.sluice.job.JobId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which calls are to be made now: the next steps of what is due, as many as each cluster's lanes take, many searches and many
 * releases in one call. It derives all of them from state, and enters them as flights.
 */
final class Departures {
    /** How many attempts one search or one release takes. */
    static final int BATCH = 500;

    /** How much of what is on its way is looked at in one turn. */
    private static final int GLANCE = 512;

    private final Book book;
    private final Dispatch dispatch;
    private final Sweeper sweeper;

    Departures(Book book, Dispatch dispatch, Sweeper sweeper) {
        this.book = book;
        this.dispatch = dispatch;
        this.sweeper = sweeper;
    }

    /** What must be on disk before the calls that are due. */
    void commits(Instant now, List<Event> events) {
        for (ClusterRecord cluster : book.clusters.values()) {
            if (cluster.ready()) {
                for (AgendaKey key : cluster.agenda.due(now, GLANCE, cluster.free())) {
                    if (step(key, now) instanceof Step.Commit commit) {
                        events.addAll(commit.events());
                    }
                }
            }
        }
    }

    private Step step(AgendaKey key, Instant now) {
        return switch (key) {
            case AgendaKey.OfAttempt of -> {
                Tracked tracked = book.attempt(of.attempt());
                yield tracked == null ? Step.IDLE : dispatch.next(tracked, now);
            }
            case AgendaKey.OfLeftover of -> {
                Watch watch = book.registers.watch(of.leftover());
                yield watch == null ? Step.IDLE : sweeper.next(watch, now);
            }
        };
    }

    List<Effect> takeDue(Instant now) {
        List<Effect> effects = new ArrayList<>();
        for (ClusterRecord cluster : book.clusters.values()) {
            if (cluster.ready()) {
                new Boarding(cluster, now, effects).board();
            }
            measure(cluster, now, effects);
            observe(cluster, now, effects);
        }
        pin(now, effects);
        effects.forEach(book.flights::takeOff);
        return effects;
    }

    private void measure(ClusterRecord cluster, Instant now, List<Effect> effects) {
        if (!cluster.measuring && !cluster.nextMeasure.isAfter(now)) {
            cluster.measuring = true;
            effects.add(new Effect.Measure(book.flights.next(), cluster.name()));
        }
    }

    private void observe(ClusterRecord cluster, Instant now, List<Effect> effects) {
        if (cluster.observing || cluster.open() || cluster.nextLook.isAfter(now)) {
            return;
        }
        cluster.observing = true;
        boolean whole = !cluster.lastComplete.plus(cluster.settings.sweep()).isAfter(now);
        effects.add(new Effect.Observe(
                book.flights.next(),
                cluster.name(),
                whole ? Cursor.START : cluster.cursor,
                whole ? Duration.ZERO : cluster.settings.poll()));
    }

    private void pin(Instant now, List<Effect> effects) {
        long free = book.settings.pins() - book.flights.pins();
        for (Map.Entry<JobId, Instant> unpinned : book.unpinned.entrySet()) {
            if (free <= 0) {
                return;
            }
            Job job = book.job(unpinned.getKey());
            if (job != null && !unpinned.getValue().isAfter(now) && !book.flights.pinning(job.id())) {
                effects.add(new Effect.PinImage(
                        book.flights.next(), job.id(), job.head().image().orElseThrow()));
                free--;
            }
        }
    }

    /** When something is due next; {@link Instant#MAX} when nothing is. */
    Instant wakeAt() {
        Instant next = Instant.MAX;
        for (ClusterRecord cluster : book.clusters.values()) {
            if (cluster.ready()) {
                next = earlier(next, cluster.agenda.first());
            }
            next = cluster.measuring ? next : earlier(next, cluster.nextMeasure);
            next = cluster.observing || cluster.open() ? next : earlier(next, cluster.nextLook);
        }
        next = earlier(next, book.wakes.first());
        if (!book.unchecked.isEmpty()) {
            return Instant.EPOCH;
        }
        if (book.flights.pins() < book.settings.pins()) {
            for (Map.Entry<JobId, Instant> unpinned : book.unpinned.entrySet()) {
                next = book.flights.pinning(unpinned.getKey()) ? next : earlier(next, unpinned.getValue());
            }
        }
        return next;
    }

    private static Instant earlier(Instant a, @Nullable Instant b) {
        return b != null && b.isBefore(a) ? b : a;
    }

    /** The calls that one cluster's lanes take now. */
    private final class Boarding {
        private final ClusterRecord cluster;
        private final Instant now;
        private final List<Effect> effects;
        private final Map<AttemptId, Sought> sought = new LinkedHashMap<>();
        private final List<AgendaKey> seekers = new ArrayList<>();
        private final List<Grant> grants = new ArrayList<>();
        private Instant fence = Instant.MAX;

        Boarding(ClusterRecord cluster, Instant now, List<Effect> effects) {
            this.cluster = cluster;
            this.now = now;
            this.effects = effects;
        }

        void board() {
            for (AgendaKey key : cluster.agenda.due(now, GLANCE, cluster.free())) {
                if (!cluster.ready() && grants.isEmpty() && sought.isEmpty()) {
                    break;
                }
                board(key, step(key, now));
            }
            if (!grants.isEmpty()) {
                long flight = book.flights.next();
                effects.add(new Effect.Release(flight, cluster.name(), grants, fence));
                grants.forEach(
                        grant -> take(new AgendaKey.OfAttempt(grant.attempt().id()), flight));
            }
            if (!sought.isEmpty()) {
                long flight = book.flights.next();
                effects.add(new Effect.Find(flight, cluster.name(), List.copyOf(sought.values())));
                seekers.forEach(key -> take(key, flight));
            }
        }

        private void board(AgendaKey key, Step step) {
            switch (step) {
                case Step.Rest rest -> {
                    if (rest.until().equals(Instant.MAX)) {
                        cluster.agenda.remove(key);
                    } else {
                        cluster.agenda.put(key, rest.until());
                    }
                }
                case Step.Commit commit -> {}
                case Step.Call call when !cluster.ready() -> {}
                case Step.Call call -> {
                    long flight = book.flights.next();
                    effects.add(call.effect().apply(flight));
                    cluster.underWay++;
                    take(key, flight);
                }
                case Step.Find find -> {
                    if (sought.isEmpty() ? cluster.ready() : sought.size() < BATCH) {
                        cluster.underWay += sought.isEmpty() ? 1 : 0;
                        sought.put(find.sought().attempt().id(), find.sought());
                        seekers.add(key);
                    }
                }
                case Step.Release release -> {
                    if (grants.isEmpty() && cluster.ready() && !cluster.releases(now)) {
                        cluster.waitsForRelease(key);
                    } else if (grants.isEmpty() ? cluster.ready() : grants.size() < BATCH) {
                        if (grants.isEmpty()) {
                            cluster.underWay++;
                            cluster.releasesLeft(now);
                        }
                        grants.add(release.grant());
                        fence = release.fence().isBefore(fence) ? release.fence() : fence;
                    }
                }
            }
        }

        private void take(AgendaKey key, long flight) {
            cluster.agenda.remove(key);
            switch (key) {
                case AgendaKey.OfAttempt of -> {
                    Tracked tracked = book.attempt(of.attempt());
                    if (tracked != null) {
                        tracked.flight = flight;
                        tracked.sent = now;
                    }
                }
                case AgendaKey.OfLeftover of -> {
                    Watch watch = book.registers.watch(of.leftover());
                    if (watch != null) {
                        watch.flight = flight;
                        watch.sent = now;
                    }
                }
            }
        }
    }
}
