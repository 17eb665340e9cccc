package dev.sluice.gateway.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.gateway.crash.GatewayProcess;
import dev.sluice.testkit.Fault;
import dev.sluice.testkit.kubernetes.Form;
import dev.sluice.testkit.kubernetes.KubernetesCluster;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From HTTP to a pod and back. */
@Tag("cluster")
@Tag("kubernetes")
class KubernetesGatewayTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final Set<String> OVER =
            Set.of("succeeded", "failed", "cancelled", "refused", "interrupted", "timed-out", "node-lost");

    @TempDir
    static Path directory;

    @SuppressWarnings("NullAway.Init") // JUnit runs start before each test
    private static KubernetesCluster cluster;

    @SuppressWarnings("NullAway.Init") // as above
    private static GatewayProcess gateway;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        cluster = KubernetesCluster.shared(Form.FULL);
        Path config = Files.writeString(directory.resolve("sluice.yaml"), """
                clusters:
                  k8s:
                    type: kubernetes
                    kubeconfig: '%s'
                    users:
                      ada: {account: alovelace, uid: 2001, gid: 2001}
                    namespace: gateway-%%p
                    image: localhost/busybox:1
                    image-groups: true
                    poll: 1s
                    sweep: 10s
                    gangs: {patience: 30s}
                """.formatted(cluster.kubeconfig()));
        gateway = new GatewayProcess(directory.resolve("data"), List.of("--config", config.toString()));
        gateway.start();
        gateway.awaitReady();
    }

    @AfterAll
    static void stop() throws InterruptedException {
        gateway.close();
    }

    private static ObjectNode job(String user) {
        return JSON.createObjectNode().put("user", user).put("name", "gate");
    }

    private static ObjectNode script(String text) {
        return job("ada").put("script", text);
    }

    private static HttpResponse<String> send(String method, String path, String body)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(gateway.uri(path))
                .timeout(Duration.ofSeconds(30))
                .header("Content-Type", "application/json")
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body))
                .build();
        return gateway.client().send(request, HttpResponse.BodyHandlers.ofString());
    }

    private static int submit(ObjectNode job) throws IOException, InterruptedException {
        HttpResponse<String> answer = send("POST", "/v1/jobs", job.toString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        return JSON.readTree(answer.body()).get("id").asInt();
    }

    private static String output(int job, int task) throws IOException, InterruptedException {
        HttpResponse<String> answer = send("GET", "/v1/jobs/" + job + "/logs/stdout?task=" + task, "");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer.body();
    }

    /** The job once it stands so; fails when it ends otherwise. */
    private static JsonNode await(int job, String status) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            JsonNode view = JSON.readTree(send("GET", "/v1/jobs/" + job, "").body());
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
                                send("GET", "/v1/jobs/" + job + "/explain", "").body(),
                                gateway.lastWords()));
            }
            new CountDownLatch(1).await(100, TimeUnit.MILLISECONDS);
        }
    }

    @Test
    void aCommandAScriptAndAnArrayRunAsTheirUsersAccount() throws IOException, InterruptedException {
        ObjectNode words = job("ada");
        List.of("sh", "-c", "id -u; echo $USER; echo $SLURM_JOB_ID")
                .forEach(word -> words.withArray("command").add(word));
        int command = submit(words);
        int failing = submit(script("#!/bin/sh\nexit 7\n"));
        int array = submit(script("#!/bin/sh\necho \"$SLURM_ARRAY_TASK_ID of $SLURM_ARRAY_JOB_ID\"\n")
                .put("array", "2-4"));
        await(command, "succeeded");
        assertThat(output(command, 0)).isEqualTo("2001\nalovelace\n" + command + "\n");
        assertThat(await(failing, "failed").toString()).contains("7");
        await(array, "succeeded");
        for (int task = 2; task <= 4; task++) {
            assertThat(output(array, task)).isEqualTo(task + " of " + array + "\n");
        }
    }

    @Test
    @Fault("F1")
    void aJobOutlivesAGatewayThatIsKilled() throws IOException, InterruptedException {
        int job = submit(script("#!/bin/sh\necho first\nsleep 8\necho second\n"));
        await(job, "running");
        gateway.kill();
        gateway.start();
        gateway.awaitReady();
        JsonNode over = await(job, "succeeded");
        assertThat(over.get("attempts")).as("one attempt, and no second").hasSize(1);
        assertThat(output(job, 0)).isEqualTo("first\nsecond\n");
    }

    @Test
    @Fault("F14")
    void whatIsCancelledIsCancelledOnTheCluster() throws IOException, InterruptedException {
        int job = submit(script("#!/bin/sh\nexec sleep 600\n"));
        String[] place = await(job, "running")
                .get("attempts")
                .get(0)
                .get("native")
                .asText()
                .split("/");
        assertThat(send("DELETE", "/v1/jobs/" + job, "").statusCode()).isBetween(200, 299);
        await(job, "cancelled");
        assertThat(cluster.kubectl(
                        "-n",
                        place[0],
                        "get",
                        "pods",
                        "-l",
                        "job-name=" + place[1],
                        "-o",
                        "jsonpath={.items[?(@.status.phase==\"Running\")].metadata.name}"))
                .isEmpty();
    }

    private static ObjectNode onTwoNodes() {
        ObjectNode job = script("#!/bin/sh\necho node $SLURM_NODEID of $SLURM_NNODES\n");
        job.putObject("resources").put("nodes", 2);
        return job;
    }

    /** A namespace that has room for one pod only, so that a job of two nodes cannot be ready. */
    private static String withRoomForOne() throws IOException, InterruptedException {
        String[] place = await(submit(script("#!/bin/sh\n")), "succeeded")
                .get("attempts")
                .get(0)
                .get("native")
                .asText()
                .split("/");
        cluster.kubectl("-n", place[0], "create", "quota", "one", "--hard=pods=1");
        return place[0];
    }

    private static void awaitExplanation(int job, String words) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        String said = "";
        while (!said.contains(words)) {
            assertThat(System.nanoTime()).as(said).isLessThan(deadline);
            new CountDownLatch(1).await(100, TimeUnit.MILLISECONDS);
            said = send("GET", "/v1/jobs/" + job + "/explain", "").body();
        }
    }

    private static void awaitRunningPod(String namespace, int job) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        String[] question = {
            "-n", namespace, "get", "pods", "-l", "sluice.dev/job=" + job, "-o", "jsonpath={.items[*].status.phase}"
        };
        while (!cluster.kubectl(question).contains("Running")) {
            assertThat(System.nanoTime()).as("no pod of job %d runs", job).isLessThan(deadline);
            new CountDownLatch(1).await(100, TimeUnit.MILLISECONDS);
        }
    }

    @Test
    void aJobOfTwoNodesThatAreNotReadyTogetherSaysSoAndIsTriedAgain() throws IOException, InterruptedException {
        String namespace = withRoomForOne();
        int job;
        try {
            job = submit(onTwoNodes());
            awaitExplanation(job, "its nodes were not ready together within 30 s: 1 of 2 nodes ready");
        } finally {
            cluster.kubectl("-n", namespace, "delete", "quota", "one");
        }
        await(job, "succeeded");
        assertThat(output(job, 0)).isEqualTo("node 0 of 2\n");
    }

    @Test
    @Fault("F1")
    void aGatewayThatIsKilledWhileNodesAreAwaitedStartsThemWhenItIsBack() throws IOException, InterruptedException {
        String namespace = withRoomForOne();
        int job;
        try {
            job = submit(onTwoNodes());
            awaitRunningPod(namespace, job);
            gateway.kill();
        } finally {
            cluster.kubectl("-n", namespace, "delete", "quota", "one");
        }
        gateway.start();
        gateway.awaitReady();
        JsonNode over = await(job, "succeeded");
        assertThat(over.get("attempts")).as("one attempt, and no second").hasSize(1);
        assertThat(output(job, 0)).isEqualTo("node 0 of 2\n");
    }

    @Test
    @Fault("B22")
    void whoHasNoAccountThereIsRefusedBeforeAnythingIsSent() throws IOException, InterruptedException {
        HttpResponse<String> answer = send(
                "POST", "/v1/jobs", job("root").put("script", "#!/bin/sh\nid\n").toString());
        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(answer.body()).contains("expected a user with an account on k8s, found root");
    }
}
