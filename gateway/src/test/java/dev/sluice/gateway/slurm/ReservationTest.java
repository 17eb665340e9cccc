package dev.sluice.gateway.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.gateway.crash.GatewayProcess;
import dev.sluice.testkit.slurm.Generation;
import dev.sluice.testkit.slurm.SlurmCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nodes that a real SLURM sets aside, and who gets them through the gateway. Two nodes with 8 CPUs each. */
@Tag("cluster")
@Order(22)
class ReservationTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    @TempDir
    private Path directory;

    private String configuration(SlurmCluster cluster) throws IOException {
        Path known = Files.writeString(directory.resolve("hpc.known"), cluster.knownHost() + "\n");
        return """
                clusters:
                  hpc:
                    type: slurm
                    ownership: owned
                    users: {banned: [sluice]}
                    poll: 1s
                    sweep: 5s
                    ssh: {host: '%s', port: %d, known-hosts: '%s', observer: sluice, login: {type: user-ca, key: '%s'}}
                """.formatted(cluster.sshHost(), cluster.sshPort(), known, cluster.userCa());
    }

    private static void reserve(SlurmCluster cluster, String name, String node, String start) {
        cluster.exec(
                        "root",
                        "scontrol",
                        "create",
                        "reservation",
                        "ReservationName=" + name,
                        "Users=alice",
                        "Nodes=" + node,
                        "StartTime=" + start,
                        "Duration=120")
                .text();
    }

    /** A job of a whole node. */
    private static ObjectNode job(int minutes) {
        ObjectNode job = JSON.createObjectNode().put("user", "alice").put("name", "aside");
        job.put("script", "#!/bin/sh\nhostname\n").put("limitSeconds", minutes * 60);
        job.putObject("resources").put("cpusPerTask", 8);
        return job;
    }

    private static void awaitStatus(GatewayProcess gateway, int job, String status)
            throws IOException, InterruptedException {
        gateway.await(
                "/v1/jobs/" + job, PATIENCE, view -> view.get("status").asText().equals(status));
    }

    private static JsonNode awaitReason(GatewayProcess gateway, int job, String code)
            throws IOException, InterruptedException {
        return gateway.await(
                "/v1/jobs/" + job + "/explain",
                PATIENCE,
                told -> told.toString().contains("\"code\":\"" + code + "\""));
    }

    @Test
    void whatIsSetAsideIsForJobsThatNameItAndForShortOnesUntilThen() throws Exception {
        try (SlurmCluster cluster = SlurmCluster.start(Generation.V24_11)) {
            Path config = Files.writeString(directory.resolve("sluice.yaml"), configuration(cluster));
            reserve(cluster, "course", "n1", "now");
            reserve(cluster, "upgrade", "n2", "now+60minutes");
            try (GatewayProcess gateway =
                    new GatewayProcess(directory.resolve("data"), List.of("--config", config.toString()))) {
                gateway.start();
                gateway.awaitReady();
                gateway.await("/v1/clusters", PATIENCE, all -> all.toString().contains("\"upgrade\""));

                int tooLong = gateway.submit(job(90));
                assertThat(awaitReason(gateway, tooLong, "set-aside").toString())
                        .as("on n1 now, on n2 within the hour")
                        .contains("what would be free is set aside for reservation course from ");
                ObjectNode soon = job(10);
                soon.putObject("routing").put("reservation", "upgrade");
                int early = gateway.submit(soon);
                awaitReason(gateway, early, "not-begun");

                int brief = gateway.submit(job(10));
                awaitStatus(gateway, brief, "succeeded");
                ObjectNode named = job(90);
                named.putObject("routing").put("reservation", "course");
                awaitStatus(gateway, gateway.submit(named), "succeeded");
                assertThat(cluster.exec("alice", "sacct", "-nXP", "-o", "NodeList,Reservation")
                                .text())
                        .as("no other was handed over")
                        .hasLineCount(2);
                awaitStatus(gateway, tooLong, "queued");

                cluster.exec("root", "scontrol", "delete", "ReservationName=upgrade")
                        .text();
                awaitStatus(gateway, tooLong, "succeeded");
            }
        }
    }
}
