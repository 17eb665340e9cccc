package dev.sluice.gateway.settings;

import dev.sluice.engine.EngineSettings;
import dev.sluice.engine.EngineSettings.ClusterSettings;
import dev.sluice.job.ClusterName;
import dev.sluice.job.InvalidValue;
import dev.sluice.job.JobId;
import dev.sluice.policy.plan.PolicySettings;
import dev.sluice.settings.Setting;
import java.time.Duration;
import java.util.SortedMap;

/** The engine's bounds and patience. */
public record EngineConfig(
        @Setting(
                text = "How many tasks of unfinished jobs are kept at the most; more are answered with 503.",
                fallback = "2_000_000",
                least = "1",
                most = "20_000_000")
        int maxTasks,

        @Setting(
                text = "How many idempotency keys are kept at the most; requests with more are answered with 503.",
                fallback = "2_000_000",
                least = "1",
                most = "20_000_000")
        int maxKeys,

        @Setting(text = "For how long an idempotency key is remembered.", fallback = "1d", least = "1m", most = "30d")
        Duration keyLife,

        @Setting(
                text = "By how much a cluster's clock may differ from the gateway's.",
                fallback = "5s",
                least = "0s",
                most = "10m")
        Duration skew,

        @Setting(
                text = "The wait after a first failed attempt; it doubles with each further one.",
                fallback = "10s",
                least = "100ms",
                most = "1h")
        Duration backoff,

        @Setting(text = "The longest wait between two attempts.", fallback = "10m", least = "100ms", most = "1d")
        Duration maxBackoff,

        @Setting(
                text = "For how long an ended job stays in memory, where what depends on it is found fastest.",
                fallback = "1h",
                least = "0s",
                most = "7d")
        Duration heapRetention,

        @Setting(
                text = "For how long an attempt that ended unseen is watched for, in case that it comes back.",
                fallback = "1h",
                least = "0s",
                most = "30d")
        Duration vigil,

        @Setting(text = "How many image registries are asked at once.", fallback = "8", least = "1", most = "256")
        int pins) {
    public EngineConfig {
        if (maxBackoff.compareTo(backoff) < 0) {
            throw new InvalidValue(
                    "max backoff", "no less than backoff, " + backoff.toSeconds() + " s", shown(maxBackoff));
        }
    }

    private static String shown(Duration duration) {
        return duration.toSeconds() + " s";
    }

    EngineSettings settings(
            long realm, JobId firstJob, PolicySettings policy, SortedMap<ClusterName, ClusterSettings> clusters) {
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
                policy,
                clusters);
    }
}
