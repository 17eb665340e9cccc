package dev.sluice.local;

import dev.sluice.job.ClusterName;
import dev.sluice.job.InvalidValue;
import dev.sluice.spec.Environment;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/**
 * What the bridge to this machine offers, and where it keeps its state.
 *
 * @param cluster the cluster's name, and the name of its one partition
 * @param directory absolute, on a local file system; made when it is not there. Its parents let the account pass
 * @param realm the installation whose attempts are ours
 * @param account as whom jobs run: required where the gateway is root, and not root; elsewhere empty or the gateway's own
 * @param cpus how many jobs may hold together, 1 to 65,535
 * @param memory bytes that jobs may hold together; counted, not enforced
 * @param maxTime the longest time limit, whole minutes
 * @param retention how long ended attempts are kept at least, with what jobs wrote into directories of ours. That a task ran
 *     is known for a year longer
 * @param environment what each job has in its environment unless it brings its own: nothing else of the gateway's reaches it
 */
public record LocalSettings(
        ClusterName cluster,
        Path directory,
        long realm,
        Optional<String> account,
        int cpus,
        long memory,
        Duration maxTime,
        Duration retention,
        InstantSource clock,
        Environment environment) {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final int MOST_CPUS = 65_535;
    private static final String PATH = "/usr/local/bin:/usr/bin:/bin";

    /** Found in each job's environment unless the settings say otherwise. */
    public static final Environment ENVIRONMENT = Environment.of(Map.of("PATH", PATH, "LANG", "C.UTF-8"));

    public LocalSettings {
        if (!directory.isAbsolute()) {
            throw new InvalidValue("directory", "an absolute path", directory.toString());
        }
        if (cpus < 1 || cpus > MOST_CPUS) {
            throw new InvalidValue("cpus", "a number from 1 to " + MOST_CPUS, Integer.toString(cpus));
        }
        if (memory < 1) {
            throw new InvalidValue("memory", "a number of bytes", Long.toString(memory));
        }
        if (maxTime.toMinutes() < 1) {
            throw new InvalidValue("max time", "a minute at least", maxTime.toString());
        }
        if (retention.isNegative()) {
            throw new InvalidValue("retention", "no less than nothing", retention.toString());
        }
    }

    /** How long a job may run that does not say: an hour, or the longest limit where that is less. */
    Duration usualTime() {
        return maxTime.compareTo(HOUR) < 0 ? maxTime : HOUR;
    }
}
