package dev.sluice.gateway.shares;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.gateway.crash.GatewayProcess;
import dev.sluice.testkit.kubernetes.Form;
import dev.sluice.testkit.kubernetes.KubernetesCluster;
import dev.sluice.testkit.slurm.Generation;
import dev.sluice.testkit.slurm.SlurmCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What an account runs on a real SLURM beside Sluice, or a namespace on a real Kubernetes, counts for its project, before a restart of the
 * gateway and after it.
 */
@Tag("cluster")
@Order(20)
class NativeUseTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(240);

    private static final Set<String> OVER = Set.of("succeeded", "failed", "cancelled", "refused", "interrupted");

    @TempDir
    private Path directory;

    /** Of two jobs only one has room at a time: each wants all CPUs of a node, and on the other node a native job runs. */
    @Test
    void theProjectOfAnAccountThatRanNativelyGoesBehindTheOther() throws Exception {
        try (SlurmCluster cluster = SlurmCluster.start(Generation.V24_11)) {
            Path config = Files.writeString(directory.resolve("sluice.yaml"), configuration(cluster));
            List<String> words = List.of("--config", config.toString());
            sbatch(cluster, "physics", "-n1");
            try (GatewayProcess gateway = new GatewayProcess(directory.resolve("data"), words)) {
                gateway.start();
                gateway.awaitReady();
                awaitRunning(cluster);
                assertThat(first(gateway))
                        .as("the first by name, as nobody has used anything")
                        .isEqualTo("biology");

                String native4 = sbatch(cluster, "chem", "-n4");
                JsonNode charged = awaitCharge(gateway);
                cluster.exec("alice", "scancel", native4).text();
                assertThat(charged.get("natives").toString())
                        .as("physics is nobody's")
                        .isEqualTo("[{\"project\":\"biology\",\"cpus\":4,\"memory\":" + (400L << 20) + ",\"gpus\":0}]");
                gateway.terminate();
                gateway.start();
                gateway.awaitReady();
                assertThat(first(gateway))
                        .as("the one whose account ran nothing")
                        .isEqualTo("chemistry");
            }
        }
    }

    @Test
    @Tag("kubernetes")
    void whatANamespaceOfKubernetesRunsIsChargedToItsProject() throws Exception {
        KubernetesCluster cluster = KubernetesCluster.shared(Form.FULL);
        String namespace = "wet-lab-" + Long.toString(System.nanoTime(), 36);
        Path config =
                Files.writeString(directory.resolve("sluice.yaml"), """
                clusters:
                  k8s:
                    type: kubernetes
                    kubeconfig: '%s'
                    users: {ada: {account: alovelace, uid: 2001, gid: 2001}}
                    namespace: shares-%%p
                    poll: 1s
                access: {projects: {biology: {weight: 1}}}
                policy: {clusters: {k8s: {charge-native: {%s: biology}}}}
                """.formatted(cluster.kubeconfig(), namespace));
        cluster.kubectl("create", "namespace", namespace);
        cluster.kubectlWith("""
                apiVersion: v1
                kind: Pod
                metadata: {name: assay, namespace: %s}
                spec:
                  containers:
                    - name: main
                      image: localhost/busybox:1
                      command: [sleep, "3600"]
                      resources: {requests: {cpu: "2", memory: 64Mi}}
                """.formatted(namespace), "apply", "-f", "-");
        try (GatewayProcess gateway =
                new GatewayProcess(directory.resolve("data"), List.of("--config", config.toString()))) {
            gateway.start();
            gateway.awaitReady();
            assertThat(awaitCharge(gateway).get("natives").toString())
                    .as("other namespaces are nobody's")
                    .isEqualTo("[{\"project\":\"biology\",\"cpus\":2,\"memory\":" + (64L << 20) + ",\"gpus\":0}]");
        } finally {
            cluster.kubectl("delete", "namespace", namespace, "--wait=false");
        }
    }

    private String configuration(SlurmCluster cluster) throws IOException {
        Path known = Files.writeString(directory.resolve("hpc.known"), cluster.knownHost() + "\n");
        return """
                clusters:
                  hpc:
                    type: slurm
                    ownership: owned
                    users: {table: {ada: alice}, banned: [sluice]}
                    poll: 1s
                    sweep: 5s
                    ssh: {host: '%s', port: %d, known-hosts: '%s', observer: sluice, login: {type: user-ca, key: '%s'}}
                access:
                  projects:
                    chemistry: {members: {ada: submitter}}
                    biology: {members: {ada: submitter}}
                policy: {clusters: {hpc: {charge-native: {chem: biology}}}}
                """.formatted(cluster.sshHost(), cluster.sshPort(), known, cluster.userCa());
    }

    /** On n1, so that n2 alone has all its CPUs. */
    private static String sbatch(SlurmCluster cluster, String account, String tasks) {
        return cluster.exec(
                        "alice",
                        "sbatch",
                        "--parsable",
                        "--account=" + account,
                        "--nodelist=n1",
                        tasks,
                        "--time=60",
                        "--output=/dev/null",
                        "--wrap",
                        "sleep 3600")
                .text();
    }

    private static void awaitRunning(SlurmCluster cluster) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (cluster.exec("alice", "squeue", "-h", "-t", "RUNNING").text().isEmpty()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            new CountDownLatch(1).await(200, TimeUnit.MILLISECONDS);
        }
    }

    /** Which project's job goes first, of one of biology and one of chemistry that may begin at the same time. */
    private static String first(GatewayProcess gateway) throws IOException, InterruptedException {
        Instant begin = Instant.now().plusSeconds(10);
        int one = submit(gateway, "biology", begin);
        int other = submit(gateway, "chemistry", begin);
        Instant placed = awaitPlaced(gateway, one);
        boolean before = placed.isBefore(awaitPlaced(gateway, other));
        awaitEnd(gateway, one);
        awaitEnd(gateway, other);
        return before ? "biology" : "chemistry";
    }

    private static int submit(GatewayProcess gateway, String project, Instant begin)
            throws IOException, InterruptedException {
        ObjectNode job = JSON.createObjectNode()
                .put("user", "ada")
                .put("name", "natives")
                .put("project", project)
                .put("begin", begin.toString())
                .put("script", "#!/bin/sh\nsleep 3\n");
        job.putObject("resources").put("cpusPerTask", 8);
        return gateway.submit(job);
    }

    private static Instant awaitPlaced(GatewayProcess gateway, int job) throws IOException, InterruptedException {
        JsonNode view = gateway.await(
                "/v1/jobs/" + job, PATIENCE, each -> each.at("/attempts/0").has("placed"));
        return Instant.parse(view.at("/attempts/0/placed").asText());
    }

    private static void awaitEnd(GatewayProcess gateway, int job) throws IOException, InterruptedException {
        JsonNode view = gateway.await(
                "/v1/jobs/" + job,
                PATIENCE,
                each -> OVER.contains(each.get("status").asText()));
        assertThat(view.get("status").asText()).as(view.toString()).isEqualTo("succeeded");
    }

    /** The first charge of natives. */
    private static JsonNode awaitCharge(GatewayProcess gateway) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        long after = 0;
        while (true) {
            JsonNode page = JSON.readTree(
                    gateway.send("GET", "/v1/events?after=" + after, "").body());
            for (JsonNode event : page.get("events")) {
                if (event.get("type").asText().equals("natives-charged")) {
                    return event;
                }
            }
            after = page.get("next").asLong();
            assertThat(System.nanoTime()).as(gateway.lastWords()).isLessThan(deadline);
            new CountDownLatch(1).await(1, TimeUnit.SECONDS);
        }
    }
}
