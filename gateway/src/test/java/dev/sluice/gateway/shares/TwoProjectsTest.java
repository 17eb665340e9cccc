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
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Two projects at weights 1:2 over one real SLURM and one real Kubernetes: the sums of the simulation, small. */
@Tag("cluster")
@Tag("kubernetes")
@Order(20)
class TwoProjectsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(180);

    /** Of each project: more than both clusters can hold of one. */
    private static final int JOBS = 40;

    private static final int LOOKED_AT = 36;

    private enum Ownership {
        OWNED,
        GUEST
    }

    private record Placed(String at, String project, String cluster) {}

    @TempDir
    private Path directory;

    /**
     * What both clusters have free at one instant goes to both projects one to two, off by one job: n/3 and 2n/3 of n jobs that are alike. So it
     * is in guest mode too: the order of our own jobs is ours everywhere; what others leave of a guest cluster is not. Later ones follow by
     * what is held, not by count: a job is longer on one cluster than on the other.
     */
    @ParameterizedTest
    @EnumSource
    void jobsOfBothArePlacedOneToTwo(Ownership ownership, TestReporter reporter) throws Exception {
        Path config = Files.writeString(directory.resolve("sluice.yaml"), configuration(ownership));
        try (GatewayProcess gateway =
                new GatewayProcess(directory.resolve("data"), List.of("--config", config.toString()))) {
            gateway.start();
            gateway.awaitReady();
            awaitUp(gateway);
            Instant begin = Instant.now().plusSeconds(10);
            List<Integer> jobs = new ArrayList<>();
            for (int i = 0; i < JOBS; i++) {
                jobs.add(submit(gateway, "one", begin));
                jobs.add(submit(gateway, "two", begin));
            }
            List<Placed> placed = placements(gateway, jobs);
            List<Placed> first = placed.stream()
                    .filter(each -> each.at().equals(placed.getFirst().at()))
                    .toList();
            Set<String> clusters = new TreeSet<>();
            first.forEach(each -> clusters.add(each.cluster()));
            reporter.publishEntry(ownership + ": at once", ones(first) + " of one, of " + first.size());
            reporter.publishEntry(ownership + ": in all", ones(placed) + " of one, of " + placed.size());
            assertThat(first).as("more than a handful").hasSizeGreaterThan(11);
            assertThat(Math.abs(3 * ones(first) - first.size())).as("%s", first).isLessThanOrEqualTo(3);
            assertThat(clusters).containsExactly("hpc", "k8s");
        }
    }

    private static long ones(List<Placed> placed) {
        return placed.stream().filter(each -> each.project().equals("one")).count();
    }

    private String configuration(Ownership ownership) throws IOException {
        SlurmCluster hpc = SlurmCluster.shared(Generation.V26_05);
        KubernetesCluster k8s = KubernetesCluster.shared(Form.FULL);
        Path known = Files.writeString(directory.resolve("hpc.known"), hpc.knownHost() + "\n");
        String owned = ownership.name().toLowerCase(Locale.ROOT);
        return """
                clusters:
                  hpc:
                    type: slurm
                    ownership: %s
                    users: {table: {ada: alice}, banned: [sluice]}
                    poll: 1s
                    sweep: 10s
                    ssh: {host: '%s', port: %d, known-hosts: '%s', observer: sluice, login: {type: user-ca, key: '%s'}}
                  k8s:
                    type: kubernetes
                    ownership: %s
                    kubeconfig: '%s'
                    users: {ada: {account: alovelace, uid: 2001, gid: 2001}}
                    namespace: shares-%s-%%p
                    image: localhost/busybox:1
                    poll: 1s
                    sweep: 10s
                access:
                  projects:
                    one: {weight: 1, members: {ada: submitter}}
                    two: {weight: 2, members: {ada: submitter}}
                """.formatted(
                        owned,
                        hpc.sshHost(),
                        hpc.sshPort(),
                        known,
                        hpc.userCa(),
                        owned,
                        k8s.kubeconfig(),
                        Long.toString(System.nanoTime(), 36));
    }

    private static void awaitUp(GatewayProcess gateway) throws IOException, InterruptedException {
        gateway.await("/v1/clusters", PATIENCE, all -> {
            int up = 0;
            for (JsonNode each : all.get("clusters")) {
                up += each.get("health").asText().equals("up") && each.has("partitions") ? 1 : 0;
            }
            return up == 2;
        });
    }

    private static int submit(GatewayProcess gateway, String project, Instant begin)
            throws IOException, InterruptedException {
        ObjectNode job = JSON.createObjectNode()
                .put("user", "ada")
                .put("name", "shares")
                .put("project", project)
                .put("begin", begin.toString())
                .put("script", "#!/bin/sh\nsleep 4\n");
        return gateway.submit(job);
    }

    /** The placements of all jobs that were placed, in their order, once there are enough. */
    private static List<Placed> placements(GatewayProcess gateway, List<Integer> jobs)
            throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            List<Placed> placed = new ArrayList<>();
            for (int job : jobs) {
                JsonNode view =
                        JSON.readTree(gateway.send("GET", "/v1/jobs/" + job, "").body());
                for (JsonNode attempt : view.path("attempts")) {
                    placed.add(new Placed(
                            attempt.get("placed").asText(),
                            view.get("project").asText(),
                            attempt.get("cluster").asText()));
                    break;
                }
            }
            if (placed.size() >= LOOKED_AT) {
                placed.sort(Comparator.comparing(Placed::at));
                return placed;
            }
            assertThat(System.nanoTime()).as(gateway.lastWords()).isLessThan(deadline);
            new CountDownLatch(1).await(1, TimeUnit.SECONDS);
        }
    }
}
