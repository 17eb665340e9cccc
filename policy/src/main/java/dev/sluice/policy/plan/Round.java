package dev.sluice.policy.plan;

import dev.sluice.job.JobId;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.TaskSet;
import dev.sluice.job.UserName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One plan in the making: what its own earlier moves take counts as taken. */
final class Round {
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
    private final Scores scores;
    private final Map<JobId, Integer> started = new HashMap<>();
    private final Map<ProjectPath, Kept> kept = new HashMap<>();
    private final List<Gift> starts = new ArrayList<>();
    private final List<Move> others = new ArrayList<>();

    Round(State state, Instant now) {
        this.state = state;
        this.now = now;
        this.settings = state.settings;
        this.room = new Room(state, now);
        this.turns = new Turns(state, room, now);
        this.reclaims = new Reclaims(state, room, now);
        this.scores = new Scores(state, room, now);
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
            turns.add(project, waiting, () -> candidate(project, waiting));
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
        for (Bucket bucket : waiting.buckets()) {
            boolean possible =
                    !places(bucket.fit()).isEmpty() && state.room(bucket.first().job()) > 0;
            if (possible) {
                oldest = Optional.of(bucket);
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
            boolean stays = entry.priorityClass >= highest
                    && entry.bucket.kind.project().equals(project)
                    && !places(entry.fit()).isEmpty();
            if (stays) {
                return Optional.of(entry.bucket);
            }
        }
        return oldest;
    }

    private List<Fit.Place> places(Fit fit) {
        return fit.places(state.board, state.ledger.lines);
    }

    private void play(Turn turn) {
        int atOnce = atOnce(turn.first);
        if (atOnce <= 0) {
            turn.next();
            return;
        }
        long most = Math.min(Math.min(atOnce, turn.left.size()), turn.stem.room(turn.member));
        if (most <= 0) {
            turn.end();
            return;
        }
        Ranking ranking = ranked(turn);
        List<Fit.Place> ranked = ranking.places();
        boolean limited = true;
        for (Fit.Place place : ranked) {
            long allowed = turn.stem.room(place.counted());
            limited &= allowed == 0;
            long fits = allowed == 0 ? 0 : room.of(place, place.limit());
            long count = Math.min(Math.min(most, allowed), Math.min(fits, place.grain()));
            if (count > 0) {
                String reason = ranking.reason(place);
                room.take(place, count, place.limit());
                start(turn, place, (int) count, reason);
                return;
            }
        }
        if (limited || !unplaced(turn, ranked)) {
            turn.end();
        }
    }

    /** How many more tasks of the job may be live. */
    private int atOnce(Entry entry) {
        if (state.rooms.isEmpty()) {
            return Planner.NO_LIMIT;
        }
        JobId job = entry.job();
        return state.room(job) - started.getOrDefault(job, 0);
    }

    /** Where it may go now; only to clusters that it prefers for a time. */
    private Ranking ranked(Turn turn) {
        List<Fit.Place> all = places(turn.bucket.fit());
        boolean choosy = choosy(turn.first.submitted(), all, settings, now);
        List<Fit.Place> possible = new ArrayList<>(all.size());
        for (Fit.Place place : all) {
            if ((place.preferred() || !choosy)
                    && turn.stem.branch.allows(place.spot().cluster().name())) {
                possible.add(place);
            }
        }
        return scores.rank(possible, turn);
    }

    /** Whether only the clusters that it prefers are thought of yet. */
    static boolean choosy(Instant submitted, List<Fit.Place> places, PolicySettings settings, Instant now) {
        for (Fit.Place place : places) {
            if (place.preferred()) {
                return now.isBefore(submitted.plus(settings.overflowAfter()));
            }
        }
        return false;
    }

    private void start(Turn turn, Fit.Place place, int count, String reason) {
        TaskSet tasks = turn.left.lowest(count);
        give(turn, place.spot(), tasks, reason);
        if (!state.rooms.isEmpty()) {
            started.merge(turn.first.job(), count, Integer::sum);
        }
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
        // Of an entry that is placed whole nobody asks where it began.
        if (!tasks.equals(turn.left)) {
            turn.gifts.add(gift);
        }
        starts.add(gift);
    }

    /** A turn that found no room, though it might have some by all other rules. */
    private boolean unplaced(Turn turn, List<Fit.Place> ranked) {
        Optional<Fit.Place> coming = turn.guaranteed ? reclaims.of(turn, ranked, others) : Optional.empty();
        if (coming.isPresent()) {
            // It counts as if it had it, so that those behind it may have their part of the guarantee, too.
            turn.stem.take(turn.member, coming.get().counted(), 1);
            started.merge(turn.first.job(), 1, Integer::sum);
            turn.placed(turn.left.lowest(1));
            return true;
        }
        if (turn.member.isBlocked(turn.bucket) && !reserve(turn.first, ranked)) {
            handOverEarly(turn, ranked);
        }
        return false;
    }

    /** Whether room is kept for an entry from now on: on an owned cluster, where it is soonest. */
    private boolean reserve(Entry entry, List<Fit.Place> ranked) {
        ProjectPath project = entry.bucket.kind.project();
        Fit.Place best = null;
        Instant first = Instant.MAX;
        for (Fit.Place place : ranked) {
            if (room.reserves(place.spot()) && !room.isAside(place)) {
                Optional<Instant> at = room.earliest(place, place.limit());
                if (at.isPresent() && at.get().isAfter(now) && at.get().isBefore(first)) {
                    best = place;
                    first = at.get();
                }
            }
        }
        if (best == null) {
            return false;
        }
        room.reserve(best, first, best.limit());
        kept.put(project, new Kept(entry.job(), best, first));
        Move.Reserve reserve = new Move.Reserve(
                project, entry.job(), best.spot().cluster().name(), best.spot().name(), first);
        if (!state.reserves(reserve)) {
            others.add(reserve);
        }
        return true;
    }

    /**
     * Where others hand jobs in, what is free is not ours to keep: one wide job of each project waits in the cluster's own queue,
     * which plans for it.
     */
    private void handOverEarly(Turn turn, List<Fit.Place> ranked) {
        for (Fit.Place place : ranked) {
            Spot spot = place.spot();
            boolean early = spot.plansByItself()
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
            List<Fit.Place> all = places(fit);
            boolean choosy = choosy(held.charge.since(), all, settings, now);
            for (Fit.Place place : all) {
                boolean elsewhere = (place.preferred() || !choosy)
                        && !place.spot().cluster().name().equals(held.charge.cluster())
                        && state.ledger
                                .branch(held.charge.project())
                                .allows(place.spot().cluster().name())
                        && room.of(place, place.limit()) >= held.tasks();
                if (elsewhere) {
                    room.take(place, held.tasks(), place.limit());
                    return true;
                }
            }
            return false;
        } finally {
            held.shape.letGo(fit);
        }
    }
}
