package dev.sluice.gateway.crash;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A gateway in a process of its own, over one data directory: started, killed, started again at the same address. */
public final class GatewayProcess implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** A second on a quiet machine; beside other tests that start clusters it was seen to take a minute. */
    private static final Duration START = Duration.ofSeconds(180);

    private final Path data;
    private final List<String> options;
    private final int port;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();
    private @Nullable Process process;
    private List<String> program = List.of("dev.sluice.gateway.Main");

    public GatewayProcess(Path data) throws IOException {
        this(data, List.of());
    }

    /** @param options more of them for {@code serve} and for every other command */
    public GatewayProcess(Path data, List<String> options) throws IOException {
        this.data = data;
        this.options = List.copyOf(options);
        this.port = port();
    }

    /** Below what the kernel gives out by itself (from 32768): nobody else's server takes it while the gateway is dead. */
    private static int port() throws IOException {
        while (true) {
            try (ServerSocket free =
                    new ServerSocket(ThreadLocalRandom.current().nextInt(15_000, 30_000))) {
                return free.getLocalPort();
            } catch (BindException taken) {
                continue;
            }
        }
    }

    /** From its next start on its clock is so far ahead of the machine's. */
    public void moveClock(Duration ahead) {
        moveClock(ahead, ZoneId.systemDefault());
    }

    /** The same where people have this time. */
    public void moveClock(Duration ahead, ZoneId zone) {
        program = List.of("-Dsluice.clock.ahead=" + ahead, "-Duser.timezone=" + zone, "dev.sluice.gateway.MovedClock");
    }

    public URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    public HttpClient client() {
        return client;
    }

    /**
     * One request, and whatever it answers.
     *
     * @param body JSON; empty for none
     */
    public HttpResponse<String> send(String method, String path, String body) throws IOException, InterruptedException {
        HttpRequest.BodyPublisher sent =
                body.isEmpty() ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body);
        HttpRequest request = HttpRequest.newBuilder(uri(path))
                .timeout(Duration.ofSeconds(30))
                .header("Content-Type", "application/json")
                .header("Accept", "application/json")
                .method(method, sent)
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    /** Of a job that is accepted, its id. */
    public int submit(ObjectNode job) throws IOException, InterruptedException {
        HttpResponse<String> answer = send("POST", "/v1/jobs", job.toString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        return JSON.readTree(answer.body()).get("id").asInt();
    }

    /** What it tells there, once it is so. */
    public JsonNode await(String path, Duration patience, Predicate<JsonNode> so)
            throws IOException, InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            String told = send("GET", path, "").body();
            JsonNode view = JSON.readTree(told);
            if (so.test(view)) {
                return view;
            }
            assertThat(System.nanoTime())
                    .as("%s: %s%n%s", path, told, lastWords())
                    .isLessThan(deadline);
            new CountDownLatch(1).await(200, TimeUnit.MILLISECONDS);
        }
    }

    /** Starts it; what it prints goes to {@code gateway.log} in its directory. */
    public void start() throws IOException {
        List<String> command = command("serve");
        command.addAll(List.of("--listen", "127.0.0.1:" + port));
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                .start();
    }

    private List<String> command(String... words) {
        // Started with nohup, the tests would hand on that SIGHUP is ignored.
        List<String> command = new ArrayList<>(List.of(
                "env",
                "--default-signal=HUP",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseCompactObjectHeaders",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path")));
        command.addAll(program);
        command.addAll(List.of(words));
        command.addAll(List.of("--data", data.toString()));
        command.addAll(options);
        return command;
    }

    /** What another command on the same data prints. */
    public String run(String... words) throws IOException {
        Process other = new ProcessBuilder(command(words))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String said = new String(other.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (other.waitFor() != 0) {
                throw new AssertionError(String.join(" ", words) + " failed: " + said);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return said;
    }

    public Path log() {
        return data.resolveSibling("gateway.log");
    }

    /** Stands until it says that it is ready. */
    public void awaitReady() throws InterruptedException {
        long deadline = System.nanoTime() + START.toNanos();
        while (!ready()) {
            Process running = process;
            if (running == null || !running.isAlive() || System.nanoTime() > deadline) {
                throw new AssertionError("the gateway did not come up; its last words:\n" + lastWords());
            }
            running.waitFor(20, TimeUnit.MILLISECONDS);
        }
    }

    private boolean ready() throws InterruptedException {
        try {
            HttpRequest request = HttpRequest.newBuilder(uri("/health/ready"))
                    .timeout(Duration.ofSeconds(2))
                    .build();
            return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    public String lastWords() {
        try {
            List<String> lines = Files.readAllLines(log());
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 40), lines.size()));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** Signal 9: nothing of it gets another word. */
    public void kill() throws InterruptedException {
        Process running = process;
        if (running != null) {
            running.destroyForcibly().waitFor();
        }
    }

    /** Waits for an end of its own, a minute at most; its exit code. */
    public int awaitEnd() throws InterruptedException {
        Process running = process;
        if (running == null || !running.waitFor(START.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("expected the gateway to end, and it did not:\n" + lastWords());
        }
        return running.exitValue();
    }

    /** Signal 15, and waits for the end; its exit code. */
    public int terminate() throws InterruptedException {
        Process running = process;
        if (running == null) {
            throw new IllegalStateException("it was not started");
        }
        running.destroy();
        return running.waitFor();
    }

    /** Signal 1, by which it reads its settings again. */
    public void hangUp() throws IOException, InterruptedException {
        Process running = process;
        if (running == null) {
            throw new IllegalStateException("it was not started");
        }
        int code = new ProcessBuilder("kill", "-HUP", Long.toString(running.pid()))
                .start()
                .waitFor();
        if (code != 0) {
            throw new AssertionError("kill ended with " + code);
        }
    }

    @Override
    public void close() throws InterruptedException {
        kill();
        client.close();
    }
}
