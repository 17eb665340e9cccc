package dev.sluice.gateway.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.crash.GatewayProcess;
import dev.sluice.testkit.slurm.Generation;
import dev.sluice.testkit.slurm.Setting;
import dev.sluice.testkit.slurm.SlurmCluster;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/**
 * What it costs slurmctld to be watched (docs/slurm.md): 5,000 live jobs, of which one ends each second, and a gateway with the
 * settings that come by themselves before each pair of doors. Each observes as another account, by which sdiag counts.
 */
@Tag("cluster")
@Order(2)
class ObservationTest {
    private static final int LIVE = 5_000;
    private static final int OURS = 20;
    private static final int SECONDS = 60;
    private static final double AT_MOST_A_SECOND = 1;
    private static final Map<String, String> OBSERVERS = Map.of("both", "sluice", "rest", "bob", "ssh", "carol");

    @TempDir
    static Path directory;

    private static SlurmCluster cluster;

    @BeforeAll
    static void fill() {
        cluster = SlurmCluster.start(
                Generation.V26_05, new Setting("LAB_CPUS", "2000"), new Setting("LAB_MEMORY_MB", "4000000"));
        cluster.startNothingOf("physics");
        String natives = "seq %d | xargs -P 4 -n 1 sbatch -t 10 --hold --wrap true -J".formatted(LIVE);
        cluster.exec(Duration.ofMinutes(4), "alice", "bash", "-c", natives + " >/dev/null")
                .text();
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    void atMostOneObservationASecond(TestReporter told) throws IOException, InterruptedException {
        try (GatewayProcess both = gateway("both", rest("both") + ssh("both"));
                GatewayProcess rest = gateway("rest", rest("rest"));
                GatewayProcess ssh = gateway("ssh", ssh("ssh"))) {
            for (GatewayProcess each : List.of(both, rest, ssh)) {
                each.awaitReady();
                submit(each);
            }
            await("squeue -h -t pending -u alice -o '%k %r' | grep '^[^(]' | grep -cv JobHeldUser | grep -qx "
                    + OURS * OBSERVERS.size());

            cluster.resetRpcs();
            long began = System.nanoTime();
            cluster.exec(
                            Duration.ofMinutes(3),
                            "root",
                            "bash",
                            "-c",
                            "squeue -h -u alice -o '%i %k' | grep -F '(null)' | head -n " + SECONDS
                                    + " | while read -r id rest; do scancel $id; sleep 1; done")
                    .text();
            Map<String, Long> counts = cluster.rpcsByUser();
            double seconds = (System.nanoTime() - began) / 1e9;

            told.publishEntry("requests in %.0f s".formatted(seconds), counts.toString());
            OBSERVERS.forEach((doors, observer) -> assertThat(counts.getOrDefault(observer, 0L) / seconds)
                    .as("requests a second by %s, of %s", doors, counts)
                    .isBetween(0.05, AT_MOST_A_SECOND));
            assertThat(seconds).isGreaterThan(SECONDS);
        }
    }

    private static GatewayProcess gateway(String doors, String blocks) throws IOException {
        Path own = Files.createDirectory(directory.resolve(doors));
        Path config = Files.writeString(own.resolve("sluice.yaml"), """
                clusters:
                  slurm:
                    type: slurm
                    users: {unnamed: refused, table: {ada: alice}}
                    insecure-identity: true
                """ + blocks);
        GatewayProcess gateway = new GatewayProcess(own.resolve("data"), List.of("--config", config.toString()));
        gateway.start();
        return gateway;
    }

    private static String rest(String doors) {
        return "    rest: {address: '%s', observer: %s, token: {type: key-file, file: '%s'}}%n"
                .formatted(cluster.rest(), OBSERVERS.get(doors), cluster.tokenKey());
    }

    private static String ssh(String doors) throws IOException {
        Path known = Files.writeString(directory.resolve(doors + ".known"), cluster.knownHost() + "\n");
        return "    ssh: {host: '%s', port: %d, known-hosts: '%s', observer: %s, login: {type: user-ca, key: '%s'}}%n"
                .formatted(cluster.sshHost(), cluster.sshPort(), known, OBSERVERS.get(doors), cluster.userCa());
    }

    private static void submit(GatewayProcess gateway) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(gateway.uri("/v1/jobs"))
                .timeout(Duration.ofSeconds(60))
                .header("Content-Type", "application/x-ndjson")
                .POST(HttpRequest.BodyPublishers.ofString("""
                        {"user": "ada", "name": "watched", "command": ["true"], "limitSeconds": 600}
                        """.repeat(OURS)))
                .build();
        HttpResponse<String> answer = gateway.client().send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 299);
    }

    private static void await(String condition) {
        cluster.exec(Duration.ofMinutes(3), "root", "bash", "-c", "until " + condition + "; do sleep 0.5; done")
                .text();
    }
}
