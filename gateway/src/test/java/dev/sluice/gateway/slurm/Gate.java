package dev.sluice.gateway.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.gateway.crash.GatewayProcess;
import dev.sluice.testkit.slurm.Generation;
import dev.sluice.testkit.slurm.SlurmCluster;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.regex.Pattern;

/** A gateway in a process of its own before three real clusters, and a client of it. */
final class Gate implements AutoCloseable {
    /** By both doors, SLURM 26.05. */
    static final String HPC = "hpc";

    /** By SSH alone, SLURM 22.05. */
    static final String OLD = "old";

    /** By slurmrestd alone, SLURM 24.11. */
    static final String API = "api";

    static final List<String> ALL = List.of(HPC, OLD, API);

    /** How long the gateway waits for a cluster's doors. */
    enum Patience {
        USUAL("", ""),
        /** For a test that makes it run out: shorter than SLURM's own MessageTimeout, which a site should not do. */
        SHORT(", connect-timeout: 2s, request-timeout: 8s", ", limits: {connect: 5s, call: 10s, keep-alive: 2s}");

        private final String rest;
        private final String ssh;

        Patience(String rest, String ssh) {
            this.rest = rest;
            this.ssh = ssh;
        }
    }

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final Pattern CALLS = Pattern.compile("(?m)^sluice_calls_seconds_count\\{(.*)} (\\S+)$");
    private static final Set<String> OVER =
            Set.of("succeeded", "failed", "cancelled", "refused", "interrupted", "timed-out", "node-lost");

    final GatewayProcess process;
    private final Patience patience;
    private final Function<String, SlurmCluster> clusters;

    Gate(Path directory) throws IOException {
        this(directory, Patience.USUAL, Gate::cluster);
    }

    Gate(Path directory, Patience patience, Function<String, SlurmCluster> clusters) throws IOException {
        this.patience = patience;
        this.clusters = clusters;
        Path config = directory.resolve("sluice.yaml");
        Files.writeString(config, "clusters:\n" + both(directory) + ssh(directory) + rest());
        process = new GatewayProcess(directory.resolve("data"), List.of("--config", config.toString()));
    }

    /** The cluster that all tests share. */
    static SlurmCluster cluster(String name) {
        return SlurmCluster.shared(generation(name));
    }

    static Generation generation(String name) {
        return switch (name) {
            case HPC -> Generation.V26_05;
            case OLD -> Generation.V22_05;
            case API -> Generation.V24_11;
            default -> throw new IllegalArgumentException(name);
        };
    }

    private String both(Path directory) throws IOException {
        return entry(HPC) + rest(clusters.apply(HPC)) + ssh(directory, HPC) + "    insecure-identity: true\n";
    }

    private String ssh(Path directory) throws IOException {
        return entry(OLD) + ssh(directory, OLD);
    }

    private String rest() {
        return entry(API) + rest(clusters.apply(API)) + "    insecure-identity: true\n";
    }

    private static String entry(String name) {
        return """
                  %s:
                    type: slurm
                    users: {table: {ada: alice, night: nightly}, banned: [sluice]}
                    max-array-size: 10001
                    poll: 1s
                    sweep: 10s
                """.formatted(name);
    }

    private String rest(SlurmCluster cluster) {
        return "    rest: {address: '%s', observer: sluice, token: {type: key-file, file: '%s'}%s}%n"
                .formatted(cluster.rest(), cluster.tokenKey(), patience.rest);
    }

    private String ssh(Path directory, String name) throws IOException {
        SlurmCluster cluster = clusters.apply(name);
        Path known = Files.writeString(directory.resolve(name + ".known"), cluster.knownHost() + "\n");
        return "    ssh: {host: '%s', port: %d, known-hosts: '%s', observer: sluice, login: {type: user-ca, key: '%s'}%s}%n"
                .formatted(cluster.sshHost(), cluster.sshPort(), known, cluster.userCa(), patience.ssh);
    }

    void start() throws IOException, InterruptedException {
        process.start();
        process.awaitReady();
    }

    /** A job of this user for one cluster. */
    static ObjectNode job(String user, String cluster) {
        ObjectNode job = JSON.createObjectNode().put("user", user).put("name", "gate");
        job.putObject("routing").putArray("allowed").add(cluster);
        return job;
    }

    static ObjectNode script(String user, String cluster, String script) {
        return job(user, cluster).put("script", script);
    }

    static ObjectNode command(String user, String cluster, String... words) {
        ObjectNode job = job(user, cluster);
        for (String word : words) {
            job.withArray("command").add(word);
        }
        return job;
    }

    /** @param headers names and values in turn */
    HttpResponse<String> send(ObjectNode job, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(process.uri("/v1/jobs"))
                .timeout(Duration.ofSeconds(30))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(job.toString()));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return process.client().send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** The id of the job, which is accepted. */
    int submit(ObjectNode job, String... headers) throws IOException, InterruptedException {
        HttpResponse<String> answer = send(job, headers);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        return JSON.readTree(answer.body()).get("id").asInt();
    }

    void cancel(int job) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(process.uri("/v1/jobs/" + job))
                .timeout(Duration.ofSeconds(30))
                .DELETE()
                .build();
        HttpResponse<String> answer = process.client().send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 299);
    }

    JsonNode view(int job) throws IOException, InterruptedException {
        HttpResponse<String> answer = get("/v1/jobs/" + job);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(process.uri(path))
                .timeout(Duration.ofSeconds(30))
                .build();
        return process.client().send(request, HttpResponse.BodyHandlers.ofString());
    }

    /** The job once it stands so; fails when it ends otherwise. */
    JsonNode await(int job, String status) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            JsonNode view = view(job);
            String now = view.get("status").asText();
            if (now.equals(status)) {
                return view;
            }
            if (OVER.contains(now) || System.nanoTime() > deadline) {
                throw new AssertionError("expected job %d to be %s, found %s%n%s%n%s"
                        .formatted(
                                job,
                                status,
                                view,
                                get("/v1/jobs/" + job + "/explain").body(),
                                process.lastWords()));
            }
            new CountDownLatch(1).await(100, TimeUnit.MILLISECONDS);
        }
    }

    /** The cluster as the gateway tells of it, once its health is this. */
    JsonNode awaitHealth(String cluster, String health) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            String all = get("/v1/clusters").body();
            for (JsonNode each : JSON.readTree(all).get("clusters")) {
                if (each.get("name").asText().equals(cluster)
                        && each.get("health").asText().equals(health)) {
                    return each;
                }
            }
            assertThat(System.nanoTime())
                    .as("%s should be %s: %s", cluster, health, all)
                    .isLessThan(deadline);
            new CountDownLatch(1).await(100, TimeUnit.MILLISECONDS);
        }
    }

    /** How many calls to the cluster have come to an end, with an answer or without, since the gateway started. */
    double calls(String cluster) throws IOException, InterruptedException {
        return CALLS.matcher(get("/metrics").body())
                .results()
                .filter(line -> line.group(1).contains("cluster=\"" + cluster + "\""))
                .mapToDouble(line -> Double.parseDouble(line.group(2)))
                .sum();
    }

    /** What the task printed. */
    String output(int job, int task) throws IOException, InterruptedException {
        HttpResponse<String> answer = get("/v1/jobs/" + job + "/logs/stdout?task=" + task);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer.body();
    }

    /** Follows what the job prints until this line has come. */
    void follow(int job, String line) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(process.uri("/v1/jobs/" + job + "/logs/stdout?follow=true"))
                .timeout(PATIENCE)
                .build();
        HttpResponse<InputStream> answer = process.client().send(request, HttpResponse.BodyHandlers.ofInputStream());
        StringBuilder seen = new StringBuilder();
        try (InputStream body = answer.body()) {
            byte[] some = new byte[4096];
            while (seen.indexOf(line + "\n") < 0) {
                int count = body.read(some);
                if (count < 0) {
                    throw new AssertionError("the log ended without the line " + line + ": " + seen);
                }
                seen.append(new String(some, 0, count, StandardCharsets.UTF_8));
            }
        }
    }

    @Override
    public void close() throws InterruptedException {
        process.close();
    }
}
