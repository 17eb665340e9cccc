package dev.sluice.gateway.projects;

import dev.sluice.gateway.settings.PolicyConfig.Sync.Format;
import java.io.IOException;
import java.time.Duration;

/** One who is asked for projects from time to time. */
interface Teller {
    /** A word for it: that of its block below {@code policy}. */
    String name();

    Duration every();

    Format format();

    /**
     * Its answer. Blocking.
     *
     * @throws IOException when it gives none; the message says why
     */
    String ask() throws IOException, InterruptedException;
}
