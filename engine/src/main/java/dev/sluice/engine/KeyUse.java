package dev.sluice.engine;

import dev.sluice.job.JobId;
import java.time.Instant;
import java.util.List;

/**
 * What a client's key stands for.
 *
 * @param fingerprint a hash of the body
 * @param jobs the first ids of the jobs that it made
 * @param expires after it the key is as good as new
 */
public record KeyUse(long fingerprint, List<JobId> jobs, Instant expires) {
    public KeyUse {
        jobs = List.copyOf(jobs);
    }
}
