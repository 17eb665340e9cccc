package dev.sluice.policy.plan;

import dev.sluice.job.ClusterName;
import dev.sluice.job.JobId;
import dev.sluice.job.ProjectPath;
import dev.sluice.policy.place.Reliability;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** All that a planner was told. */
final class State {
    final PolicySettings settings;
    final Ledger ledger;
    final Board board;
    final Line line;
    final TreeMap<JobId, Integer> rooms = new TreeMap<>();
    final TreeSet<ProjectPath> closed = new TreeSet<>();
    /** For which job of a project room is kept. */
    final TreeMap<ProjectPath, Move.Reserve> reservations = new TreeMap<>();

    /** How much of what clusters were given ended by their own fault. */
    final TreeMap<ClusterName, Reliability> reliabilities = new TreeMap<>();

    private final Map<ProjectPath, Optional<ProjectPath>> closedBy = new HashMap<>();

    State(PolicySettings settings) {
        Shape.Register shapes = new Shape.Register();
        this.settings = settings;
        this.ledger = new Ledger(settings);
        this.board = new Board(shapes, ledger, settings.placement());
        this.line = new Line(shapes);
    }

    /** How many more tasks of the job may be live. */
    int room(JobId job) {
        return rooms.isEmpty() ? Planner.NO_LIMIT : rooms.getOrDefault(job, Planner.NO_LIMIT);
    }

    /** A closed project starts nothing, nor do those below it. */
    void budget(ProjectPath project, Budget budget) {
        switch (budget) {
            case OPEN -> closed.remove(project);
            case CLOSED -> closed.add(project);
        }
        closedBy.clear();
    }

    boolean isClosed(ProjectPath project) {
        return !closed.isEmpty() && closedBy(project).isPresent();
    }

    Optional<ProjectPath> closedBy(ProjectPath project) {
        return closedBy.computeIfAbsent(project, this::closedAbove);
    }

    private Optional<ProjectPath> closedAbove(ProjectPath project) {
        for (Optional<ProjectPath> at = Optional.of(project);
                at.isPresent();
                at = at.get().parent()) {
            if (closed.contains(at.get())) {
                return at;
            }
        }
        return Optional.empty();
    }

    /** Whose job room is kept for in a project. */
    Optional<JobId> reserved(ProjectPath project) {
        return Optional.ofNullable(reservations.get(project)).map(Move.Reserve::job);
    }

    /** Whether it was told already that room is kept for this job there. */
    boolean reserves(Move.Reserve move) {
        Move.Reserve known = reservations.get(move.project());
        return known != null
                && known.job().equals(move.job())
                && known.cluster().equals(move.cluster())
                && known.partition().equals(move.partition());
    }

    /** A job that waits no more needs no room. */
    void forget(JobId job) {
        if (!reservations.isEmpty() && !line.has(job)) {
            reservations.values().removeIf(reserve -> reserve.job().equals(job));
        }
    }
}
