package dev.sluice.gateway.settings;

import dev.sluice.engine.EngineSettings;
import dev.sluice.engine.EngineSettings.ClusterSettings;
import dev.sluice.gateway.http.HttpSettings;
import dev.sluice.gateway.identity.Access;
import dev.sluice.gateway.identity.AccessSettings;
import dev.sluice.gateway.identity.ProjectSettings;
import dev.sluice.gateway.identity.TokenSettings;
import dev.sluice.gateway.loop.LoopSettings;
import dev.sluice.gateway.store.StoreSettings;
import dev.sluice.gateway.webhook.WebhookSettings;
import dev.sluice.job.ClusterName;
import dev.sluice.job.InvalidValue;
import dev.sluice.job.JobId;
import dev.sluice.job.ProjectPath;
import dev.sluice.policy.plan.PolicySettings;
import dev.sluice.settings.Setting;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.time.Duration;
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

        @Setting(text = "Who may what, and the projects with their shares.")
        AccessSettings access,

        @Setting(text = "Whose job goes next, and where.") PolicyConfig policy,
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
    /** @throws InvalidValue where the loop would give a call up before the cluster's own bridge does, and for unknown clusters */
    public GatewaySettings {
        List<InvalidValue> problems = new ArrayList<>();
        for (Map.Entry<ClusterName, ClusterConfig> cluster : clusters.entrySet()) {
            for (Map.Entry<String, Duration> timeout :
                    cluster.getValue().timeouts().entrySet()) {
                if (loop.callDeadline().compareTo(timeout.getValue()) <= 0) {
                    problems.add(new InvalidValue(
                            "loop.call-deadline",
                            "more than clusters." + cluster.getKey() + "." + timeout.getKey() + ", "
                                    + timeout.getValue().toMillis() + " ms",
                            loop.callDeadline().toMillis() + " ms"));
                }
            }
        }
        strangers(access, clusters.keySet())
                .forEach(stranger -> problems.add(
                        new InvalidValue("access." + stranger.field(), stranger.expected(), stranger.found())));
        policy.accounts().map(PolicyConfig.Accounts::cluster).ifPresent(cluster -> {
            if (!(clusters.get(cluster) instanceof ClusterConfig.Slurm)) {
                problems.add(new InvalidValue("policy.accounts.cluster", "a cluster of type slurm", cluster.value()));
            }
        });
        for (ClusterName cluster : policy.clusters().keySet()) {
            if (!clusters.containsKey(cluster)) {
                problems.add(new InvalidValue(
                        "policy.clusters", "one of the clusters " + clusters.keySet(), cluster.value()));
            }
        }
        if (policy.sync().isEmpty() && policy.accounts().isEmpty()) {
            problems.addAll(uncharged(policy, access));
        }
        InvalidValue.throwIfAny(problems);
    }

    /** Projects that are to be charged for natives and that there are not. Whoever tells of more projects may tell them yet. */
    private static List<InvalidValue> uncharged(PolicyConfig policy, AccessSettings access) {
        List<InvalidValue> problems = new ArrayList<>();
        policy.clusters()
                .forEach((cluster, terms) -> terms.chargeNative().forEach((account, project) -> {
                    boolean known = access.projects().isEmpty()
                            ? project.equals(Access.DEFAULT)
                            : access.projects().keySet().stream()
                                    .anyMatch(each -> each.equals(project.value()) || each.startsWith(project + "/"));
                    if (!known) {
                        problems.add(new InvalidValue(
                                "policy.clusters." + cluster + ".charge-native." + account,
                                "a project of access.projects, or one above it",
                                project.value()));
                    }
                }));
        return problems;
    }

    /** Clusters that projects name and that there are not. */
    private static List<InvalidValue> strangers(AccessSettings access, Set<ClusterName> clusters) {
        return access.clusters().stream()
                .filter(named -> !clusters.contains(named.cluster()))
                .map(named -> new InvalidValue(
                        named.key(),
                        "one of the clusters " + clusters,
                        named.cluster().value()))
                .toList();
    }

    /**
     * With projects that somebody else told; what these settings say of a project goes first.
     *
     * @throws InvalidValue when these and those do not go together
     */
    public AccessSettings with(SortedMap<String, ProjectSettings> told) {
        SortedMap<String, ProjectSettings> all = new TreeMap<>(told);
        all.putAll(access.projects());
        AccessSettings both = new AccessSettings(access.admins(), access.banned(), all);
        InvalidValue.throwIfAny(strangers(both, clusters.keySet()));
        return both;
    }

    /** The parts of the file, by their keys, whose values differ there. */
    public List<String> differences(GatewaySettings other) {
        List<String> parts = new ArrayList<>();
        for (RecordComponent part : GatewaySettings.class.getRecordComponents()) {
            try {
                if (!part.getAccessor().invoke(this).equals(part.getAccessor().invoke(other))) {
                    parts.add(Spelled.dashed(part.getName()));
                }
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("a settings record that cannot be read", e);
            }
        }
        return parts;
    }

    /**
     * These, with what others say of projects, policy and access: all that a gateway takes over while it runs.
     *
     * @throws InvalidValue when those name a cluster that these do not have
     */
    public GatewaySettings reloaded(GatewaySettings others) {
        return new GatewaySettings(
                data,
                firstJobId,
                clusters,
                http,
                others.access,
                others.policy,
                tokens,
                webhooks,
                store,
                loop,
                engine,
                log,
                simulation);
    }

    /** Whether somebody else than this file may name projects. */
    public boolean asksForProjects() {
        return policy.sync().isPresent() || policy.accounts().isPresent();
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
                data,
                firstJobId,
                clusters,
                there,
                access,
                policy,
                tokens,
                webhooks,
                store,
                loop,
                engine,
                log,
                simulation);
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

    /** Who shares the federation, and how, as far as this file says. */
    public PolicySettings planning() {
        return planning(access, Set.of());
    }

    /**
     * The same with these projects.
     *
     * @param accounts those that the cluster of {@code policy.accounts} told
     */
    public PolicySettings planning(AccessSettings projects, Set<ProjectPath> accounts) {
        return policy.settings(projects.tree(), accounts);
    }

    /** @param realm the installation, as its store drew it once */
    public EngineSettings engine(long realm) {
        SortedMap<ClusterName, ClusterSettings> each = new TreeMap<>();
        clusters.forEach((name, cluster) -> each.put(name, cluster.engine(name)));
        return engine.settings(realm, firstJobId, planning(), each);
    }
}
