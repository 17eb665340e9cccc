package dev.sluice.gateway;

import dev.sluice.cluster.AvailableModules;
import dev.sluice.cluster.ClusterBridge;
import dev.sluice.engine.Effect;
import dev.sluice.engine.EngineSettings;
import dev.sluice.engine.Input;
import dev.sluice.engine.Reply;
import dev.sluice.engine.StoreLost;
import dev.sluice.gateway.cli.ServeOptions;
import dev.sluice.gateway.http.HttpDoor;
import dev.sluice.gateway.http.Services;
import dev.sluice.gateway.identity.Access;
import dev.sluice.gateway.identity.StoredTokens;
import dev.sluice.gateway.identity.Tokens;
import dev.sluice.gateway.loop.Loop;
import dev.sluice.gateway.loop.LoopListener;
import dev.sluice.gateway.loop.Pulse;
import dev.sluice.gateway.projects.Projects;
import dev.sluice.gateway.projects.Tellers;
import dev.sluice.gateway.settings.ClusterConfig;
import dev.sluice.gateway.settings.GatewaySettings;
import dev.sluice.gateway.settings.Kubernetes;
import dev.sluice.gateway.store.DataDirectory;
import dev.sluice.gateway.store.SqliteStore;
import dev.sluice.gateway.store.TokenTable;
import dev.sluice.gateway.telemetry.EventLog;
import dev.sluice.gateway.telemetry.HttpMeters;
import dev.sluice.gateway.telemetry.Meters;
import dev.sluice.gateway.telemetry.ProjectMeters;
import dev.sluice.gateway.telemetry.WebhookMeters;
import dev.sluice.gateway.webhook.Deliverer;
import dev.sluice.gateway.webhook.Signer;
import dev.sluice.gateway.webhook.WebhookSettings;
import dev.sluice.job.ClusterName;
import dev.sluice.job.Refusal;
import dev.sluice.job.UserName;
import dev.sluice.local.LocalBridge;
import dev.sluice.local.LocalSettings;
import dev.sluice.policy.plan.PolicySettings;
import dev.sluice.script.ScriptNeeds;
import dev.sluice.spec.Environment;
import dev.sluice.spec.JobSpec;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one place that says {@code new} for a service: a gateway put together, and the drawing of what stands on what. */
final class Assembly implements AutoCloseable {
    /** Calls under way when the gateway stops have so long to come back; what does not is searched for at the next start. */
    private static final Duration LAST_CALLS = Duration.ofSeconds(10);

    private static final String NOBODY = "nobody";
    private static final Duration LOOK_AGAIN = Duration.ofMillis(100);
    private static final Logger LOG = LoggerFactory.getLogger(Assembly.class);

    private final SqliteStore store;
    private final TokenTable tokens;
    private final SortedMap<ClusterName, ClusterBridge> bridges;
    private final Meters meters;
    private final EventLog log;
    private final Loop loop;
    private final Projects projects;
    private final HttpDoor door;
    private final Deliverer deliverer;
    private final Housekeeping housekeeping;
    private boolean closed;

    private Assembly(
            SqliteStore store,
            TokenTable tokens,
            SortedMap<ClusterName, ClusterBridge> bridges,
            Meters meters,
            EventLog log,
            Loop loop,
            Projects projects,
            HttpDoor door,
            Deliverer deliverer,
            Housekeeping housekeeping) {
        this.store = store;
        this.tokens = tokens;
        this.deliverer = deliverer;
        this.housekeeping = housekeeping;
        this.bridges = bridges;
        this.meters = meters;
        this.log = log;
        this.loop = loop;
        this.projects = projects;
        this.door = door;
    }

    /** A gateway that listens. It takes commands as soon as it has read its store. */
    static Assembly start(ServeOptions options, InstantSource clock)
            throws StoreLost, IOException, InterruptedException {
        DataDirectory directory = new DataDirectory(options.data());
        SqliteStore store = SqliteStore.open(directory);
        TokenTable tokens = TokenTable.open(directory);
        long realm = store.realm();
        SortedMap<ClusterName, ClusterBridge> bridges = bridges(options, realm, clock);
        GatewaySettings settings = options.settings().at(options.listen());
        EngineSettings engine = settings.engine(realm);
        Meters meters = new Meters();
        EventLog log = new EventLog();
        Pulse pulse = new Pulse(store.newest());
        Changes changes = new Changes();
        Projects projects = new Projects(
                options.file(),
                options.settings(),
                options.data().resolve("projects"),
                new Tellers(bridges),
                clock,
                changes);
        Loop loop = new Loop(
                store,
                bridges,
                Assembly::asGiven,
                engine.withPolicy(projects.policy()),
                settings.loop(),
                clock,
                new SecureRandom(),
                pulse,
                LoopListener.both(meters, log));
        meters.watch(loop);
        ProjectMeters.watch(meters, projects, clock);
        loop.start();
        Services services = new Services(
                loop,
                store,
                store::eventsOf,
                pulse,
                projects::access,
                new Tokens(new StoredTokens(tokens), settings.tokens(), clock, System::nanoTime),
                own(),
                completed(settings),
                spec -> cannot(bridges, spec),
                modules(settings),
                bridges,
                () -> obstacle(loop),
                meters::scrape,
                projects,
                new HttpMeters(meters));
        HttpDoor door = HttpDoor.open(settings.http(), services);
        WebhookSettings webhooks = settings.webhooks();
        Optional<Signer> signer = webhooks.secret().isPresent()
                ? Optional.of(Signer.ofFile(webhooks.secret().get().file()))
                : Optional.empty();
        Deliverer deliverer = new Deliverer(
                new Letterbox(store.outbox()),
                webhooks,
                signer,
                new WebhookMeters(meters),
                clock,
                new SplittableRandom());
        deliverer.start();
        pulse.listen(sequence -> deliverer.wake());
        changes.loop = Optional.of(loop);
        projects.begin();
        warnOfMissingProjects(loop, projects.access());
        Housekeeping housekeeping = new Housekeeping(store, settings.store(), clock);
        return new Assembly(store, tokens, bridges, meters, log, loop, projects, door, deliverer, housekeeping);
    }

    /** No registry is asked for a tag's digest: an image goes as it was given. */
    private static Input.Pinning asGiven(Effect.PinImage pin) {
        return new Input.Pinning.Pinned(pin.reference());
    }

    private static SortedMap<ClusterName, ClusterBridge> bridges(ServeOptions options, long realm, InstantSource clock)
            throws IOException {
        SortedMap<ClusterName, ClusterBridge> bridges = new TreeMap<>();
        SlurmClusters slurms =
                new SlurmClusters(realm, options.settings().engine().skew(), clock);
        KubernetesClusters kubernetes =
                new KubernetesClusters(realm, options.settings().engine().skew(), clock);
        for (Map.Entry<ClusterName, ClusterConfig> cluster :
                options.settings().clusters().entrySet()) {
            bridges.put(
                    cluster.getKey(),
                    switch (cluster.getValue()) {
                        case ClusterConfig.Local local ->
                            new LocalBridge(local(cluster.getKey(), local, options.data(), realm, clock));
                        case ClusterConfig.Slurm slurm -> {
                            slurm.warnings(cluster.getKey()).forEach(LOG::warn);
                            yield slurms.bridge(cluster.getKey(), slurm);
                        }
                        case Kubernetes config -> kubernetes.bridge(cluster.getKey(), config);
                    });
        }
        return bridges;
    }

    private static LocalSettings local(
            ClusterName name, ClusterConfig.Local local, Path data, long realm, InstantSource clock) {
        SortedMap<String, String> environment = new TreeMap<>(LocalSettings.ENVIRONMENT.variables());
        environment.putAll(local.environment());
        boolean root = "root".equals(System.getProperty("user.name"));
        return new LocalSettings(
                name,
                local.directory().orElseGet(() -> data.resolve("clusters").resolve(name.value())),
                realm,
                local.account().or(() -> root ? Optional.of(NOBODY) : Optional.empty()),
                local.cpus().orElseGet(() -> Runtime.getRuntime().availableProcessors()),
                local.memory().orElseGet(Assembly::memory),
                local.maxTime(),
                local.retention(),
                clock,
                Environment.of(environment));
    }

    /** Bytes of this machine's memory. */
    private static long memory() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean machine
                ? machine.getTotalMemorySize()
                : 1L << 30;
    }

    /** The account that the gateway runs as, as far as it makes a name. */
    private static UserName own() {
        String name =
                System.getProperty("user.name", "").toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_.@-]", "-");
        return new UserName(name.matches("[a-z_].{0,63}") ? name : "gateway");
    }

    /** A job with what placement needs to know of its script. */
    /** With what its script needs of a cluster: of file systems those that any cluster says it has. */
    private static UnaryOperator<JobSpec> completed(GatewaySettings settings) {
        SortedSet<String> roots = new TreeSet<>();
        settings.clusters().values().forEach(cluster -> roots.addAll(cluster.fileSystems()));
        return spec -> spec.toBuilder()
                .ask(spec.ask().withNeeds(ScriptNeeds.of(spec, roots)))
                .build();
    }

    private static Function<ClusterName, AvailableModules> modules(GatewaySettings settings) {
        SortedMap<ClusterName, AvailableModules> all = new TreeMap<>();
        settings.clusters().forEach((name, cluster) -> all.put(name, cluster.availableModules()));
        return name -> all.getOrDefault(name, AvailableModules.UNKNOWN);
    }

    private static Map<ClusterName, List<Refusal>> cannot(Map<ClusterName, ClusterBridge> bridges, JobSpec spec) {
        SortedMap<ClusterName, List<Refusal>> all = new TreeMap<>();
        bridges.forEach((name, bridge) -> all.put(name, bridge.cannot(spec)));
        return all;
    }

    private static Optional<String> obstacle(Loop loop) {
        return switch (loop.standing()) {
            case Loop.Standing.Turning turning -> Optional.empty();
            case Loop.Standing.Loading loading -> Optional.of("it reads its store: " + loading.why());
            case Loop.Standing.Stopping stopping -> Optional.of("it stops");
            case Loop.Standing.Stopped stopped -> Optional.of("it has stopped");
        };
    }

    /** Jobs of projects that were taken out of the settings go on; that nobody sees them any more is to be said. */
    private static void warnOfMissingProjects(Loop loop, Access access) {
        Input.Requester gateway = new Input.Requester(own(), Input.Role.OPERATOR);
        Thread.ofVirtual().start(() -> {
            while (loop.standing() instanceof Loop.Standing.Loading) {
                LockSupport.parkNanos(LOOK_AGAIN.toNanos());
            }
            if (loop.ask(new Input.AskUnfinished(gateway)).join() instanceof Reply.Unfinished unfinished) {
                access.missing(unfinished.jobs()).forEach(LOG::warn);
            }
        });
    }

    /** What the loop is told of projects that change; it is put together after them. */
    private static final class Changes implements Projects.Listener {
        private volatile Optional<Loop> loop = Optional.empty();

        @Override
        public void changed(Access access, PolicySettings policy) {
            loop.ifPresent(told -> {
                told.reconfigure(policy);
                warnOfMissingProjects(told, access);
            });
        }
    }

    /** Reads projects, policy and access again, as the log tells. */
    void reload() {
        projects.reload();
    }

    InetSocketAddress address() {
        return door.address();
    }

    /** Stands until the loop is over. */
    Loop.Standing.Stopped await() throws InterruptedException {
        loop.await();
        return loop.standing() instanceof Loop.Standing.Stopped over ? over : new Loop.Standing.Stopped("");
    }

    /** Takes nothing more, lets what is under way come to its end, and closes what was opened, in that order. */
    @Override
    public synchronized void close() throws IOException, InterruptedException {
        if (closed) {
            return;
        }
        closed = true;
        door.close();
        housekeeping.close();
        projects.close();
        deliverer.close();
        loop.stop(LAST_CALLS);
        bridges.values().forEach(ClusterBridge::close);
        log.close();
        meters.close();
        tokens.close();
        store.close();
    }
}
