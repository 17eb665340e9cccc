package dev.sluice.gateway.settings;

import dev.sluice.engine.EngineSettings.ClusterSettings;
import dev.sluice.job.ClusterName;
import dev.sluice.job.InvalidValue;
import dev.sluice.settings.Setting;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.SortedMap;

/** A cluster as a site configures it. */
public sealed interface ClusterConfig {
    /** What the engine is told of it. */
    ClusterSettings engine(ClusterName name);

    /** This machine: for trials and laptops. */
    record Local(
            @Setting(
                    text = "Where it keeps what it runs, on a local file system. Without it: the directory"
                            + " clusters/NAME of the gateway's data.")
            Optional<Path> directory,

            @Setting(
                    text =
                            "As whom jobs run, where the gateway is root: an unprivileged account, and without it 'nobody'."
                                    + " Elsewhere they run as the gateway's own user, and this is left out.")
            Optional<String> account,

            @Setting(
                    text = "How many CPUs jobs may hold together. Without it: those that the machine has.",
                    least = "1",
                    most = "65535")
            Optional<Integer> cpus,

            @Setting(
                    text = "How much memory jobs may hold together; it is counted, not enforced. Without it: what the"
                            + " machine has.",
                    least = "1MiB",
                    most = "1024TiB",
                    spelling = Setting.Spelling.BYTES)
            Optional<Long> memory,

            @Setting(text = "The longest time limit of a job.", fallback = "7d", least = "1m", most = "365d")
            Duration maxTime,

            @Setting(
                    text = "For how long ended jobs' logs are kept in that directory at least.",
                    fallback = "7d",
                    least = "0s",
                    most = "3650d")
            Duration retention,

            @Setting(
                    text = "What each job has in its environment unless it brings its own; nothing else of the"
                            + " gateway's reaches it.")
            SortedMap<String, String> environment,

            Pace pace)
            implements ClusterConfig {
        @Override
        public ClusterSettings engine(ClusterName name) {
            return pace.settings(name);
        }
    }

    /** How often a cluster is looked at, and how it is spared. */
    record Pace(
            @Setting(text = "For how long one look waits for a change.", fallback = "10s", least = "100ms", most = "5m")
            Duration poll,

            @Setting(text = "How often everything is looked at.", fallback = "60s", least = "1s", most = "1h")
            Duration sweep,

            @Setting(
                    text = "How many calls to it may be under way at once.",
                    fallback = "16",
                    least = "1",
                    most = "256")
            int maxWidth) {
        public Pace {
            if (sweep.compareTo(poll) < 0) {
                throw new InvalidValue(
                        "sweep", "no less than poll, " + poll.toMillis() + " ms", sweep.toMillis() + " ms");
            }
        }

        private ClusterSettings settings(ClusterName name) {
            ClusterSettings usual = ClusterSettings.of(name);
            return new ClusterSettings(
                    name,
                    usual.requestLife(),
                    poll,
                    sweep,
                    usual.minJobAge(),
                    usual.absence(),
                    usual.trust(),
                    usual.saves(),
                    usual.arraySpan(),
                    maxWidth,
                    usual.tripAfter(),
                    usual.pause(),
                    usual.maxPause());
        }
    }
}
