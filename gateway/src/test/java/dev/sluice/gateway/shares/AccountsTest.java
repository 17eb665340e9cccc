package dev.sluice.gateway.shares;

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
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real SLURM's accounts as projects, through the whole gateway: those that are there, and those that come and go. */
@Tag("cluster")
@Order(21)
class AccountsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @TempDir
    private Path directory;

    private final SlurmCluster hpc = SlurmCluster.shared(Generation.V26_05);

    @Test
    void accountsAndTheirUsersAreProjectsAsTheyComeAndGo() throws Exception {
        Path config = Files.writeString(directory.resolve("sluice.yaml"), configuration());
        try (GatewayProcess gateway =
                new GatewayProcess(directory.resolve("data"), List.of("--config", config.toString()))) {
            gateway.start();
            gateway.awaitReady();
            gateway.await("/v1/projects", PATIENCE, all -> has(all, "physics") && has(all, "chem"));
            sacctmgr("add", "account", "qcd", "parent=physics", "fairshare=7");
            sacctmgr("add", "user", "alice", "account=qcd");
            gateway.await("/v1/projects", PATIENCE, all -> has(all, "physics/qcd"));
            int job = submit(gateway, "physics/qcd");
            gateway.await(
                    "/v1/jobs/" + job,
                    PATIENCE,
                    view -> view.path("status").asText().equals("succeeded"));
            gateway.await("/v1/usage", PATIENCE, all -> all.toString().contains("physics/qcd"));
            sacctmgr("remove", "user", "alice", "account=qcd");
            gateway.await(
                    "/v1/projects", PATIENCE, all -> members(all, "physics/qcd").isEmpty());
        }
    }

    private static boolean has(JsonNode all, String project) {
        for (JsonNode each : all.path("projects")) {
            if (each.toString().contains("\"" + project + "\"")) {
                return true;
            }
        }
        return false;
    }

    private static JsonNode members(JsonNode all, String project) {
        for (JsonNode each : all.path("projects")) {
            if (each.path("project").asText().equals(project)) {
                return each.path("members");
            }
        }
        throw new AssertionError("no project " + project + " in " + all);
    }

    private void sacctmgr(String... words) {
        List<String> all = new ArrayList<>(List.of("sacctmgr", "-i"));
        all.addAll(List.of(words));
        var unused = hpc.exec("root", all.toArray(String[]::new)).text();
    }

    private String configuration() throws IOException {
        Path known = Files.writeString(directory.resolve("hpc.known"), hpc.knownHost() + "\n");
        return """
                clusters:
                  hpc:
                    type: slurm
                    users: {banned: [sluice]}
                    poll: 1s
                    sweep: 10s
                    ssh: {host: '%s', port: %d, known-hosts: '%s', observer: sluice, login: {type: user-ca, key: '%s'}}
                policy: {accounts: {cluster: hpc, every: 1s}}
                """.formatted(hpc.sshHost(), hpc.sshPort(), known, hpc.userCa());
    }

    private static int submit(GatewayProcess gateway, String project) throws IOException, InterruptedException {
        ObjectNode job = JSON.createObjectNode()
                .put("user", "alice")
                .put("name", "accounts")
                .put("project", project)
                .put("script", "#!/bin/sh\nsleep 2\n");
        return gateway.submit(job);
    }
}
