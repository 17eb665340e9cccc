package dev.sluice.job;

import java.util.Optional;

/**
 * One try of a job on one cluster.
 *
 * @param user whose job it is
 * @param tasks all tasks that were placed with it, whatever became of them since
 * @param tries which try of these tasks this is, from 1
 */
public record Attempt(
        AttemptId id,
        JobId job,
        UserName user,
        ClusterName cluster,
        Optional<String> partition,
        TaskSet tasks,
        int tries) {}
