package dev.sluice.gateway.loop;

import dev.sluice.settings.Setting;
import java.time.Duration;

/** What a site configures of the loop. */
public record LoopSettings(
        @Setting(
                text = "How many commands may be under way at once; more are answered with 503.",
                fallback = "10000",
                least = "1",
                most = "1000000")
        int permits,

        @Setting(
                text = "How many commands and answers one transaction takes at most.",
                fallback = "1000",
                least = "1",
                most = "100000")
        int batch,

        @Setting(
                text = "How many attempts one turn of the planner begins at most.",
                fallback = "64",
                least = "1",
                most = "10000")
        int planBudget,

        @Setting(
                text =
                        "After how long a call to a cluster counts as unanswered, whatever comes later; longer than any of the"
                                + " clusters' own time-outs.",
                fallback = "150s",
                least = "1s",
                most = "2h")
        Duration callDeadline) {
    public static final LoopSettings DEFAULTS = new LoopSettings(10_000, 1000, 64, Duration.ofSeconds(150));
}
