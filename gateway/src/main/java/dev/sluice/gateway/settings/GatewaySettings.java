package dev.sluice.gateway.settings;

import dev.sluice.engine.EngineSettings;
import dev.sluice.engine.EngineSettings.ClusterSettings;
import dev.sluice.job.ClusterName;
import dev.sluice.job.JobId;
import dev.sluice.settings.Setting;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** All that a site may configure: the whole of one file. */
public record GatewaySettings(
        @Setting(
                text =
                        "Where the HTTP API listens, as HOST:PORT. While nobody has made a token, only a loopback address.",
                fallback = "127.0.0.1:7171")
        Listen listen,

        @Setting(
                text =
                        "The directory of the gateway's data, on a local file system. Without it: /var/lib/sluice for root,"
                                + " else $XDG_DATA_HOME/sluice or ~/.local/share/sluice.")
        Optional<Path> data,

        @Setting(
                text = "The lowest job id; above the native ids of every SLURM cluster. Once jobs were accepted it is"
                        + " no longer read.",
                fallback = "1_000_000_000",
                least = "1",
                most = "2_000_000_000")
        JobId firstJobId,

        @Setting(text = "The clusters by name. An empty map for none.", fallback = "{local: {type: local}}")
        SortedMap<ClusterName, ClusterConfig> clusters,

        @Setting(text = "The engine's bounds and patience.") EngineConfig engine,
        @Setting(text = "The gateway's own log.") LogConfig log) {
    /** What holds where no file is given: this machine is the one cluster. */
    public static GatewaySettings defaults() {
        return SettingsFile.defaults(GatewaySettings.class);
    }

    public static Reading<GatewaySettings> read(Path file) {
        return SettingsFile.read(GatewaySettings.class, file);
    }

    /** The directory of the data: as configured, or where this user's data belong. */
    public Path dataDirectory(Map<String, String> environment) {
        return data.orElseGet(() -> usualDirectory(environment));
    }

    /** Where data belong that nobody gave a place (XDG Base Directory Specification; FHS for root). */
    public static Path usualDirectory(Map<String, String> environment) {
        if ("root".equals(System.getProperty("user.name"))) {
            return Path.of("/var/lib/sluice");
        }
        String data = environment.getOrDefault("XDG_DATA_HOME", "");
        Path home = Path.of(environment.getOrDefault("HOME", System.getProperty("user.home", "/")));
        return (data.startsWith("/") ? Path.of(data) : home.resolve(".local/share")).resolve("sluice");
    }

    /** @param realm the installation, as its store drew it once */
    public EngineSettings engine(long realm) {
        SortedMap<ClusterName, ClusterSettings> each = new TreeMap<>();
        clusters.forEach((name, cluster) -> each.put(name, cluster.engine(name)));
        return engine.settings(realm, firstJobId, each);
    }
}
