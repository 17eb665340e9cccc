package dev.sluice.gateway.store;

import dev.sluice.settings.Setting;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * What a site configures of the store: how long what is over is kept.
 *
 * @param archive appended to before a job is purged, never read
 */
public record StoreSettings(
        @Setting(
                text = "How long a job stays in the database after it has ended and left memory.",
                fallback = "90d",
                least = "1h")
        Duration keepEnded,

        @Setting(
                text = "How many ended jobs are kept at most; of more, the oldest go before their time.",
                fallback = "1000000",
                least = "0")
        int keepEndedJobs,

        @Setting(
                text = "How long events are kept. Those from before the newest job that was purged was accepted go"
                        + " with it.",
                fallback = "90d",
                least = "1h")
        Duration keepEvents,

        @Setting(
                text = "A directory to which jobs are written before they are purged, as lines of JSON in a gzip file"
                        + " for each month. Empty: they are not.")
        Optional<Path> archive) {
    public static final StoreSettings DEFAULTS =
            new StoreSettings(Duration.ofDays(90), 1_000_000, Duration.ofDays(90), Optional.empty());
}
