package dev.sluice.cluster;

import java.time.Instant;

/**
 * A run of tasks that is over, while their object went on and had a later one: it is no end, and it is paid for.
 *
 * @param run the cluster's restart count at that time
 * @param ended no earlier than it started
 */
public record PastRun(int run, Instant started, Instant ended) {
    public PastRun {
        if (ended.isBefore(started)) {
            ended = started;
        }
    }
}
