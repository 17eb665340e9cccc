package dev.sluice.gateway.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.gateway.crash.GatewayProcess;
import dev.sluice.testkit.kubernetes.KubernetesCluster;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** A gateway in a process of its own before a real Kubernetes, with namespaces of its own there, and this machine; and a client of it. */
final class Gate implements AutoCloseable {
    static final String K8S = "k8s";

    /** This machine, as another cluster. */
    static final String HERE = "here";

    /** On the node; jobs have it at /marks. */
    private static final String MARKS = "/var/lib/sluice-gate";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(180);
    private static final Pattern CALLS = Pattern.compile("(?m)^sluice_calls_seconds_count\\{(.*)} (\\S+)$");
    private static final Set<String> OVER =
            Set.of("succeeded", "failed", "cancelled", "refused", "interrupted", "timed-out", "node-lost");

    final GatewayProcess process;
    private final KubernetesCluster cluster;

    Gate(Path directory, KubernetesCluster cluster) throws IOException {
        this.cluster = cluster;
        // This machine's jobs are nobody's, who has to reach what lies below.
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        cluster.onNode("mkdir", "-p", "-m", "1777", MARKS);
        Path config = Files.writeString(directory.resolve("sluice.yaml"), """
                clusters:
                  here: {type: local, cpus: 2, poll: 1s, sweep: 10s}
                  k8s:
                    type: kubernetes
                    kubeconfig: '%s'
                    users:
                      ada: {account: alovelace, uid: 2001, gid: 2001}
                    namespace: gateway-%s-%%p
                    image: localhost/busybox:1
                    image-groups: true
                    volumes: {marks: {type: host-path, path: %s}}
                    poll: 1s
                    sweep: 10s
                    gangs: {patience: 30s}
                """.formatted(
                        cluster.kubeconfig(), Long.toString(System.nanoTime(), 36), MARKS));
        process = new GatewayProcess(directory.resolve("data"), List.of("--config", config.toString()));
    }

    void start() throws IOException, InterruptedException {
        process.start();
        process.awaitReady();
    }

    static ObjectNode job(String user, String cluster) {
        ObjectNode job = JSON.createObjectNode().put("user", user).put("name", "gate");
        job.putObject("routing").putArray("allowed").add(cluster);
        return job;
    }

    static ObjectNode command(String cluster, String... words) {
        ObjectNode job = job("ada", cluster);
        List.of(words).forEach(word -> job.withArray("command").add(word));
        return job;
    }

    static ObjectNode script(String text) {
        return job("ada", K8S).put("script", text);
    }

    /** A job of Kubernetes that leaves a line in this file of {@link #marks} for each start. */
    static ObjectNode marking(String file, String then) {
        ObjectNode job = script("#!/bin/sh\necho $SLURM_JOB_ID >>/marks/" + file + "\n" + then + "\n");
        job.putObject("files")
                .putArray("mounts")
                .addObject()
                .put("volume", "marks")
                .put("path", "/marks");
        return job;
    }

    static String file(String what) {
        return what + "-" + System.nanoTime();
    }

    /** Lets jobs go on that wait for it. */
    void touch(String file) {
        cluster.onNode("touch", MARKS + "/" + file);
    }

    /** What jobs wrote there, a line each. */
    List<String> marks(String file) {
        return cluster.onNode("sh", "-c", "cat " + MARKS + "/" + file + " 2>/dev/null || :")
                .lines()
                .toList();
    }

    /** Whether each of these jobs, and no other, has started once. */
    void ranOnceEach(String file, List<Integer> jobs) {
        assertThat(marks(file))
                .containsExactlyInAnyOrderElementsOf(
                        jobs.stream().map(Object::toString).toList());
    }

    HttpResponse<String> send(String method, String path, String body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(process.uri(path))
                .timeout(Duration.ofSeconds(30))
                .header("Content-Type", "application/json")
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body))
                .build();
        return process.client().send(request, HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> send(ObjectNode job) throws IOException, InterruptedException {
        return send("POST", "/v1/jobs", job.toString());
    }

    private String get(String path) throws IOException, InterruptedException {
        HttpResponse<String> answer = send("GET", path, "");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer.body();
    }

    /** The id of the job, which is accepted. */
    int submit(ObjectNode job) throws IOException, InterruptedException {
        HttpResponse<String> answer = send(job);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        return JSON.readTree(answer.body()).get("id").asInt();
    }

    List<Integer> submit(int count, ObjectNode job) throws IOException, InterruptedException {
        List<Integer> jobs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            jobs.add(submit(job));
        }
        return jobs;
    }

    void cancel(int job) throws IOException, InterruptedException {
        assertThat(send("DELETE", "/v1/jobs/" + job, "").statusCode()).isBetween(200, 299);
    }

    JsonNode view(int job) throws IOException, InterruptedException {
        return JSON.readTree(get("/v1/jobs/" + job));
    }

    String status(int job) throws IOException, InterruptedException {
        return view(job).get("status").asText();
    }

    /** Namespace and name of its Job, of its only attempt. */
    String[] place(int job) throws IOException, InterruptedException {
        return view(job).get("attempts").get(0).get("native").asText().split("/");
    }

    String output(int job, int task) throws IOException, InterruptedException {
        return get("/v1/jobs/" + job + "/logs/stdout?task=" + task);
    }

    String explanation(int job) throws IOException, InterruptedException {
        return get("/v1/jobs/" + job + "/explain");
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
                        .formatted(job, status, view, explanation(job), process.lastWords()));
            }
            new CountDownLatch(1).await(100, TimeUnit.MILLISECONDS);
        }
    }

    void awaitAll(List<Integer> jobs, String status) throws IOException, InterruptedException {
        for (int job : jobs) {
            await(job, status);
        }
    }

    void awaitExplanation(int job, String words) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        String said = "";
        while (!said.contains(words)) {
            assertThat(System.nanoTime()).as(said).isLessThan(deadline);
            new CountDownLatch(1).await(100, TimeUnit.MILLISECONDS);
            said = explanation(job);
        }
    }

    /** The cluster as the gateway tells of it, once its health is this. */
    JsonNode awaitHealth(String cluster, String health) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            String all = get("/v1/clusters");
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
        return CALLS.matcher(get("/metrics"))
                .results()
                .filter(line -> line.group(1).contains("cluster=\"" + cluster + "\""))
                .mapToDouble(line -> Double.parseDouble(line.group(2)))
                .sum();
    }

    @Override
    public void close() throws InterruptedException {
        process.close();
    }
}
