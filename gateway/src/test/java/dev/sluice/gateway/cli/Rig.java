package dev.sluice.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** A real HTTP server that answers as it was told, and a console whose output is read; what is sent is held to the contract. */
final class Rig implements AutoCloseable {
    static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");

    /** What arrived. */
    record Sent(String method, String path, Headers headers, String body) {}

    /** Writes an answer. */
    interface Script {
        void play(HttpExchange exchange) throws IOException;
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, Deque<Script>> scripts = new HashMap<>();
    final List<Sent> sent = new CopyOnWriteArrayList<>();
    final List<Duration> pauses = new ArrayList<>();
    final Map<String, String> environment = new HashMap<>();
    final Path directory;
    Console.Screen screen = new Console.Screen(Console.Look.PIPE, Console.Look.PIPE, 80);
    byte[] input = new byte[0];
    Server serve = options -> 0;
    String out = "";
    String err = "";

    Rig(Path directory) throws IOException {
        this.directory = directory;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
        environment.put("SLUICE_URL", url());
        environment.put("HOME", directory.toString());
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Answers so the next time, and each time after the last that was told. */
    Rig on(String request, int status, String body) {
        return on(request, status, body, Map.of());
    }

    Rig on(String request, int status, String body, Map<String, String> headers) {
        return on(request, exchange -> {
            headers.forEach(exchange.getResponseHeaders()::set);
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        });
    }

    Rig on(String request, Script script) {
        synchronized (scripts) {
            scripts.computeIfAbsent(request, key -> new ArrayDeque<>()).add(script);
        }
        return this;
    }

    private void answer(HttpExchange exchange) throws IOException {
        String method = exchange.getRequestMethod();
        String path = exchange.getRequestURI().toString();
        try (exchange;
                InputStream in = exchange.getRequestBody()) {
            String body = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            sent.add(new Sent(method, path, exchange.getRequestHeaders(), body));
            script(method + " " + path).play(exchange);
        }
    }

    private Script script(String request) {
        synchronized (scripts) {
            Deque<Script> known = scripts.get(request);
            if (known == null) {
                return exchange -> exchange.sendResponseHeaders(418, -1);
            }
            return known.size() > 1 ? known.remove() : known.element();
        }
    }

    int run(String... arguments) {
        ByteArrayOutputStream stdout = new ByteArrayOutputStream();
        ByteArrayOutputStream stderr = new ByteArrayOutputStream();
        Console console = new Console(
                new ByteArrayInputStream(input),
                new PrintStream(stdout, false, StandardCharsets.UTF_8),
                new PrintStream(stderr, true, StandardCharsets.UTF_8),
                screen,
                environment,
                directory,
                () -> NOW,
                ZoneOffset.UTC,
                duration -> {
                    synchronized (pauses) {
                        pauses.add(duration);
                    }
                });
        int code = Sluice.run(console, serve, arguments);
        out = stdout.toString(StandardCharsets.UTF_8);
        err = stderr.toString(StandardCharsets.UTF_8);
        return code;
    }

    /** The bodies of what was sent with this method. */
    List<String> bodies(String method) {
        return sent.stream()
                .filter(each -> each.method().equals(method))
                .map(Sent::body)
                .toList();
    }

    static void write(HttpExchange exchange, String text) throws IOException {
        OutputStream body = exchange.getResponseBody();
        body.write(text.getBytes(StandardCharsets.UTF_8));
        body.flush();
    }

    /** Holds a text to a schema of the contract. */
    static String valid(String component, String json) {
        assertThat(schema(component).validate(json, InputFormat.JSON)).as(json).isEmpty();
        return json;
    }

    private static Schema schema(String component) {
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("$ref", "#/$defs/" + component);
        root.put("$defs", schemas());
        try {
            String text = Api.JSON.writeValueAsString(root).replace("#/components/schemas/", "#/$defs/");
            return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                    .getSchema(text, InputFormat.JSON);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static Object schemas() {
        try (InputStream in = Rig.class.getResourceAsStream("/openapi.yaml")) {
            Map<String, Map<String, Object>> contract =
                    new Yaml(new SafeConstructor(new LoaderOptions())).load(Objects.requireNonNull(in));
            return Objects.requireNonNull(
                    Objects.requireNonNull(contract.get("components")).get("schemas"));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
