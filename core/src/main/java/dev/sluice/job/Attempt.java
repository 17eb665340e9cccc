package dev.sluice.job;

import java.time.Duration;
import java.util.Optional;

/**
 * One try of a job on one cluster.
 *
 * @param user whose job it is
 * @param tasks all tasks that were placed with it, whatever became of them since
 * @param tries which try of these tasks this is, from 1
 * @param limit the time limit of its object on the cluster, as far as we gave it; empty where that has its cluster's default. The
 *     job's own may have been changed since
 * @param refusedBy clusters that had refused these tasks for ever before
 */
public record Attempt(
        AttemptId id,
        JobId job,
        UserName user,
        ClusterName cluster,
        Optional<String> partition,
        TaskSet tasks,
        int tries,
        Optional<Duration> limit,
        Refusals refusedBy) {
    public Attempt withLimit(Duration value) {
        return new Attempt(id, job, user, cluster, partition, tasks, tries, Optional.of(value), refusedBy);
    }
}
