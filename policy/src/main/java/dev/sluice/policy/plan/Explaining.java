package dev.sluice.policy.plan;

import dev.sluice.job.ClusterName;
import dev.sluice.job.JobId;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.TaskSet;
import dev.sluice.policy.load.Load;
import dev.sluice.policy.plan.Explanation.Basis;
import dev.sluice.policy.plan.Explanation.Expected;
import dev.sluice.policy.project.ProjectTree;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Says of a job why it waits, by a whole plan and what it leaves: whatever rules the plan rules the words. */
final class Explaining {
    /** How many moves of others are looked past. */
    private static final int BUDGET = 10_000;

    /** How many turns before a job's own are counted. */
    private static final int MOST_AHEAD = 10_000;

    private final State state;
    private final Instant now;
    private final Round round;
    private final List<Move.Start> starts;

    Explaining(State state, Instant now) {
        this.state = state;
        this.now = now;
        this.round = new Round(state, now);
        this.starts = round.moves(BUDGET).stream()
                .filter(Move.Start.class::isInstance)
                .map(Move.Start.class::cast)
                .toList();
    }

    /** What of a job the plan starts. */
    List<Move.Start> starts(JobId job) {
        return starts.stream().filter(start -> start.job().equals(job)).toList();
    }

    Explanation of(JobId job) {
        List<Explanation.Wait> waits = new ArrayList<>();
        for (Entry entry : state.line.of(job)) {
            Candidate candidate = entry.candidate();
            Room room = starting(entry).isPresent() ? new Room(state, now) : round.room();
            waits.add(new Explanation.Wait(
                    candidate.tasks(),
                    candidate.priorityClass(),
                    candidate.submitted(),
                    ahead(entry),
                    shares(candidate),
                    everywhere(candidate),
                    places(entry, room),
                    expected(entry),
                    starting(entry).isPresent() ? List.of() : new Trials(state, round, now).of(candidate)));
        }
        return new Explanation(job, waits);
    }

    private boolean startsWhole(Candidate candidate) {
        TaskSet rest = candidate.tasks();
        for (Move.Start start : starts(candidate.job())) {
            rest = rest.minus(start.tasks());
        }
        return rest.isEmpty();
    }

    private Optional<Move.Start> starting(Entry entry) {
        return starts(entry.candidate().job()).stream()
                .filter(start -> start.tasks().intersects(entry.candidate().tasks()))
                .findFirst();
    }

    /** Whose turn comes before the entry's, if there were room for all: at most {@value #MOST_AHEAD} entries. */
    private List<Explanation.Ahead> ahead(Entry entry) {
        SortedMap<ProjectPath, Long> ahead = new TreeMap<>();
        Turns turns = new Turns(state, Room.endless(state, now), now);
        state.line.projects().forEach((project, waiting) -> {
            if (!state.isClosed(project)) {
                turns.add(project, waiting, Optional::empty);
            }
        });
        int count = 0;
        for (Turn turn = turns.next(); turn != null && turn.first != entry && count < MOST_AHEAD; turn = turns.next()) {
            ProjectPath project = turn.bucket.kind.project();
            ahead.merge(project, 1L, Long::sum);
            List<Fit.Place> places = turn.bucket.fit().places(state.board, state.ledger.lines);
            if (!places.isEmpty()) {
                turn.stem.take(turn.member, places.getFirst().counted(), turn.left.size());
            }
            turn.next();
            count++;
        }
        List<Explanation.Ahead> all = new ArrayList<>();
        ahead.forEach((project, entries) -> all.add(new Explanation.Ahead(Optional.of(project), entries)));
        return all;
    }

    private List<Explanation.Share> shares(Candidate candidate) {
        List<Explanation.Share> shares = new ArrayList<>();
        long tick = state.ledger.ticks.at(now);
        long[] totals = state.board.totals();
        for (ProjectPath path : ProjectTree.path(candidate.project())) {
            Branch branch = state.ledger.branch(path);
            double share = new Standing(branch.account, state.ledger, tick).share(branch, totals);
            shares.add(new Explanation.Share(path, Optional.empty(), branch.project.weight(), share));
        }
        Account user = state.ledger.user(candidate.project(), candidate.user());
        double his = new Standing(user, state.ledger, tick).share(null, totals);
        shares.add(new Explanation.Share(candidate.project(), Optional.of(candidate.user()), 1, Math.max(0, his)));
        return shares;
    }

    private List<Reason> everywhere(Candidate candidate) {
        List<Reason> everywhere = new ArrayList<>();
        state.closedBy(candidate.project()).ifPresent(project -> everywhere.add(new Reason.BudgetClosed(project)));
        if (state.room(candidate.job()) <= 0) {
            everywhere.add(new Reason.AtOnce());
        }
        return everywhere;
    }

    private List<Explanation.Place> places(Entry entry, Room room) {
        Candidate candidate = entry.candidate();
        List<Fit.Place> possible = entry.fit().places(state.board, state.ledger.lines);
        boolean choosy = Round.choosy(candidate.submitted(), possible, state.settings, now);
        List<Explanation.Place> places = new ArrayList<>();
        for (ClusterView view : state.board.clusters().values()) {
            List<Reason> whole = ofCluster(candidate, view);
            if (whole.isEmpty()
                    && choosy
                    && !candidate.ask().routing().preferred().contains(view.name())) {
                whole.add(new Reason.Preferred(candidate.submitted().plus(state.settings.overflowAfter())));
            }
            if (!whole.isEmpty()) {
                places.add(new Explanation.Place(view.name(), Optional.empty(), whole));
                continue;
            }
            for (Spot spot : state.board.spots()) {
                boolean wanted = spot.cluster() == view
                        && Filters.wanted(
                                candidate.ask().routing(), view, spot.capacity().name());
                if (wanted) {
                    places.add(new Explanation.Place(view.name(), spot.name(), reasons(entry, spot, room)));
                }
            }
        }
        return places;
    }

    private List<Reason> ofCluster(Candidate candidate, ClusterView view) {
        List<Reason> whole = new ArrayList<>();
        candidate.refusedBy().of(view.name()).map(Reason.RefusedByCluster::new).ifPresent(whole::add);
        whole.addAll(Filters.ofCluster(candidate.ask(), view));
        if (!state.ledger.branch(candidate.project()).allows(view.name())) {
            whole.add(new Reason.ProjectNotThere(candidate.project()));
        }
        if (whole.isEmpty() && state.board.tasks(view.name()) >= view.mostTasks()) {
            whole.add(new Reason.TaskLimit(view.mostTasks()));
        }
        return whole;
    }

    private List<Reason> reasons(Entry entry, Spot spot, Room room) {
        Shape shape = entry.fit().shape;
        List<Reason> reasons = new ArrayList<>(Filters.ofPartition(shape, spot));
        if (!reasons.isEmpty()) {
            return reasons;
        }
        Candidate candidate = entry.candidate();
        Fit.Place place = Fit.Place.of(shape, spot, state.ledger.lines);
        Duration limit = spot.limit(candidate.ask());
        // What it starts itself may be all that it is allowed.
        if (!startsWhole(candidate) && round.allowed(candidate.project(), candidate.user(), place.counted()) == 0) {
            reasons.add(new Reason.ProjectLimit(candidate.project()));
        }
        if (Room.meetsMaintenance(place, now, limit)) {
            spot.cluster().maintenance().map(Reason.Maintenance::new).ifPresent(reasons::add);
        }
        Optional<Reason> aside = aside(place, limit, room);
        if (aside.isPresent()) {
            reasons.add(aside.get());
            return reasons;
        }
        for (Load.Lack lack : room.free(place).lacks(place.need())) {
            reasons.add(new Reason.NotFree(lack.dimension(), lack.need(), Math.max(0, lack.has())));
        }
        if (reasons.isEmpty() && room.of(place, limit) == 0) {
            reasons.add(new Reason.KeptFree(
                    room.longest(place).map(Duration::toSeconds).orElse(0L)));
        }
        return reasons;
    }

    /** What has to do with a reservation of the cluster: that its own has not begun, or that another keeps from it what is free. */
    private static Optional<Reason> aside(Fit.Place place, Duration limit, Room room) {
        Optional<Instant> begins = room.begins(place);
        if (begins.isPresent()) {
            return begins.map(at -> new Reason.NotBegun(place.reservation().orElseThrow(), at));
        }
        return room.meetsAside(place, limit).map(Aside::reservation).map(Reason.SetAside::new);
    }

    private Optional<Expected> expected(Entry entry) {
        Candidate candidate = entry.candidate();
        Optional<Move.Start> start = starting(entry);
        if (start.isPresent()) {
            return Optional.of(
                    new Expected(now, start.get().cluster(), start.get().partition(), Basis.NOW));
        }
        if (!everywhere(candidate).isEmpty()) {
            return Optional.empty();
        }
        Optional<Round.Kept> kept =
                round.kept(candidate.project()).filter(each -> each.job().equals(candidate.job()));
        if (kept.isPresent()) {
            // Elsewhere others may take what is kept free of ours.
            return kept.filter(each -> each.place().spot().owned())
                    .map(each -> expected(each.place(), each.at(), Basis.KEPT));
        }
        Set<ClusterName> not = new HashSet<>();
        Optional<Expected> first = Optional.empty();
        for (Fit.Place place : entry.fit().places(state.board, state.ledger.lines)) {
            Spot spot = place.spot();
            boolean tells = spot.owned()
                    && !not.contains(spot.cluster().name())
                    && ofCluster(candidate, spot.cluster()).isEmpty()
                    && round.allowed(candidate.project(), candidate.user(), place.counted()) > 0;
            if (!tells) {
                not.add(spot.cluster().name());
                continue;
            }
            Optional<Instant> at = round.room().earliest(place, spot.limit(candidate.ask()));
            boolean earlier = at.isPresent()
                    && (first.isEmpty() || at.get().isBefore(first.get().at()));
            if (earlier) {
                first = Optional.of(expected(place, at.get(), Basis.ENDS));
            }
        }
        return first;
    }

    private static Expected expected(Fit.Place place, Instant at, Basis basis) {
        return new Expected(at, place.spot().cluster().name(), place.spot().name(), basis);
    }
}
