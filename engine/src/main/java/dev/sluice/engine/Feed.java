package dev.sluice.engine;

import dev.sluice.cluster.CapacityReading;
import dev.sluice.cluster.CapacityReading.Amount;
import dev.sluice.cluster.Supply;
import dev.sluice.job.Attempt;
import dev.sluice.job.AttemptEnd;
import dev.sluice.job.AttemptId;
import dev.sluice.job.ClusterName;
import dev.sluice.job.JobState;
import dev.sluice.job.Phase;
import dev.sluice.job.TaskSet;
import dev.sluice.job.Wish;
import dev.sluice.policy.plan.Candidate;
import dev.sluice.policy.plan.Charge;
import dev.sluice.policy.plan.ClusterView;
import dev.sluice.policy.plan.Health;
import dev.sluice.policy.plan.Planner;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Tells the planner what the book's changes mean to it. */
final class Feed {
    private final Planner planner;
    private final JobClock wakes;

    Feed(Planner planner, JobClock wakes) {
        this.planner = planner;
        this.wakes = wakes;
    }

    /** Tasks wait: in the queue, when no gate and no back-off keeps them out. */
    void wait(Job job, TaskSet tasks, JobState.Waiting waiting, Instant now) {
        if (!waiting.gates().isEmpty()) {
            return;
        }
        if (waiting.notBefore().isAfter(now)) {
            wakes.put(job.id(), waiting.notBefore());
            return;
        }
        planner.queue(candidate(job.head(), tasks, waiting));
    }

    static Candidate candidate(JobHead head, TaskSet tasks, JobState.Waiting waiting) {
        return new Candidate(
                head.id(),
                tasks,
                head.ask(),
                head.project(),
                head.user(),
                head.priorityClass(),
                head.submitted(),
                head.barred().and(waiting.refusedBy()));
    }

    void leave(Job job, TaskSet tasks) {
        planner.leave(job.id(), tasks);
    }

    /** Tasks of an attempt live: some anew, and all as their phase and the wish for them have it. */
    void live(Job job, JobState.Live live, TaskSet tasks, TaskSet fresh, Instant at) {
        AttemptId id = live.attempt().id();
        if (isGivenUp(live.phase())) {
            planner.release(id, tasks);
            return;
        }
        if (!fresh.isEmpty()) {
            charge(job, live, fresh, at);
        }
        live.phase().startedAt().ifPresent(started -> planner.started(id, tasks, started));
        if (live.phase() instanceof Phase.Pending) {
            planner.waits(id, tasks);
        }
        switch (live.wish()) {
            case Wish.Stop stop -> planner.leaving(id, tasks);
            case Wish.Run run -> planner.stays(id, tasks);
        }
    }

    private void charge(Job job, JobState.Live live, TaskSet tasks, Instant since) {
        Attempt attempt = live.attempt();
        JobHead head = job.head();
        planner.charge(Charge.placed(
                attempt.id(),
                head.id(),
                attempt.cluster(),
                attempt.partition(),
                tasks,
                head.ask(),
                head.project(),
                head.user(),
                head.priorityClass(),
                head.rules().preemptible(),
                attempt.refusedBy().and(head.barred()),
                since));
    }

    /** Tasks of an attempt are about to change, whether or not they stay with it. */
    void changes(Job job, JobState.Live live, TaskSet tasks, boolean stays, Instant at) {
        if (!stays) {
            planner.release(live.attempt().id(), tasks);
        } else if (isGivenUp(live.phase())) {
            charge(job, live, tasks, at);
        }
    }

    /**
     * Whether its cluster has forgotten it for good, and nothing can tell whether it ran. For its cluster it holds nothing, and it may stay so for
     * as long as nobody settles it: it keeps no room from others.
     */
    private static boolean isGivenUp(Phase phase) {
        return phase instanceof Phase.Missing missing && missing.certainty() == Phase.Certainty.UNRESOLVED;
    }

    /** Tasks of an attempt ended: whose fault it was, where it can be anybody's. */
    void closed(Event.Closed closed, @Nullable Tracked tracked, Instant at) {
        if (tracked == null) {
            return;
        }
        ClusterName cluster = tracked.attempt.cluster();
        int tasks = closed.tasks().size();
        switch (closed.end()) {
            case AttemptEnd.Finished finished -> planner.ended(cluster, tasks, false, at);
            case AttemptEnd.Interrupted i -> planner.ended(cluster, tasks, true, at);
            case AttemptEnd.NodeLost n -> planner.ended(cluster, tasks, true, at);
            case AttemptEnd.NeverStarted n -> planner.ended(cluster, tasks, true, at);
            // What was refused does not suit the one job; the rest is what people wanted.
            case AttemptEnd.RefusedByCluster r -> {}
            case AttemptEnd.Stopped s -> {}
            case AttemptEnd.Preempted p -> {}
            case AttemptEnd.Withdrawn w -> {}
            case AttemptEnd.Settled s -> {}
        }
    }

    void room(Job job) {
        if (job.head().atOnce() > 0) {
            planner.room(
                    job.id(),
                    job.ended() ? Planner.NO_LIMIT : Math.max(0, job.head().atOnce() - job.live()));
        }
    }

    void see(ClusterRecord cluster) {
        List<CapacityReading.PartitionCapacity> partitions =
                cluster.capacity.map(CapacityReading.Capacity::open).orElse(List.of());
        Optional<String> usual = cluster.capacity.flatMap(CapacityReading.Capacity::defaultPartition);
        Supply supply = cluster.capacity.map(CapacityReading.Capacity::supply).orElse(Supply.UNTOLD);
        planner.see(new ClusterView(
                cluster.name(),
                health(cluster),
                partitions,
                usual,
                ClusterView.UNLIMITED,
                supply.ownership().orElse(Supply.Ownership.GUEST),
                supply.fileSystems(),
                supply.modules(),
                whole(supply, partitions),
                maintenance(supply),
                supply.queue(),
                blocks(supply),
                supply.reservations().stream()
                        .filter(reservation -> !isOfAll(reservation, supply))
                        .toList()));
    }

    /** What a cluster has, each node once; where it does not tell of nodes, what its partitions have. */
    private static Amount whole(Supply supply, List<CapacityReading.PartitionCapacity> partitions) {
        Amount sum = Amount.of(0, 0);
        for (ClusterView.Block block : blocks(supply)) {
            sum = sum.plus(block.amount(), 1);
        }
        if (supply.nodes().isEmpty()) {
            for (CapacityReading.PartitionCapacity partition : partitions) {
                sum = sum.plus(partition.total(), 1);
            }
        }
        return sum;
    }

    private static List<ClusterView.Block> blocks(Supply supply) {
        return supply.nodes().stream()
                .map(group -> new ClusterView.Block(
                        group.partitions(),
                        Amount.of(0, 0)
                                .plus(
                                        group.each(),
                                        group.counts().all() - group.counts().down())))
                .toList();
    }

    /** When all of its nodes are next set aside for maintenance. */
    private static Optional<Instant> maintenance(Supply supply) {
        return supply.reservations().stream()
                .filter(reservation -> isOfAll(reservation, supply))
                .map(Supply.Reservation::start)
                .min(Comparator.naturalOrder());
    }

    private static boolean isOfAll(Supply.Reservation reservation, Supply supply) {
        int nodes =
                supply.nodes().stream().mapToInt(group -> group.counts().all()).sum();
        return reservation.purpose() == Supply.Purpose.MAINTENANCE && reservation.nodeCount() >= nodes && nodes > 0;
    }

    private static Health health(ClusterRecord cluster) {
        if (cluster.open()) {
            return Health.DOWN;
        }
        return cluster.drain == Event.Drain.ON ? Health.DRAINED : Health.UP;
    }
}
