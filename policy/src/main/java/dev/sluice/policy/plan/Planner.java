package dev.sluice.policy.plan;

import dev.sluice.job.AttemptId;
import dev.sluice.job.ClusterName;
import dev.sluice.job.JobId;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.TaskSet;
import dev.sluice.job.UserName;
import dev.sluice.policy.load.Load;
import dev.sluice.policy.place.Reliability;
import dev.sluice.policy.project.Payer;
import dev.sluice.policy.project.ProjectTree;
import dev.sluice.policy.project.Usage;
import dev.sluice.spec.Ask;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * Decides which waiting job starts next, and where: by what projects are promised, by their shares and by age.
 *
 * <p>It holds only what it was told, and a planner made of its {@link #snapshot} plans the same. For one thread.
 */
public final class Planner {
    /** For {@link #room}: the job may have as many tasks at once as it likes. */
    public static final int NO_LIMIT = Integer.MAX_VALUE;

    private final State state;

    private Planner(PolicySettings settings) {
        this.state = new State(settings);
    }

    public static Planner of(Snapshot whole, PolicySettings settings) {
        Planner planner = new Planner(settings);
        whole.clusters().values().forEach(planner::see);
        whole.charges().forEach(planner::charge);
        whole.queued().forEach(planner::queue);
        whole.rooms().forEach(planner::room);
        whole.closed().forEach(project -> planner.budget(project, Budget.CLOSED));
        whole.usages().forEach(planner::usage);
        whole.reservations().values().forEach(planner::reserve);
        planner.state.reliabilities.putAll(whole.reliabilities());
        return planner;
    }

    /** These tasks wait for capacity; of those that did already, the newer candidate counts. */
    public void queue(Candidate job) {
        state.line.add(job);
    }

    /** These tasks wait for capacity no more. */
    public void leave(JobId job, TaskSet tasks) {
        state.line.remove(job, tasks);
        state.forget(job);
    }

    /** How many more tasks of the job may be live; {@link #NO_LIMIT} for any number. */
    public void room(JobId job, int tasks) {
        if (tasks == NO_LIMIT) {
            state.rooms.remove(job);
        } else {
            state.rooms.put(job, tasks);
        }
    }

    /** Tasks of an attempt hold capacity from now on. */
    public void charge(Charge charge) {
        state.board.charge(charge);
    }

    /** These tasks of an attempt run since then; told again, the last time counts. */
    public void started(AttemptId attempt, TaskSet tasks, Instant at) {
        state.board.started(attempt, tasks, at);
    }

    /** These tasks of an attempt were asked to end, for whatever reason: what they hold is about to be free. */
    public void leaving(AttemptId attempt, TaskSet tasks) {
        state.board.leaving(attempt, tasks);
    }

    /** They shall go on after all. */
    public void stays(AttemptId attempt, TaskSet tasks) {
        state.board.stays(attempt, tasks);
    }

    /** These tasks of an attempt wait in their cluster's queue, again where they had started. */
    public void waits(AttemptId attempt, TaskSet tasks) {
        state.board.waits(attempt, tasks);
    }

    /** These tasks of an attempt hold nothing any more. */
    public void release(AttemptId attempt, TaskSet tasks) {
        state.board.release(attempt, tasks);
    }

    /**
     * Tasks of attempts on a cluster ended. Not what {@link #release} says: that is about capacity, this about trust.
     *
     * @param fault whether they ended by the cluster's fault, and no job's
     */
    public void ended(ClusterName cluster, int tasks, boolean fault, Instant at) {
        state.reliabilities.merge(
                cluster, Reliability.UNKNOWN.plus(tasks, fault, at), (known, fresh) -> known.plus(tasks, fault, at));
    }

    /** Room is kept for a job of a project from now on, and for no other of it. */
    public void reserve(Move.Reserve reserve) {
        state.reservations.put(reserve.project(), reserve);
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
            usage(payer, usage(payer).plus(all, cluster, started, ended, state.settings.halfLife()));
        }
    }

    /** Something that is no run of ours was used, and is charged to a project and all above it. */
    public void usedByNatives(ProjectPath project, ClusterName cluster, Load held, Instant from, Instant until) {
        for (ProjectPath each : ProjectTree.path(project)) {
            Payer payer = Payer.of(each);
            usage(payer, usage(payer).plus(held, cluster, from, until, state.settings.halfLife()));
        }
    }

    /** What somebody has used so far by runs that are over, and by natives. */
    public Usage usage(Payer payer) {
        return state.ledger.usage(payer);
    }

    /** Of all who have used anything. */
    public SortedMap<Payer, Usage> usages() {
        return state.ledger.usages();
    }

    /** As it was told before: what a store kept. */
    public void usage(Payer payer, Usage usage) {
        state.ledger.usage(payer, usage);
    }

    /** Whether there is a place for tasks of the job, however full it is now. */
    public boolean hasPlace(Candidate job) {
        Branch branch = state.ledger.branch(job.project());
        return state.board.places(job.ask(), job.refusedBy()).stream()
                .anyMatch(place -> branch.allows(place.spot().cluster().name()));
    }

    /** What one task of an ask holds on a partition; as much as the ask itself says where the partition is not known. */
    public Load size(ClusterName cluster, Optional<String> partition, Ask ask) {
        return state.board.size(cluster, partition, ask);
    }

    public void see(ClusterView cluster) {
        state.board.see(cluster);
    }

    /** A closed project starts nothing, nor do those below it. */
    public void budget(ProjectPath project, Budget budget) {
        state.budget(project, budget);
    }

    /** All that was told and still matters. */
    public Snapshot snapshot() {
        return new Snapshot(
                state.line.candidates(),
                List.copyOf(state.board.charges()),
                state.board.clusters(),
                state.rooms,
                state.closed,
                state.ledger.usages(),
                state.reservations,
                state.reliabilities);
    }

    /** At most so many moves; changes nothing. */
    public Plan plan(Instant now, int budget) {
        return new Plan(new Round(state, now).moves(budget));
    }

    /** Why the waiting parts of a job have not started. */
    public Explanation explain(JobId job, Instant now) {
        return new Explaining(state, now).of(job);
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
        if (!state.line.of(job.job()).isEmpty()) {
            throw new IllegalArgumentException("job " + job.job() + " is queued already");
        }
        queue(job);
        room(job.job(), room);
        try {
            Explaining explaining = new Explaining(state, now);
            return new Trial(explaining.starts(job.job()), explaining.of(job.job()));
        } finally {
            leave(job.job(), job.tasks());
            room(job.job(), NO_LIMIT);
        }
    }
}
