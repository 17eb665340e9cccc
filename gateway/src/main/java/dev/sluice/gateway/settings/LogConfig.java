package dev.sluice.gateway.settings;

import dev.sluice.settings.Setting;

/** What the gateway's own log says, and how. It goes to standard error. */
public record LogConfig(
        @Setting(
                text =
                        "How much is told: error (a person should look), warn (it coped), info (what changed), debug (why).",
                fallback = "info")
        Level level,

        @Setting(text = "A line of text for people, or a line of JSON for programs.", fallback = "text")
        Format format) {
    public enum Level {
        ERROR,
        WARN,
        INFO,
        DEBUG
    }

    public enum Format {
        TEXT,
        JSON
    }
}
