package dev.sluice.policy.plan;

import dev.sluice.job.TaskSet;

/** Tasks of one entry to one partition: one move, however many turns they took. */
final class Gift {
    final Entry entry;
    final Spot spot;
    final String reason;
    TaskSet tasks;

    Gift(Entry entry, Spot spot, String reason, TaskSet tasks) {
        this.entry = entry;
        this.spot = spot;
        this.reason = reason;
        this.tasks = tasks;
    }

    Move.Start move() {
        return new Move.Start(entry.job(), tasks, spot.cluster().name(), spot.name(), reason);
    }
}
