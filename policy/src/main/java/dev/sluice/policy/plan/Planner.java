package dev.sluice.policy.plan;

import dev.sluice.job.AttemptId;
import dev.sluice.job.ClusterName;
import dev.sluice.job.JobId;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.TaskSet;
import dev.sluice.job.UserName;
import dev.sluice.policy.load.Load;
import dev.sluice.policy.project.Payer;
import dev.sluice.policy.project.ProjectTree;
import dev.sluice.policy.project.Usage;
import dev.sluice.spec.Ask;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Decides which waiting job starts next, and where: by priority class, then by age, on the first partition that has room.
 *
 * <p>It holds only what it was told, and a planner made of its {@link #snapshot} plans the same. For one thread.
 */
public final class Planner {
    /** For {@link #room}: the job may have as many tasks at once as it likes. */
    public static final int NO_LIMIT = Integer.MAX_VALUE;

    /** How many moves of others a trial looks past. */
    private static final int TRIAL_BUDGET = 10_000;

    private final PolicySettings settings;
    private final Board board;
    private final Line line;
    private final TreeMap<JobId, Integer> rooms = new TreeMap<>();
    private final Set<ProjectPath> closed = new HashSet<>();
    private final TreeMap<Payer, Usage> usages = new TreeMap<>();

    private Planner(PolicySettings settings) {
        Shape.Register shapes = new Shape.Register();
        this.settings = settings;
        this.board = new Board(shapes);
        this.line = new Line(shapes);
    }

    public static Planner of(Snapshot whole, PolicySettings settings) {
        Planner planner = new Planner(settings);
        whole.clusters().values().forEach(planner::see);
        whole.charges().forEach(planner::charge);
        whole.queued().forEach(planner::queue);
        whole.rooms().forEach(planner::room);
        planner.closed.addAll(whole.closed());
        planner.usages.putAll(whole.usages());
        return planner;
    }

    /** These tasks wait for capacity; of those that did already, the newer candidate counts. */
    public void queue(Candidate job) {
        line.add(job);
    }

    /** These tasks wait for capacity no more. */
    public void leave(JobId job, TaskSet tasks) {
        line.remove(job, tasks);
    }

    /** How many more tasks of the job may be live; {@link #NO_LIMIT} for any number. */
    public void room(JobId job, int tasks) {
        if (tasks == NO_LIMIT) {
            rooms.remove(job);
        } else {
            rooms.put(job, tasks);
        }
    }

    public void charge(Charge charge) {
        board.charge(charge);
    }

    /** These tasks of an attempt run since then; told again, the last time counts. */
    public void started(AttemptId attempt, TaskSet tasks, Instant at) {
        board.started(attempt, tasks, at);
    }

    /** These tasks are being taken back for another job, which has a claim on what they hold. */
    public void reclaimed(AttemptId attempt, TaskSet tasks, JobId by) {
        board.reclaimed(attempt, tasks, by);
    }

    /**
     * A run of tasks is over and was paid for, once for everyone who pays.
     *
     * @param each what one task of it held: {@link #size}
     */
    public void used(
            ProjectPath project,
            UserName user,
            ClusterName cluster,
            Load each,
            int tasks,
            Instant started,
            Instant ended) {
        Load all = each.times(tasks);
        for (Payer payer : Payer.of(ProjectTree.path(project), user)) {
            usage(payer, usage(payer).plus(all, cluster, started, ended, settings.halfLife()));
        }
    }

    /** What somebody has used so far by runs that are over. */
    public Usage usage(Payer payer) {
        Usage usage = usages.get(payer);
        return usage == null ? Usage.NONE : usage;
    }

    /** As it was told before: what a store kept. */
    public void usage(Payer payer, Usage usage) {
        usages.put(payer, usage);
    }

    /** What one task of an ask holds on a partition; as much as the ask itself says where the partition is not known. */
    public Load size(ClusterName cluster, Optional<String> partition, Ask ask) {
        return board.size(cluster, partition, ask);
    }

    /** These tasks of an attempt hold nothing any more. */
    public void release(AttemptId attempt, TaskSet tasks, Instant at) {
        board.release(attempt, tasks);
    }

    public void see(ClusterView cluster) {
        board.see(cluster);
    }

    /** A closed project starts nothing, nor do those below it. */
    public void budget(ProjectPath project, Budget budget) {
        switch (budget) {
            case OPEN -> closed.remove(project);
            case CLOSED -> closed.add(project);
        }
    }

    /** All that was told and still matters. */
    public Snapshot snapshot() {
        return new Snapshot(
                line.candidates(),
                List.copyOf(board.charges()),
                board.clusters(),
                rooms,
                new TreeSet<>(closed),
                usages);
    }

    /** At most so many moves; changes nothing. */
    public Plan plan(Instant now, int budget) {
        return new Plan(new Round(board, line, rooms, this::isClosed, settings).moves(budget));
    }

    private boolean isClosed(ProjectPath project) {
        return closedBy(project).isPresent();
    }

    private Optional<ProjectPath> closedBy(ProjectPath project) {
        for (Optional<ProjectPath> at = Optional.of(project);
                at.isPresent();
                at = at.get().parent()) {
            if (closed.contains(at.get())) {
                return at;
            }
        }
        return Optional.empty();
    }

    /** Why the waiting parts of a job have not started. */
    public Explanation explain(JobId job, Instant now) {
        List<Explanation.Wait> waits = new ArrayList<>();
        for (Entry entry : line.of(job)) {
            Candidate candidate = entry.candidate();
            List<Reason> everywhere = new ArrayList<>();
            closedBy(candidate.project()).ifPresent(project -> everywhere.add(new Reason.BudgetClosed(project)));
            if (rooms.getOrDefault(job, NO_LIMIT) <= 0) {
                everywhere.add(new Reason.AtOnce());
            }
            waits.add(new Explanation.Wait(
                    candidate.tasks(),
                    candidate.priorityClass(),
                    candidate.submitted(),
                    line.ahead(entry),
                    everywhere,
                    places(entry)));
        }
        return new Explanation(job, waits);
    }

    /**
     * What would become of a job that is not in the queue.
     *
     * @param starts where its tasks would start now; fewer than all of them, or none
     */
    public record Trial(List<Move.Start> starts, Explanation explanation) {
        public Trial {
            starts = List.copyOf(starts);
        }
    }

    /**
     * What would become of a job if it were queued now; afterwards it is not.
     *
     * @param room how many tasks of it may be live at once; {@link #NO_LIMIT} for any number
     * @throws IllegalArgumentException when the job is queued already
     */
    public Trial attempt(Candidate job, int room, Instant now) {
        if (!line.of(job.job()).isEmpty()) {
            throw new IllegalArgumentException("job " + job.job() + " is queued already");
        }
        queue(job);
        room(job.job(), room);
        try {
            List<Move.Start> starts = plan(now, TRIAL_BUDGET).moves().stream()
                    .filter(Move.Start.class::isInstance)
                    .map(Move.Start.class::cast)
                    .filter(start -> start.job().equals(job.job()))
                    .toList();
            return new Trial(starts, explain(job.job(), now));
        } finally {
            leave(job.job(), job.tasks());
            room(job.job(), NO_LIMIT);
        }
    }

    private List<Explanation.Place> places(Entry entry) {
        List<Explanation.Place> places = new ArrayList<>();
        for (ClusterView view : board.clusters().values()) {
            List<Reason> whole = new ArrayList<>();
            entry.candidate()
                    .refusedBy()
                    .of(view.name())
                    .map(Reason.RefusedByCluster::new)
                    .ifPresent(whole::add);
            whole.addAll(Filters.ofCluster(entry.candidate().ask(), view));
            if (whole.isEmpty() && board.tasks(view.name()) >= view.mostTasks()) {
                whole.add(new Reason.TaskLimit(view.mostTasks()));
            }
            if (!whole.isEmpty()) {
                places.add(new Explanation.Place(view.name(), Optional.empty(), whole));
                continue;
            }
            for (Spot spot : board.spots()) {
                boolean wanted = spot.cluster() == view
                        && Filters.wanted(
                                entry.candidate().ask().routing(),
                                view,
                                spot.capacity().name());
                if (wanted) {
                    places.add(new Explanation.Place(view.name(), spot.name(), reasons(entry, spot)));
                }
            }
        }
        return places;
    }

    private List<Reason> reasons(Entry entry, Spot spot) {
        List<Reason> reasons = new ArrayList<>(Filters.ofPartition(entry.fit().shape, spot));
        if (reasons.isEmpty()) {
            for (Load.Lack lack : spot.free(settings).lacks(spot.need(entry.fit().shape))) {
                reasons.add(new Reason.NotFree(lack.dimension(), lack.need(), Math.max(0, lack.has())));
            }
        }
        return reasons;
    }
}
