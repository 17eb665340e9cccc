package dev.sluice.policy.plan;

import dev.sluice.job.JobId;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.TaskSet;
import dev.sluice.job.UserName;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One plan in the making: what its own earlier moves take counts as taken. */
final class Round {
    /** A turn of an array gives away 1/{@value} of a partition at the most, and one task at least. */
    private static final int GRAINS = 128;

    /** How many of a project's buckets are looked at for one that only room is missing for. */
    private static final int LOOKS = 8;

    /** How many attempts are taken back from clusters' queues at once. */
    private static final int WITHDRAWALS = 32;

    private final State state;
    private final Instant now;
    private final PolicySettings settings;
    private final Room room;
    private final Turns turns;
    private final Reclaims reclaims;
    private final Map<JobId, Integer> started = new HashMap<>();
    /** Of each project the bucket that room is kept for when its turn comes and finds none. */
    private final Map<ProjectPath, Bucket> candidates = new HashMap<>();

    private final Map<ProjectPath, Kept> kept = new HashMap<>();
    private final List<Gift> starts = new ArrayList<>();
    private final List<Move> others = new ArrayList<>();

    Round(State state, Instant now) {
        this.state = state;
        this.now = now;
        this.settings = state.settings;
        this.room = new Room(state, now);
        this.turns = new Turns(state, room, now);
        this.reclaims = new Reclaims(state, room);
    }

    Room room() {
        return room;
    }

    /** Where and from when room is kept for a job of a project, by this plan. */
    Optional<Kept> kept(ProjectPath project) {
        return Optional.ofNullable(kept.get(project));
    }

    record Kept(JobId job, Fit.Place place, Instant at) {}

    /** How many more tasks of this size a project may have by its limits and caps, as this plan leaves them. */
    long allowed(ProjectPath project, UserName user, long[] each) {
        return turns.allowed(project, user, each);
    }

    List<Move> moves(int budget) {
        state.line.projects().forEach(this::take);
        for (Turn turn = turns.next(); turn != null && starts.size() + others.size() < budget; turn = turns.next()) {
            play(turn);
        }
        List<Move> moves = new ArrayList<>();
        starts.forEach(gift -> moves.add(gift.move()));
        moves.addAll(others);
        withdraw(moves, budget);
        return moves;
    }

    private void take(ProjectPath project, Waiting waiting) {
        if (!state.isClosed(project)) {
            Optional<Bucket> blocked = candidate(project, waiting);
            blocked.ifPresent(bucket -> candidates.put(project, bucket));
            turns.add(project, waiting, blocked);
        }
    }

    /**
     * Of a project the bucket that room is kept for: that of the job for which it is kept already, as long as that waits, could run
     * somewhere, and the project has none of a higher class; else that of its oldest job of the highest class that could run somewhere.
     */
    private Optional<Bucket> candidate(ProjectPath project, Waiting waiting) {
        Optional<JobId> kept = state.reserved(project);
        Optional<Bucket> oldest = Optional.empty();
        int looks = 0;
        for (Map.Entry<Entry, Bucket> each : waiting.buckets().entrySet()) {
            boolean possible = !places(each.getValue().fit()).isEmpty()
                    && state.room(each.getKey().candidate().job()) > 0;
            if (possible) {
                oldest = Optional.of(each.getValue());
                break;
            }
            looks++;
            if (looks == LOOKS) {
                break;
            }
        }
        if (kept.isEmpty() || oldest.isEmpty()) {
            return oldest;
        }
        int highest = oldest.get().kind.priorityClass();
        for (Entry entry : state.line.of(kept.get())) {
            boolean stays = entry.candidate().priorityClass() >= highest
                    && entry.candidate().project().equals(project)
                    && !places(entry.fit()).isEmpty();
            if (stays) {
                return state.line.bucket(entry);
            }
        }
        return oldest;
    }

    private List<Fit.Place> places(Fit fit) {
        return fit.places(state.board, state.ledger.lines);
    }

    private void play(Turn turn) {
        Candidate candidate = turn.first.candidate();
        int atOnce = state.room(candidate.job()) - started.getOrDefault(candidate.job(), 0);
        if (atOnce <= 0) {
            turn.next();
            return;
        }
        long most = Math.min(Math.min(atOnce, turn.left.size()), turn.stem.room(turn.member));
        if (most <= 0) {
            turn.end();
            return;
        }
        List<Fit.Place> ranked = ranked(turn);
        boolean limited = true;
        for (Fit.Place place : ranked) {
            long allowed = turn.stem.room(place.counted());
            limited &= allowed == 0;
            long fits = allowed == 0 ? 0 : room.of(place, limit(candidate, place));
            long count = Math.min(Math.min(most, allowed), Math.min(fits, grain(place)));
            if (count > 0) {
                String reason = place.preferred() ? "fits on a preferred cluster" : "fits where most is free";
                room.take(place, count, limit(candidate, place));
                start(turn, place, (int) count, reason);
                return;
            }
        }
        if (!limited) {
            unplaced(turn, ranked);
        }
        turn.end();
    }

    private static Duration limit(Candidate candidate, Fit.Place place) {
        return place.spot().limit(candidate.ask());
    }

    private static long grain(Fit.Place place) {
        return Math.max(1, place.spot().total().holds(place.need()) / GRAINS);
    }

    /** Preferred clusters first, and for a time alone; then where most tasks fit, then by name. */
    private List<Fit.Place> ranked(Turn turn) {
        Candidate candidate = turn.first.candidate();
        List<Fit.Place> ranked = new ArrayList<>(places(turn.bucket.fit()));
        if (choosy(candidate, ranked, settings, now)) {
            ranked.removeIf(place -> !place.preferred());
        }
        ProjectPath project = candidate.project();
        ranked.removeIf(place ->
                !state.ledger.branch(project).allows(place.spot().cluster().name()));
        ranked.sort(Comparator.comparing(Fit.Place::preferred)
                .reversed()
                .thenComparing(Comparator.comparingLong((Fit.Place place) -> room.of(place))
                        .reversed())
                .thenComparingInt(place -> place.spot().index));
        return ranked;
    }

    /** Whether only the clusters that it prefers are thought of yet. */
    static boolean choosy(Candidate candidate, List<Fit.Place> places, PolicySettings settings, Instant now) {
        return !candidate.ask().routing().preferred().isEmpty()
                && now.isBefore(candidate.submitted().plus(settings.overflowAfter()))
                && places.stream().anyMatch(Fit.Place::preferred);
    }

    private void start(Turn turn, Fit.Place place, int count, String reason) {
        Candidate candidate = turn.first.candidate();
        TaskSet tasks = turn.left.lowest(count);
        give(turn, place.spot(), tasks, reason);
        started.merge(candidate.job(), count, Integer::sum);
        turn.stem.take(turn.member, place.counted(), count);
        turn.placed(tasks);
    }

    private void give(Turn turn, Spot spot, TaskSet tasks, String reason) {
        for (Gift gift : turn.gifts) {
            if (gift.spot == spot && gift.reason.equals(reason)) {
                gift.tasks = gift.tasks.union(tasks);
                return;
            }
        }
        Gift gift = new Gift(turn.first, spot, reason, tasks);
        turn.gifts.add(gift);
        starts.add(gift);
    }

    /** A turn that found no room, though it might have some by all other rules. */
    private void unplaced(Turn turn, List<Fit.Place> ranked) {
        if (turn.guaranteed && reclaims.of(turn, ranked, others)) {
            return;
        }
        ProjectPath project = turn.bucket.kind.project();
        if (!turn.bucket.equals(candidates.get(project))) {
            return;
        }
        Candidate candidate = turn.first.candidate();
        Fit.Place best = null;
        Instant first = Instant.MAX;
        for (Fit.Place place : ranked) {
            boolean reserves = place.spot().owned() && room.reservations(place.spot()) < settings.reservations();
            if (reserves) {
                Optional<Instant> at = room.earliest(place, limit(candidate, place));
                if (at.isPresent() && at.get().isAfter(now) && at.get().isBefore(first)) {
                    best = place;
                    first = at.get();
                }
            }
        }
        if (best == null) {
            handOverEarly(turn, ranked);
            return;
        }
        room.reserve(best, first, limit(candidate, best));
        kept.put(project, new Kept(candidate.job(), best, first));
        Move.Reserve reserve = new Move.Reserve(
                project,
                candidate.job(),
                best.spot().cluster().name(),
                best.spot().name(),
                first);
        if (!state.reserves(reserve)) {
            others.add(reserve);
        }
    }

    /**
     * Where others hand jobs in, what is free is not ours to keep: one wide job of each project waits in the cluster's own queue,
     * which plans for it.
     */
    private void handOverEarly(Turn turn, List<Fit.Place> ranked) {
        for (Fit.Place place : ranked) {
            Spot spot = place.spot();
            boolean early = !spot.owned()
                    && spot.wide(place.need())
                    && spot.wideQueued(turn.bucket.kind.project()) == 0
                    && turn.stem.room(place.counted()) > 0;
            if (early) {
                start(turn, place, 1, "waits in the cluster's own queue, which keeps room for it");
                return;
            }
        }
    }

    /** What has waited long in a cluster's own queue, and finds room elsewhere, is taken back. */
    private void withdraw(List<Move> moves, int budget) {
        int most = Math.min(WITHDRAWALS, budget - moves.size());
        Instant old = now.minus(settings.withdrawAfter());
        for (Held held : state.board.queued()) {
            if (most <= 0 || held.charge.since().isAfter(old)) {
                return;
            }
            boolean waits = held.unstarted() == held.tasks() && held.leaving() == 0;
            if (waits && roomElsewhere(held)) {
                moves.add(new Move.Withdraw(
                        held.charge.attempt(), "it has not started for long, and there is room elsewhere"));
                most--;
            }
        }
    }

    private boolean roomElsewhere(Held held) {
        Fit fit = held.shape.fit(held.charge.refusedBy().clusters());
        try {
            for (Fit.Place place : places(fit)) {
                boolean elsewhere = !place.spot().cluster().name().equals(held.charge.cluster())
                        && state.ledger
                                .branch(held.charge.project())
                                .allows(place.spot().cluster().name())
                        && room.of(place, place.spot().limit(held.charge.ask())) >= held.tasks();
                if (elsewhere) {
                    room.take(place, held.tasks(), place.spot().limit(held.charge.ask()));
                    return true;
                }
            }
            return false;
        } finally {
            held.shape.letGo(fit);
        }
    }
}
