package dev.sluice.gateway.settings;

import dev.sluice.engine.EngineSettings;
import dev.sluice.engine.EngineSettings.ClusterSettings;
import dev.sluice.gateway.http.HttpSettings;
import dev.sluice.gateway.identity.AccessSettings;
import dev.sluice.gateway.identity.TokenSettings;
import dev.sluice.gateway.loop.LoopSettings;
import dev.sluice.gateway.store.StoreSettings;
import dev.sluice.gateway.webhook.WebhookSettings;
import dev.sluice.job.ClusterName;
import dev.sluice.job.InvalidValue;
import dev.sluice.job.JobId;
import dev.sluice.job.ProjectPath;
import dev.sluice.settings.Setting;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** All that a site may configure: the whole of one file. */
public record GatewaySettings(
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

        @Setting(text = "Where the HTTP interface listens, and how much it takes from whom.")
        HttpSettings http,

        @Setting(text = "Who may what.") AccessSettings access,
        @Setting(text = "Bounds of API tokens.") TokenSettings tokens,

        @Setting(text = "How other people's servers are told what became of their jobs.")
        WebhookSettings webhooks,

        @Setting(text = "How long what is over is kept.") StoreSettings store,

        @Setting(text = "How much the thread that owns the state takes at once.")
        LoopSettings loop,

        @Setting(text = "The engine's bounds and patience.") EngineConfig engine,
        @Setting(text = "The gateway's own log.") LogConfig log,

        @Setting(text = "What 'sluice simulate' tries a trace on; the gateway itself does not read it.")
        SimulationConfig simulation) {
    /** @throws InvalidValue where the loop would give a call up before the cluster's own bridge does */
    public GatewaySettings {
        clusters.forEach((name, cluster) -> cluster.timeouts().forEach((key, timeout) -> {
            if (loop.callDeadline().compareTo(timeout) <= 0) {
                throw new InvalidValue(
                        "loop.call-deadline",
                        "more than clusters." + name + "." + key + ", " + timeout.toMillis() + " ms",
                        loop.callDeadline().toMillis() + " ms");
            }
        }));
    }

    /** What holds where no file is given: this machine is the one cluster. */
    public static GatewaySettings defaults() {
        return SettingsFile.defaults(GatewaySettings.class);
    }

    /** Where it listens. */
    public Listen listen() {
        return new Listen(http.listen());
    }

    /** The same, listening elsewhere. */
    public GatewaySettings at(Listen elsewhere) {
        HttpSettings there = http.at(elsewhere.toString());
        return new GatewaySettings(
                data, firstJobId, clusters, there, access, tokens, webhooks, store, loop, engine, log, simulation);
    }

    /**
     * Projects that have unfinished jobs and are in these settings no more: their jobs go on, and nobody but an administrator
     * sees or touches them.
     *
     * @param unfinished how many unfinished jobs each project has
     * @return a sentence for each; where no projects are configured there is the one that is open to all
     */
    public List<String> missing(SortedMap<ProjectPath, Integer> unfinished) {
        List<String> sentences = new ArrayList<>();
        Set<String> known = access.projects().isEmpty()
                ? Set.of("default")
                : access.projects().keySet();
        unfinished.forEach((project, jobs) -> {
            if (!known.contains(project.value())) {
                sentences.add("access.projects: expected " + project + ", which has " + jobs + " unfinished job"
                        + (jobs == 1 ? "" : "s")
                        + ", found no such project; put it back until they are over, or cancel them");
            }
        });
        return sentences;
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
