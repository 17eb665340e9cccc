package dev.sluice.gateway.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.cluster.AvailableModules;
import dev.sluice.cluster.ClusterBridge;
import dev.sluice.cluster.Doubt;
import dev.sluice.engine.EngineSettings;
import dev.sluice.engine.EngineSettings.ClusterSettings;
import dev.sluice.engine.Input;
import dev.sluice.engine.StoreLost;
import dev.sluice.gateway.identity.Access;
import dev.sluice.gateway.identity.AccessSettings;
import dev.sluice.gateway.identity.MemoryTokenBook;
import dev.sluice.gateway.identity.ProjectSettings;
import dev.sluice.gateway.identity.Role;
import dev.sluice.gateway.identity.TokenSettings;
import dev.sluice.gateway.identity.Tokens;
import dev.sluice.gateway.loop.Desk;
import dev.sluice.gateway.loop.Loop;
import dev.sluice.gateway.loop.LoopListener;
import dev.sluice.gateway.loop.LoopSettings;
import dev.sluice.gateway.loop.Pulse;
import dev.sluice.job.ClusterName;
import dev.sluice.job.UserName;
import dev.sluice.policy.plan.PolicySettings;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A whole gateway for tests: a real loop over a store in memory and a cluster that does as told, behind the real door. */
final class Site implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(15);
    static final String ECHO = "{\"command\":[\"echo\",\"hello\"]}";

    private static final ObjectMapper JSON = new ObjectMapper();

    final SharedStore store = new SharedStore();
    final StubCluster cluster = new StubCluster("one");
    final MemoryTokenBook book = new MemoryTokenBook();
    final Tokens tokens;
    final Pulse pulse = new Pulse(0);
    final Loop loop;
    final HttpDoor door;
    final ConcurrentLinkedQueue<HttpListener.Bound> refused = new ConcurrentLinkedQueue<>();
    final ConcurrentLinkedQueue<String> answered = new ConcurrentLinkedQueue<>();
    final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final BlockingQueue<Long> beats = new LinkedBlockingQueue<>();
    volatile Access access;
    /** What {@code /v1/reload} comes to. */
    volatile Reloading reloads = Reloading.NOTHING;

    private final Reloading reloading = new Reloading() {
        @Override
        public Outcome reload() {
            return reloads.reload();
        }

        @Override
        public List<Source> sources() {
            return reloads.sources();
        }
    };
    /** What environment modules the cluster has by its settings. */
    volatile AvailableModules modules = AvailableModules.UNKNOWN;

    volatile Optional<String> obstacle = Optional.empty();
    private Map<String, String> secrets = new TreeMap<>();

    private Site(
            AccessSettings access, List<String> users, UnaryOperator<HttpSettings> change, UnaryOperator<Desk> between)
            throws Exception {
        this.access = new Access(access);
        this.tokens = new Tokens(book, TokenSettings.defaults(), InstantSource.system(), System::nanoTime);
        for (String user : users) {
            secrets.put(user, make(user, Optional.empty()));
        }
        ClusterName name = new ClusterName("one");
        Map<ClusterName, ClusterBridge> bridges = Map.of(name, cluster);
        this.loop = new Loop(
                store,
                bridges,
                pin -> new Input.Pinning.Unknown(new Doubt("no registry")),
                EngineSettings.of(7, List.of(ClusterSettings.of(name)))
                        .withPolicy(PolicySettings.DEFAULTS.withProjects(access.tree())),
                LoopSettings.DEFAULTS,
                InstantSource.system(),
                new SplittableRandom(1),
                pulse,
                LoopListener.NONE);
        pulse.listen(beats::add);
        loop.start();
        await(() -> loop.standing() instanceof Loop.Standing.Turning);
        HttpListener listener = new HttpListener() {
            @Override
            public void refused(Bound bound) {
                refused.add(bound);
            }

            @Override
            public void answered(String method, String route, int status, long nanos) {
                answered.add(method + " " + route + " " + status);
            }
        };
        this.door = HttpDoor.open(
                change.apply(HttpSettings.listening("127.0.0.1:0")),
                new Services(
                        between.apply(loop),
                        store,
                        store,
                        pulse,
                        () -> this.access,
                        tokens,
                        new UserName("root"),
                        spec -> spec,
                        spec -> Map.of(name, cluster.cannot(spec)),
                        unused -> modules,
                        bridges,
                        () -> obstacle,
                        () -> "# HELP up\nup 1\n",
                        reloading,
                        listener));
    }

    /** Without a token: everybody on the loopback is the gateway's own account. */
    static Site open() throws Exception {
        return open(settings -> settings);
    }

    static Site open(UnaryOperator<HttpSettings> change) throws Exception {
        return new Site(AccessSettings.open(), List.of(), change, desk -> desk);
    }

    /** With these projects, and nobody but the gateway's own account. */
    static Site open(AccessSettings access) throws Exception {
        return new Site(access, List.of(), settings -> settings, desk -> desk);
    }

    static Site open(UnaryOperator<HttpSettings> change, UnaryOperator<Desk> between) throws Exception {
        return new Site(AccessSettings.open(), List.of(), change, between);
    }

    /** With people in two projects, each with a token. */
    static Site peopled() throws Exception {
        return peopled(settings -> settings);
    }

    static Site peopled(UnaryOperator<HttpSettings> change) throws Exception {
        Map<String, Role> physics = Map.of(
                "vera",
                Role.VIEWER,
                "sam",
                Role.SUBMITTER,
                "sue",
                Role.SUBMITTER,
                "otto",
                Role.OPERATOR,
                "adam",
                Role.ADMIN);
        Map<String, Role> biology = Map.of("bea", Role.SUBMITTER);
        AccessSettings access = new AccessSettings(
                List.of(new UserName("root")),
                List.of(new UserName("mallory")),
                new TreeMap<>(Map.of(
                        "physics",
                        ProjectSettings.of(new TreeMap<>(physics)),
                        "biology",
                        ProjectSettings.of(new TreeMap<>(biology)))));
        return new Site(
                access,
                List.of("root", "vera", "sam", "sue", "otto", "adam", "bea", "nobody", "mallory"),
                change,
                desk -> desk);
    }

    String make(String user, Optional<Role> cap) throws StoreLost {
        return tokens.make(new UserName(user), "for tests", cap, Optional.empty())
                .text()
                .reveal();
    }

    String secret(String user) {
        return secrets.getOrDefault(user, "");
    }

    int port() {
        return door.address().getPort();
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port() + path);
    }

    // ---- requests ----

    HttpRequest.Builder request(String method, String path, @Nullable String user, @Nullable String body) {
        HttpRequest.Builder builder = HttpRequest.newBuilder(uri(path))
                .timeout(PATIENCE)
                .method(
                        method,
                        body == null
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body, StandardCharsets.UTF_8));
        if (user != null) {
            builder.header("Authorization", "Bearer " + secrets.getOrDefault(user, user));
        }
        if (body != null) {
            builder.header("Content-Type", "application/json");
        }
        return builder;
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    }

    HttpResponse<String> call(String method, String path, @Nullable String user, @Nullable String body)
            throws IOException, InterruptedException {
        return send(request(method, path, user, body));
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return call("GET", path, null, null);
    }

    HttpResponse<String> get(String path, String user) throws IOException, InterruptedException {
        return call("GET", path, user, null);
    }

    HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        return call("POST", path, null, body);
    }

    /** Hands in a job, and gives its id. */
    int submit(@Nullable String user, String body) throws IOException, InterruptedException {
        HttpResponse<String> response = call("POST", "/v1/jobs", user, body);
        if (response.statusCode() != 201) {
            throw new AssertionError(response.statusCode() + " " + response.body());
        }
        return json(response).get("id").asInt();
    }

    /** Hands in a list of jobs. */
    void submitMany(String list) throws IOException, InterruptedException {
        HttpResponse<String> response = post("/v1/jobs", list);
        if (response.statusCode() != 201) {
            throw new AssertionError(response.statusCode() + " " + response.body());
        }
    }

    int submit() throws IOException, InterruptedException {
        return submit(null, ECHO);
    }

    static JsonNode json(HttpResponse<String> response) throws IOException {
        return JSON.readTree(response.body());
    }

    static JsonNode json(String text) throws IOException {
        return JSON.readTree(text);
    }

    static String code(HttpResponse<String> response) throws IOException {
        return response.headers().firstValue("Content-Type").orElse("").equals("application/problem+json")
                ? json(response).path("code").asText()
                : "no problem";
    }

    /** Waits until all tasks of a job stand so. */
    void awaitStatus(int job, String status, @Nullable String user) throws InterruptedException {
        await(() -> {
            try {
                return json(call("GET", "/v1/jobs/" + job, user, null))
                        .path("status")
                        .asText()
                        .equals(status);
            } catch (IOException | InterruptedException e) {
                throw new AssertionError(e);
            }
        });
    }

    /** Looks again with every commit, and from time to time. */
    void await(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("not within " + PATIENCE);
            }
            var unused = beats.poll(20, TimeUnit.MILLISECONDS);
        }
    }

    /** A socket to the door. */
    Socket dial() throws IOException {
        Socket socket = new Socket("127.0.0.1", port());
        socket.setSoTimeout((int) PATIENCE.toMillis());
        return socket;
    }

    /** Sends bytes as they are, and reads until the door closes. */
    String raw(String request) throws IOException {
        try (Socket socket = dial()) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().flush();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Override
    public void close() throws Exception {
        client.shutdownNow();
        door.close();
        loop.close();
    }
}
