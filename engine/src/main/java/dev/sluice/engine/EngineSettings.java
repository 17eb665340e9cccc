package dev.sluice.engine;

import dev.sluice.job.ClusterName;
import dev.sluice.job.InvalidValue;
import dev.sluice.job.JobId;
import dev.sluice.job.TaskSet;
import dev.sluice.policy.plan.PolicySettings;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a site configures of the engine.
 *
 * @param realm the installation, drawn once: objects with another realm's key are somebody else's
 * @param firstJob where job ids begin
 * @param maxTasks how many tasks of unfinished jobs are kept at most; more are refused
 * @param maxKeys how many idempotency keys are kept at most; requests with more are refused
 * @param keyLife how long an idempotency key is remembered
 * @param skew by how much a cluster's clock may differ from ours
 * @param backoff before the next attempt after the first failed one; doubles up to {@code maxBackoff}
 * @param heapRetention how long an ended job stays on the heap
 * @param vigil how long an attempt that ended unseen is watched for, in case it comes back
 * @param pins how many registries' answers are awaited at once
 */
public record EngineSettings(
        long realm,
        JobId firstJob,
        int maxTasks,
        int maxKeys,
        Duration keyLife,
        Duration skew,
        Duration backoff,
        Duration maxBackoff,
        Duration heapRetention,
        Duration vigil,
        int pins,
        PolicySettings policy,
        SortedMap<ClusterName, ClusterSettings> clusters) {
    public EngineSettings {
        atLeast("max tasks", maxTasks, 1);
        atLeast("max keys", maxKeys, 1);
        atLeast("pins", pins, 1);
        clusters = Collections.unmodifiableSortedMap(new TreeMap<>(clusters));
    }

    /** The defaults for these clusters. */
    public static EngineSettings of(long realm, List<ClusterSettings> clusters) {
        SortedMap<ClusterName, ClusterSettings> byName = new TreeMap<>();
        clusters.forEach(cluster -> byName.put(cluster.name(), cluster));
        return new EngineSettings(
                realm,
                new JobId(JobId.FIRST),
                2_000_000,
                2_000_000,
                Duration.ofDays(1),
                Duration.ofSeconds(5),
                Duration.ofSeconds(10),
                Duration.ofMinutes(10),
                Duration.ofHours(1),
                Duration.ofHours(1),
                8,
                PolicySettings.DEFAULTS,
                byName);
    }

    /** The same with another policy. */
    public EngineSettings withPolicy(PolicySettings value) {
        return new EngineSettings(
                realm,
                firstJob,
                maxTasks,
                maxKeys,
                keyLife,
                skew,
                backoff,
                maxBackoff,
                heapRetention,
                vigil,
                pins,
                value,
                clusters);
    }

    static void atLeast(String field, long value, long least) {
        if (value < least) {
            throw new InvalidValue(field, "at least " + least, Long.toString(value));
        }
    }

    /**
     * What a site configures of one cluster.
     *
     * @param requestLife how long after it was sent a request may still act: the life of a token, munge's TTL
     * @param poll how long one look waits for a change
     * @param sweep how often everything is looked at
     * @param minJobAge how long its queue keeps an ended job; empty when unknown or when it has accounting to ask
     * @param absence how far apart two looks must be that miss a job before it counts as gone
     * @param trust from sending a park or a read until a release by id that rests on it is sent, at most: less than its
     *     controller needs to die and come back, for then the id may be somebody else's. Long where the release itself
     *     looks at what it releases
     * @param saves for how long a controller may still forget what it has acknowledged; zero where that is durable
     * @param arraySpan how far apart the first and last task of one attempt may lie, in indices and plus one (SLURM:
     *     MaxArraySize); an array that goes beyond becomes several attempts
     * @param maxWidth how many calls may be under way at once
     * @param tripAfter how many doubtful answers in a row open the breaker
     * @param pause how long the breaker stays open at first; doubles up to {@code maxPause}
     */
    public record ClusterSettings(
            ClusterName name,
            Duration requestLife,
            Duration poll,
            Duration sweep,
            Optional<Duration> minJobAge,
            Duration absence,
            Duration trust,
            Duration saves,
            int arraySpan,
            int maxWidth,
            int tripAfter,
            Duration pause,
            Duration maxPause) {
        public ClusterSettings {
            atLeast("array span of " + name, arraySpan, 1);
            atLeast("lane width of " + name, maxWidth, 1);
            atLeast("breaker of " + name, tripAfter, 1);
            Duration seldom = poll.compareTo(sweep) > 0 ? poll : sweep;
            if (minJobAge.isPresent() && seldom.multipliedBy(3).compareTo(minJobAge.get()) > 0) {
                throw new InvalidValue(
                        "poll and sweep interval of " + name,
                        "at most a third of MinJobAge, "
                                + minJobAge.get().dividedBy(3).toSeconds() + " s",
                        seldom.toSeconds() + " s");
            }
        }

        /** Every array in one attempt. */
        public static final int ANY_SPAN = TaskSet.MAX_INDEX + 1;

        public static ClusterSettings of(ClusterName name) {
            return new ClusterSettings(
                    name,
                    Duration.ofSeconds(60),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(60),
                    Optional.empty(),
                    Duration.ofSeconds(60),
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(10),
                    ANY_SPAN,
                    256,
                    5,
                    Duration.ofSeconds(5),
                    Duration.ofMinutes(2));
        }
    }
}
