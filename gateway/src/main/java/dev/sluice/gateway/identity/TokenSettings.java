package dev.sluice.gateway.identity;

import dev.sluice.settings.Setting;
import java.time.Duration;

/** Bounds of tokens. */
public record TokenSettings(
        @Setting(
                text = "For how long a new token is good unless it is said when it is made.",
                fallback = "90d",
                least = "1m",
                most = "3650d")
        Duration life,

        @Setting(
                text = "For how long a token may be good at the most.",
                fallback = "366d",
                least = "1m",
                most = "3650d")
        Duration longestLife,

        @Setting(
                text = "How many tokens are kept at the most, the revoked ones too.",
                fallback = "100000",
                least = "1",
                most = "1000000")
        int most) {
    public static TokenSettings defaults() {
        return new TokenSettings(Duration.ofDays(90), Duration.ofDays(366), 100_000);
    }
}
