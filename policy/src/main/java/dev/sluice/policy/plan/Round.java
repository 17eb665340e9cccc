package dev.sluice.policy.plan;

import dev.sluice.job.ClusterName;
import dev.sluice.job.JobId;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.TaskSet;
import dev.sluice.policy.load.Load;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeSet;
import java.util.function.Predicate;

/** One plan in the making: what its own earlier moves take counts as taken. */
final class Round {
    private final Board board;
    private final Line line;
    private final Map<JobId, Integer> rooms;
    private final Predicate<ProjectPath> closed;
    private final List<Load> free = new ArrayList<>();
    private final Map<JobId, Integer> started = new HashMap<>();
    private final Map<ClusterName, Long> given = new HashMap<>();
    private final List<Move> moves = new ArrayList<>();

    Round(Board board, Line line, Map<JobId, Integer> rooms, Predicate<ProjectPath> closed, PolicySettings settings) {
        this.board = board;
        this.line = line;
        this.rooms = rooms;
        this.closed = closed;
        board.spots().forEach(spot -> free.add(spot.free(settings)));
    }

    /** A bucket that is not blocked yet: its next entry, and those behind. */
    private record Head(Entry entry, Iterator<Entry> rest) {}

    List<Move> moves(int budget) {
        PriorityQueue<Head> heads = new PriorityQueue<>(Comparator.comparing(Head::entry, Entry.ORDER));
        for (TreeSet<Entry> bucket : line.buckets()) {
            Entry first = bucket.first();
            boolean possible = !closed.test(first.candidate().project()) && fits(first.fit());
            if (possible) {
                Iterator<Entry> entries = bucket.iterator();
                heads.add(new Head(entries.next(), entries));
            }
        }
        while (!heads.isEmpty() && moves.size() < budget) {
            Head head = heads.remove();
            place(head.entry(), budget);
            // What one task of a bucket does not find, no other of it does.
            if (head.rest().hasNext() && fits(head.entry().fit())) {
                heads.add(new Head(head.rest().next(), head.rest()));
            }
        }
        return moves;
    }

    private boolean fits(Fit fit) {
        return fit.places(board).stream().anyMatch(place -> room(place) > 0);
    }

    /** How many tasks a place takes now. */
    private long room(Fit.Place place) {
        ClusterView cluster = place.spot().cluster();
        long tasks = board.tasks(cluster.name()) + given.getOrDefault(cluster.name(), 0L);
        return Math.min(free.get(place.spot().index).holds(place.need()), Math.max(0, cluster.mostTasks() - tasks));
    }

    private void place(Entry entry, int budget) {
        Candidate candidate = entry.candidate();
        int atOnce = rooms.getOrDefault(candidate.job(), Planner.NO_LIMIT) - started.getOrDefault(candidate.job(), 0);
        TaskSet left = candidate.tasks();
        for (Fit.Place place : ranked(entry.fit())) {
            int count = (int) Math.min(Math.min(room(place), left.size()), Math.max(0, atOnce));
            if (count <= 0 || moves.size() == budget) {
                continue;
            }
            TaskSet tasks = left.lowest(count);
            left = left.minus(tasks);
            atOnce -= count;
            start(candidate, tasks, place);
        }
    }

    /** Preferred clusters first, then where most tasks fit, then by name. */
    private List<Fit.Place> ranked(Fit fit) {
        List<Fit.Place> ranked = new ArrayList<>(fit.places(board));
        ranked.sort(Comparator.comparing(Fit.Place::preferred)
                .reversed()
                .thenComparing(Comparator.comparingLong(this::room).reversed())
                .thenComparingInt(place -> place.spot().index));
        return ranked;
    }

    private void start(Candidate candidate, TaskSet tasks, Fit.Place place) {
        Spot spot = place.spot();
        ClusterName cluster = spot.cluster().name();
        String reason = place.preferred() ? "fits on a preferred cluster" : "fits where most is free";
        moves.add(new Move.Start(candidate.job(), tasks, cluster, spot.name(), reason));
        free.set(spot.index, free.get(spot.index).plus(place.need(), -tasks.size()));
        started.merge(candidate.job(), tasks.size(), Integer::sum);
        given.merge(cluster, (long) tasks.size(), Long::sum);
    }
}
