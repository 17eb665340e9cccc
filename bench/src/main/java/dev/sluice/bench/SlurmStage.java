package dev.sluice.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.gateway.Main;
import dev.sluice.testkit.slurm.Generation;
import dev.sluice.testkit.slurm.Setting;
import dev.sluice.testkit.slurm.SlurmCluster;
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
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;

/** A SLURM 26.05 of a benchmark's own, and a gateway that has it as its one cluster, by both doors. */
final class SlurmStage implements AutoCloseable {
    static final String USER = "alice";
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofMinutes(4);

    final SlurmCluster cluster;
    final Child gateway;
    private final Path directory;
    private final int port;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private SlurmStage(SlurmCluster cluster, Child gateway, Path directory, int port) {
        this.cluster = cluster;
        this.gateway = gateway;
        this.directory = directory;
        this.port = port;
    }

    /** By the gateway's own defaults. */
    static SlurmStage open(String name, Setting... settings) throws IOException, InterruptedException {
        return open(name, "", settings);
    }

    /**
     * @param name of the benchmark
     * @param more of the cluster's block in the gateway's configuration, {@code key: value} in lines
     */
    static SlurmStage open(String name, String more, Setting... settings) throws IOException, InterruptedException {
        Path directory = Directories.make(name);
        SlurmCluster cluster = SlurmCluster.start(Generation.V26_05, settings);
        Path hosts = directory.resolve("known_hosts");
        Files.writeString(hosts, cluster.knownHost() + "\n");
        Path config = directory.resolve("sluice.yaml");
        Files.writeString(config, """
                clusters:
                  slurm:
                    type: slurm
                    rest: {address: '%s', observer: sluice, token: {type: key-file, file: %s}}
                    ssh: {host: %s, port: %d, known-hosts: %s, observer: sluice, login: {type: user-ca, key: %s}}
                    users: {unnamed: refused, table: {%s: %s}}
                    insecure-identity: true
                    login-environment: false
                    max-array-size: 10001
                %s""".formatted(
                        cluster.rest(),
                        cluster.tokenKey(),
                        cluster.sshHost(),
                        cluster.sshPort(),
                        hosts,
                        cluster.userCa(),
                        self(),
                        USER,
                        more.indent(4)));
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        Child gateway = Child.start(
                ProcessBuilder.Redirect.to(directory.resolve("gateway.log").toFile()),
                List.of("-Xmx1g"),
                Main.class,
                "serve",
                "--config",
                config.toString(),
                "--data",
                directory.resolve("data").toString(),
                "--listen",
                "127.0.0.1:" + port);
        SlurmStage stage = new SlurmStage(cluster, gateway, directory, port);
        stage.await(() -> stage.get("/health/ready").statusCode() == 200, "the gateway to be ready");
        return stage;
    }

    /** As whom the gateway takes jobs while no token was made: its own account. */
    private static String self() {
        return System.getProperty("user.name");
    }

    /** Something that may not be so yet. */
    interface Condition {
        boolean holds() throws IOException, InterruptedException;
    }

    void await(Condition condition, String what) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!holds(condition)) {
            if (System.nanoTime() > deadline) {
                throw new IOException("waited in vain for " + what + "; SLURM said: " + cluster.logs());
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

    /** Hands in jobs of this script, one a line of one body. */
    void submit(int jobs, String script, int from) throws IOException, InterruptedException {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < jobs; i++) {
            ObjectNode job = JSON.createObjectNode()
                    .put("name", "bench-" + (from + i))
                    .put("script", script)
                    .put("limitSeconds", 600);
            job.putObject("files").put("output", "/dev/null");
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
                HttpRequest.newBuilder(uri("/v1/clusters/slurm/" + state))
                        .POST(HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() >= 300) {
            throw new IOException(state + ": " + answer.statusCode() + " " + answer.body());
        }
    }

    JsonNode json(String path) throws IOException, InterruptedException {
        return JSON.readTree(get(path).body());
    }

    /** Cancels all jobs of the user. */
    void cancel() {
        cluster.exec("root", "scancel", "-u", USER);
    }

    /** Cancels them, and waits until the controller has forgotten them. */
    void clear() throws IOException, InterruptedException {
        cancel();
        await(
                () -> cluster.exec("root", "squeue", "-h", "-a", "-t", "all", "-u", USER)
                        .text()
                        .isEmpty(),
                "slurmctld to forget what has ended");
    }

    /** The batch file of one of the jobs there, as SLURM has it. */
    String batchScript() {
        String id = cluster.exec("root", "squeue", "-h", "-t", "pending", "-u", USER, "-o", "%A")
                .text()
                .lines()
                .findFirst()
                .orElseThrow();
        return cluster.exec("root", "scontrol", "write", "batch_script", id, "-")
                .text();
    }

    /**
     * CPU time of the cluster's processes and of those that they waited for, in microseconds by the name of the program (proc(5),
     * {@code /proc/pid/stat}). What has ended with its parent is not in it.
     */
    Map<String, Long> clusterCpuMicros() {
        return cluster.exec("root", "sh", "-c", "cat /proc/[0-9]*/stat 2>/dev/null; true")
                .text()
                .lines()
                .collect(Collectors.groupingBy(SlurmStage::program, Collectors.summingLong(SlurmStage::cpuMicros)));
    }

    private static String program(String stat) {
        return stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
    }

    private static long cpuMicros(String stat) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        long ticks = 0;
        for (int field = 11; field <= 14; field++) {
            ticks += Long.parseLong(fields[field]);
        }
        return ticks * 1_000_000 / Child.CLOCK_TICKS;
    }

    /** How many attempts the gateway has under way. */
    int live() throws IOException, InterruptedException {
        return json("/v1/clusters").path("clusters").path(0).path("attempts").asInt(-1);
    }

    /** How many jobs of ours wait there, no longer held. */
    int released() {
        return (int) cluster.exec("root", "squeue", "-h", "-t", "pending", "-u", USER, "-o", "%r")
                .text()
                .lines()
                .filter(line -> !line.isEmpty() && !line.contains("JobHeldUser"))
                .count();
    }

    @Override
    public void close() throws IOException {
        gateway.close();
        client.close();
        cluster.close();
        Directories.remove(directory);
    }
}
