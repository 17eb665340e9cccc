package dev.sluice.gateway.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.testkit.Fault;
import dev.sluice.testkit.slurm.SlurmCluster;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** From HTTP to a node and back, by both doors, by SSH alone and by slurmrestd alone. */
@Tag("cluster")
@Order(3)
class SlurmGatewayTest {
    private static final int ENDED_BY_SIGTERM = 128 + 15;

    @TempDir
    static Path directory;

    private static Gate gate;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        gate = new Gate(directory);
        gate.start();
    }

    @AfterAll
    static void stop() throws InterruptedException {
        gate.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {Gate.HPC, Gate.OLD})
    void aCommandAScriptAndAnArrayRunAsTheirUsersAccount(String name) throws IOException, InterruptedException {
        int command = gate.submit(Gate.command("ada", name, "sh", "-c", "id -un; pwd; echo $SLURM_JOB_ID"));
        ObjectNode inShort = Gate.script("bob", name, "#!/bin/sh\nid -un\necho \"$SLURM_JOB_PARTITION\"\n");
        inShort.withObject("routing").putArray("partitions").add("short");
        inShort.put("limitSeconds", 120);
        int script = gate.submit(inShort);
        int array = gate.submit(Gate.script("alice", name, "#!/bin/sh\necho \"$SLURM_ARRAY_TASK_ID of $(id -un)\"\n")
                .put("array", "0-2"));

        gate.await(command, "succeeded");
        assertThat(gate.output(command, 0)).isEqualTo("alice\n/home/alice\n" + command + "\n");
        gate.await(script, "succeeded");
        assertThat(gate.output(script, 0)).isEqualTo("bob\nshort\n");
        gate.await(array, "succeeded");
        for (int task = 0; task < 3; task++) {
            assertThat(gate.output(array, task)).isEqualTo(task + " of alice\n");
        }
    }

    @Test
    void byRestAloneAJobRunsAndEndsAsItDid() throws IOException, InterruptedException {
        String mark = "/scratch/api-" + System.nanoTime();
        int good = gate.submit(Gate.command("ada", Gate.API, "sh", "-c", "id -un >" + mark));
        int bad = gate.submit(Gate.command("ada", Gate.API, "sh", "-c", "exit 7"));
        gate.await(good, "succeeded");
        assertThat(Gate.cluster(Gate.API).exec("alice", "cat", mark).text()).isEqualTo("alice");
        assertThat(gate.await(bad, "failed").toString()).contains("7");
    }

    @ParameterizedTest
    @ValueSource(strings = {Gate.HPC, Gate.OLD})
    void aJobOutlivesTheGatewayAndItsLogGoesOn(String name) throws IOException, InterruptedException {
        SlurmCluster cluster = Gate.cluster(name);
        String signal = "/scratch/go-" + System.nanoTime();
        int job = gate.submit(Gate.script(
                "ada", name, "#!/bin/sh\necho first\nuntil [ -e " + signal + " ]; do sleep 0.2; done\necho second\n"));
        gate.follow(job, "first");
        gate.await(job, "running");

        assertThat(gate.process.terminate()).isEqualTo(ENDED_BY_SIGTERM);
        gate.start();
        cluster.exec("alice", "touch", signal).text();
        gate.follow(job, "second");
        JsonNode over = gate.await(job, "succeeded");
        assertThat(over.get("attempts")).as("one attempt, and no second").hasSize(1);
        assertThat(gate.output(job, 0)).isEqualTo("first\nsecond\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {Gate.HPC, Gate.OLD, Gate.API})
    void whatIsCancelledIsCancelledOnTheCluster(String name) throws IOException, InterruptedException {
        int job = gate.submit(Gate.command("ada", name, "sleep", "600"));
        String id =
                gate.await(job, "running").get("attempts").get(0).get("native").asText();
        gate.cancel(job);
        gate.await(job, "cancelled");
        assertThat(Gate.cluster(name)
                        .exec("root", "squeue", "-h", "-t", "all", "-j", id, "-o", "%T")
                        .text())
                .isIn("CANCELLED", "COMPLETING");
    }

    @ParameterizedTest
    @CsvSource({"root, hpc", "root, old", "root, api", "sluice, hpc", "sluice, old", "sluice, api"})
    @DisplayName("B22 root and banned accounts")
    @Fault("B22")
    void whoHasNoAccountThereIsRefusedBeforeAnythingIsSent(String user, String name)
            throws IOException, InterruptedException {
        HttpResponse<String> answer = gate.send(Gate.command(user, name, "id"));
        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(answer.body()).contains("expected a user with an account on " + name + ", found " + user);
    }

    @ParameterizedTest
    @ValueSource(strings = {Gate.HPC, Gate.OLD, Gate.API})
    @DisplayName("B22 mapped to an account with a user id below 1000")
    @Fault("B22")
    void aSystemAccountRunsNothing(String name) throws IOException, InterruptedException {
        int job = gate.submit(Gate.command("night", name, "sh", "-c", "id >/scratch/night-" + name));
        JsonNode refused = gate.await(job, "refused");
        assertThat(refused.toString()).contains("1000");
        assertThat(Gate.cluster(name)
                        .exec("root", "test", "-e", "/scratch/night-" + name)
                        .succeeded())
                .as("something of it ran")
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {Gate.HPC, Gate.API})
    @DisplayName("B20 a client's own X-SLURM-USER-NAME")
    @Fault("B20")
    void aClientsOwnHeadersReachNoCluster(String name) throws IOException, InterruptedException {
        String mark = "/scratch/header-" + System.nanoTime();
        int job = gate.submit(
                Gate.command("ada", name, "sh", "-c", "id -un >" + mark),
                "X-SLURM-USER-NAME",
                "bob",
                "X-SLURM-USER-TOKEN",
                "bobs");
        gate.await(job, "succeeded");
        assertThat(Gate.cluster(name).exec("alice", "cat", mark).text()).isEqualTo("alice");
    }

    @Test
    void insecureIdentityIsWarnedOfAtEveryStart() throws IOException {
        String log = Files.readString(gate.process.log());
        assertThat(log)
                .contains("clusters.hpc: insecure-identity is true for rest.token, the cluster's own key")
                .contains("clusters.api: insecure-identity is true for rest.token, the cluster's own key")
                .doesNotContain("clusters.old: insecure-identity");
    }
}
