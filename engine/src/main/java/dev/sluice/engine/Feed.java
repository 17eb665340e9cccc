package dev.sluice.engine;

import dev.sluice.cluster.CapacityReading;
import dev.sluice.cluster.Supply;
import dev.sluice.job.Attempt;
import dev.sluice.job.JobState;
import dev.sluice.job.TaskSet;
import dev.sluice.policy.plan.Candidate;
import dev.sluice.policy.plan.Charge;
import dev.sluice.policy.plan.ClusterView;
import dev.sluice.policy.plan.Health;
import dev.sluice.policy.plan.Planner;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

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

    void charge(Job job, JobState.Live live, TaskSet tasks, Instant since) {
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
                since));
    }

    void release(JobState.Live live, TaskSet tasks, Instant at) {
        planner.release(live.attempt().id(), tasks, at);
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
                supply.fileSystems()));
    }

    private static Health health(ClusterRecord cluster) {
        if (cluster.open()) {
            return Health.DOWN;
        }
        return cluster.drain == Event.Drain.ON ? Health.DRAINED : Health.UP;
    }
}
