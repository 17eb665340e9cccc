package dev.sluice.gateway.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.testkit.Fault;
import dev.sluice.testkit.kubernetes.Form;
import dev.sluice.testkit.kubernetes.KubernetesCluster;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From HTTP to a pod and back. */
@Tag("cluster")
@Tag("kubernetes")
@Order(3)
class KubernetesGatewayTest {
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    @TempDir
    static Path directory;

    @SuppressWarnings("NullAway.Init") // JUnit runs start before each test
    private static KubernetesCluster cluster;

    @SuppressWarnings("NullAway.Init") // as above
    private static Gate gate;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        cluster = KubernetesCluster.shared(Form.FULL);
        gate = new Gate(directory, cluster);
        gate.start();
    }

    @AfterAll
    static void stop() throws InterruptedException {
        gate.close();
    }

    @Test
    void aCommandAScriptAndAnArrayRunAsTheirUsersAccount() throws IOException, InterruptedException {
        int command = gate.submit(Gate.command(Gate.K8S, "sh", "-c", "id -u; echo $USER; echo $SLURM_JOB_ID"));
        int failing = gate.submit(Gate.script("#!/bin/sh\nexit 7\n"));
        int array = gate.submit(Gate.script("#!/bin/sh\necho \"$SLURM_ARRAY_TASK_ID of $SLURM_ARRAY_JOB_ID\"\n")
                .put("array", "2-4"));
        gate.await(command, "succeeded");
        assertThat(gate.output(command, 0)).isEqualTo("2001\nalovelace\n" + command + "\n");
        assertThat(gate.await(failing, "failed").toString()).contains("7");
        gate.await(array, "succeeded");
        for (int task = 2; task <= 4; task++) {
            assertThat(gate.output(array, task)).isEqualTo(task + " of " + array + "\n");
        }
    }

    @Test
    void anImageGoesAsItWasGiven() throws IOException, InterruptedException {
        int tagged = gate.submit(Gate.script("#!/bin/sh\necho ran\n").put("image", "localhost/busybox:1"));
        gate.await(tagged, "succeeded");
        assertThat(gate.output(tagged, 0)).isEqualTo("ran\n");
    }

    @Test
    @Fault("F1")
    void aJobOutlivesAGatewayThatIsKilled() throws IOException, InterruptedException {
        int job = gate.submit(Gate.script("#!/bin/sh\necho first\nsleep 8\necho second\n"));
        gate.await(job, "running");
        gate.process.kill();
        gate.start();
        JsonNode over = gate.await(job, "succeeded");
        assertThat(over.get("attempts")).as("one attempt, and no second").hasSize(1);
        assertThat(gate.output(job, 0)).isEqualTo("first\nsecond\n");
    }

    @Test
    @Fault("F14")
    void whatIsCancelledIsCancelledOnTheCluster() throws IOException, InterruptedException {
        int job = gate.submit(Gate.script("#!/bin/sh\nexec sleep 600\n"));
        gate.await(job, "running");
        String[] place = gate.place(job);
        gate.cancel(job);
        gate.await(job, "cancelled");
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
        ObjectNode job = Gate.script("#!/bin/sh\necho node $SLURM_NODEID of $SLURM_NNODES\n");
        job.putObject("resources").put("nodes", 2);
        return job;
    }

    /** A namespace that has room for one pod only, so that a job of two nodes cannot be ready. */
    private static String withRoomForOne() throws IOException, InterruptedException {
        int job = gate.submit(Gate.script("#!/bin/sh\n"));
        gate.await(job, "succeeded");
        String[] place = gate.place(job);
        cluster.kubectl("-n", place[0], "create", "quota", "one", "--hard=pods=1");
        return place[0];
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
            job = gate.submit(onTwoNodes());
            gate.awaitExplanation(job, "its nodes were not ready together within 30 s: 1 of 2 nodes ready");
        } finally {
            cluster.kubectl("-n", namespace, "delete", "quota", "one");
        }
        gate.await(job, "succeeded");
        assertThat(gate.output(job, 0)).isEqualTo("node 0 of 2\n");
    }

    @Test
    @Fault("F1")
    void aGatewayThatIsKilledWhileNodesAreAwaitedStartsThemWhenItIsBack() throws IOException, InterruptedException {
        String namespace = withRoomForOne();
        int job;
        try {
            job = gate.submit(onTwoNodes());
            awaitRunningPod(namespace, job);
            gate.process.kill();
        } finally {
            cluster.kubectl("-n", namespace, "delete", "quota", "one");
        }
        gate.start();
        JsonNode over = gate.await(job, "succeeded");
        assertThat(over.get("attempts")).as("one attempt, and no second").hasSize(1);
        assertThat(gate.output(job, 0)).isEqualTo("node 0 of 2\n");
    }

    @Test
    @Fault("B22")
    void whoHasNoAccountThereIsRefusedBeforeAnythingIsSent() throws IOException, InterruptedException {
        HttpResponse<String> answer = gate.send(Gate.job("root", Gate.K8S).put("script", "#!/bin/sh\nid\n"));
        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(answer.body()).contains("expected a user with an account on k8s, found root");
    }
}
