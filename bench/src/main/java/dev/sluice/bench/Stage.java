package dev.sluice.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.gateway.Main;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/** A gateway in a process of its own, with one real cluster that is a benchmark's own. */
abstract class Stage implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofMinutes(4);

    final Child gateway;
    private final String name;
    private final Path directory;
    private final int port;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** A gateway that was started. */
    record Serving(Child gateway, Path directory, int port) {}

    /** @param name of the cluster in the gateway's configuration */
    Stage(String name, Serving serving) {
        this.name = name;
        this.gateway = serving.gateway();
        this.directory = serving.directory();
        this.port = serving.port();
    }

    /** Starts one with a directory of its own, which goes when the stage is closed. */
    static Serving serve(Path directory, String config) throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        Path file = Files.writeString(directory.resolve("sluice.yaml"), config);
        Child gateway = Child.start(
                ProcessBuilder.Redirect.to(directory.resolve("gateway.log").toFile()),
                List.of("-Xmx1g"),
                Main.class,
                "serve",
                "--config",
                file.toString(),
                "--data",
                directory.resolve("data").toString(),
                "--listen",
                "127.0.0.1:" + port);
        return new Serving(gateway, directory, port);
    }

    /** As whom the gateway takes jobs while no token was made: its own account. */
    static String self() {
        return System.getProperty("user.name");
    }

    /** What this cluster's jobs need besides. */
    abstract void furnish(ObjectNode job);

    /** For who waited in vain. */
    abstract String clusterSaid();

    abstract void closeCluster();

    void awaitReady() throws IOException, InterruptedException {
        await(() -> get("/health/ready").statusCode() == 200, "the gateway to be ready");
    }

    /** Something that may not be so yet. */
    interface Condition {
        boolean holds() throws IOException, InterruptedException;
    }

    void await(Condition condition, String what) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!holds(condition)) {
            if (System.nanoTime() > deadline) {
                throw new IOException("waited in vain for " + what + "; the cluster said: " + clusterSaid());
            }
            gateway.checkAlive();
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    private static boolean holds(Condition condition) throws InterruptedException {
        try {
            return condition.holds();
        } catch (IOException notYet) {
            return false;
        }
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofString());
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    JsonNode json(String path) throws IOException, InterruptedException {
        return JSON.readTree(get(path).body());
    }

    /** Hands in jobs of this script, one a line of one body. */
    void submit(int jobs, String script, int from) throws IOException, InterruptedException {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < jobs; i++) {
            ObjectNode job = JSON.createObjectNode()
                    .put("name", "bench-" + (from + i))
                    .put("script", script)
                    .put("limitSeconds", 600);
            furnish(job);
            lines.append(job).append('\n');
        }
        HttpResponse<String> answer = client.send(
                HttpRequest.newBuilder(uri("/v1/jobs"))
                        .header("Content-Type", "application/x-ndjson")
                        .POST(HttpRequest.BodyPublishers.ofString(lines.toString()))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() >= 300) {
            throw new IOException("not accepted: " + answer.statusCode() + " " + answer.body());
        }
    }

    /** Tells each job's new status from now on, on a thread of its own, until it is closed. */
    Following follow(BiConsumer<String, String> told) throws IOException, InterruptedException {
        InputStream stream = client.send(
                        HttpRequest.newBuilder(uri("/v1/events")).build(), HttpResponse.BodyHandlers.ofInputStream())
                .body();
        Thread.ofPlatform().daemon().name("bench-events").start(() -> {
            try (BufferedReader lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    if (line.startsWith("data:")) {
                        JsonNode event = JSON.readTree(line.substring("data:".length()));
                        told.accept(
                                event.path("job").asText(), event.path("status").asText());
                    }
                }
            } catch (IOException closed) {
                // The benchmark has seen what it waited for.
            }
        });
        return stream::close;
    }

    /** A stream of events. */
    interface Following extends AutoCloseable {
        @Override
        void close() throws IOException;
    }

    /** Opens or shuts the cluster for new placements. */
    void drain(String state) throws IOException, InterruptedException {
        HttpResponse<String> answer = client.send(
                HttpRequest.newBuilder(uri("/v1/clusters/" + name + "/" + state))
                        .POST(HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() >= 300) {
            throw new IOException(state + ": " + answer.statusCode() + " " + answer.body());
        }
    }

    /** How many attempts the gateway has under way. */
    int live() throws IOException, InterruptedException {
        return json("/v1/clusters").path("clusters").path(0).path("attempts").asInt(-1);
    }

    @Override
    public void close() throws IOException {
        gateway.close();
        client.close();
        closeCluster();
        Directories.remove(directory);
    }
}
