package dev.sluice.testkit.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The test cluster does what tests of the SLURM bridge lean on. A class for each generation, since most of this is waiting. */
@Tag("cluster")
abstract class SlurmClusterChecks {
    /** How long nothing has to come for silence; who listens answers in a fraction of it. */
    private static final Duration SILENCE = Duration.ofSeconds(2);

    private static final Duration A_MINUTE = Duration.ofMinutes(1);

    private final SlurmCluster cluster;

    SlurmClusterChecks(Generation generation) {
        cluster = SlurmCluster.shared(generation);
    }

    @AfterEach
    void heal() {
        cluster.heal();
    }

    @Test
    void isTheGenerationThatItSays() {
        assertThat(cluster.exec("alice", "sinfo", "--version").text())
                .startsWith("slurm-wlm " + cluster.generation().version() + ".");
        cluster.awaitHealthy();
    }

    @Test
    void aJobOfAliceRunsAsAlice() {
        String out = sbatch("alice", "#!/bin/sh\nid -un\n");
        assertThat(cluster.exec("alice", "cat", out).text()).isEqualTo("alice");
    }

    @Test
    void whoMaySubmitIsAsInTheTable() {
        assertThat(cluster.exec("bob", "sbatch", "-A", "chem", "--wrap", "true").exit())
                .isZero();
        assertThat(cluster.exec("bob", "sbatch", "-A", "physics", "--wrap", "true")
                        .stderr())
                .contains("Invalid account");
        assertThat(cluster.exec("carol", "sbatch", "--wrap", "true").stderr()).contains("Invalid account");
        assertThat(cluster.exec("nightly", "id", "-u").text()).isEqualTo("800");
        assertThat(cluster.exec("sluice", "sacctmgr", "-nP", "show", "user", "sluice", "format=adminlevel")
                        .text())
                .isEqualTo("Operator");
    }

    @Test
    void everyVersionOfTheRestApiAnswersATokenThatWasMintedHere() throws Exception {
        for (String version : cluster.generation().restVersions()) {
            assertThat(ping(version, cluster.token("alice", A_MINUTE)).statusCode())
                    .as(version)
                    .isEqualTo(200);
        }
        String version = cluster.generation().newestRestVersion();
        String ended = "/slurm/" + version + "/jobs";
        assertThat(get(ended, cluster.token("alice", A_MINUTE.negated()), A_MINUTE)
                        .statusCode())
                .isGreaterThanOrEqualTo(500);
        assertThat(get(ended, cluster.token("alice", A_MINUTE), A_MINUTE).statusCode())
                .isEqualTo(200);
    }

    @Test
    void aCertificateOfTheCaLogsInAsItsPrincipalAlone() throws Exception {
        Login login = cluster.login("bob", A_MINUTE);
        assertThat(ssh(login, "bob").text()).isEqualTo("bob");
        assertThat(ssh(login, "alice").exit()).isEqualTo(255);
        assertThat(ssh(cluster.login("bob", A_MINUTE.negated()), "bob").exit()).isEqualTo(255);
    }

    @Test
    void theHostKeyCanChange() throws Exception {
        String before = cluster.hostKey();
        cluster.changeHostKey();
        assertThat(cluster.hostKey()).startsWith("ssh-ed25519 ").isNotEqualTo(before);
        assertThat(ssh(cluster.login("bob", A_MINUTE), "bob").text()).isEqualTo("bob");
    }

    @Test
    void aKilledControllerIsGoneUntilItIsStarted() {
        cluster.kill(Service.CONTROLLER);
        assertThat(cluster.exec("root", "scontrol", "ping").stdout()).contains("DOWN");
        cluster.start(Service.CONTROLLER);
        assertThat(cluster.exec("root", "scontrol", "ping").stdout()).contains("UP");
    }

    @Test
    void aStoppedControllerKeepsItsJobs() {
        String id = cluster.exec("alice", "sbatch", "--parsable", "--hold", "--wrap", "true")
                .text();
        cluster.stop(Service.CONTROLLER);
        cluster.start(Service.CONTROLLER);
        assertThat(cluster.exec("alice", "squeue", "-h", "-j", id, "-o", "%T").text())
                .isEqualTo("PENDING");
        cluster.exec("alice", "scancel", id).text();
    }

    @Test
    void aFrozenControllerAnswersWhenItIsThawed() {
        cluster.freeze(Service.CONTROLLER);
        assertThat(cluster.exec(Duration.ofSeconds(2), "root", "squeue").exit()).isEqualTo(Result.TIMED_OUT);
        cluster.thaw(Service.CONTROLLER);
        assertThat(cluster.exec("root", "squeue").exit()).isZero();
    }

    @Test
    void accountingComesBackAfterItsProcessAndItsDatabaseDied() {
        cluster.kill(Service.ACCOUNTING);
        assertThat(cluster.exec("root", "sacct").exit()).isNotZero();
        cluster.start(Service.ACCOUNTING);
        assertThat(cluster.exec("root", "sacct").exit()).isZero();
        cluster.kill(Service.DATABASE);
        cluster.start(Service.DATABASE);
        assertThat(cluster.exec("root", "sacct").exit()).isZero();
        cluster.stop(Service.ACCOUNTING);
        assertThat(cluster.exec("root", "sacct").exit()).isNotZero();
    }

    @Test
    void aFrozenDatabaseKeepsAccountingWaiting() {
        cluster.freeze(Service.DATABASE);
        assertThat(cluster.exec(Duration.ofSeconds(2), "root", "sacct", "-a").exit())
                .isEqualTo(Result.TIMED_OUT);
        cluster.thaw(Service.DATABASE);
        assertThat(cluster.exec("root", "sacct", "-a").exit()).isZero();
    }

    @Test
    void slurmrestdComesBackWhenKilledAndStaysAwayWhenStopped() throws Exception {
        String version = cluster.generation().newestRestVersion();
        String token = cluster.token("alice", A_MINUTE);
        cluster.kill(Service.REST);
        cluster.awaitHealthy();
        assertThat(ping(version, token).statusCode()).isEqualTo(200);
        cluster.stop(Service.REST);
        assertThat(cluster.exec("root", "curl", "-s", "http://127.0.0.1:6820/").exit())
                .isEqualTo(7);
        cluster.start(Service.REST);
        assertThat(ping(version, token).statusCode()).isEqualTo(200);
    }

    @Test
    void nothingComesBackThroughACutOrFromAFrozenService() throws Exception {
        String version = cluster.generation().newestRestVersion();
        String path = "/slurm/" + version + "/ping";
        Asks rest = patience -> get(path, cluster.token("alice", A_MINUTE), patience);
        cluster.cut(Service.REST);
        assertThat(hears(rest, SILENCE)).isFalse();
        cluster.join(Service.REST);
        assertThat(hears(rest, A_MINUTE)).isTrue();
        cluster.freeze(Service.REST);
        assertThat(hears(rest, SILENCE)).isFalse();
        cluster.thaw(Service.REST);
        cluster.cut(Service.SSH);
        assertThat(hears(this::banner, SILENCE)).isFalse();
        cluster.join(Service.SSH);
        assertThat(hears(this::banner, A_MINUTE)).isTrue();
        cluster.freeze(Service.SSH);
        assertThat(hears(this::banner, SILENCE)).isFalse();
    }

    @Test
    void aStoppedSshdTakesItsSessionsWithIt() throws Exception {
        cluster.stop(Service.SSH);
        assertThat(ssh(cluster.login("bob", A_MINUTE), "bob").exit()).isEqualTo(255);
        cluster.start(Service.SSH);
        assertThat(ssh(cluster.login("bob", A_MINUTE), "bob").text()).isEqualTo("bob");
    }

    @Test
    void aKilledNodeTakesItsJobsWithItAndIsUsableWhenStarted() {
        String id = cluster.exec("alice", "sbatch", "--parsable", "-w", "n2", "--wrap", "exec sleep 3131")
                .text();
        await("squeue -h -j " + id + " -o %T | grep RUNNING && pgrep -f 'sleep 3131'");
        cluster.kill(Service.node(2));
        assertThat(cluster.exec("root", "pgrep", "-f", "^sleep 3131").exit()).isEqualTo(1);
        cluster.start(Service.node(2));
        cluster.exec("alice", "scancel", id).text();
        assertThat(sbatch("alice", "#!/bin/sh\n#SBATCH -w n2\ntrue\n")).isNotEmpty();
    }

    @Test
    void nodesAreDrainedAndReservedAndGivenBack() {
        cluster.node(1, "drain");
        assertThat(cluster.exec("root", "sinfo", "-hNn", "n1", "-o", "%T").text())
                .contains("drained");
        cluster.node(1, "resume");
        cluster.reserve("upkeep", 10, "maint");
        assertThat(cluster.exec("alice", "scontrol", "show", "reservation").text())
                .contains("upkeep", "MAINT");
        cluster.unreserve("upkeep");
        assertThat(cluster.exec("alice", "scontrol", "show", "reservation").text())
                .doesNotContain("upkeep");
    }

    @Test
    void aJobOverItsMemoryEndsAsOutOfMemory() {
        String id = cluster.exec(
                        "alice",
                        "sbatch",
                        "--parsable",
                        "--mem=50M",
                        "--wrap",
                        "head -c 400000000 /dev/zero | tail -c 400000000 | wc -c")
                .stdout()
                .strip();
        await("sacct -nPX -j " + id + " -o state | grep OUT_OF_MEMORY");
    }

    @Test
    void anUrgentJobSendsAPreemptibleOneBackToTheQueue() {
        String low = cluster.exec(
                        "alice",
                        "sbatch",
                        "--parsable",
                        "-p",
                        "preempt",
                        "-N2",
                        "--exclusive",
                        "--requeue",
                        "--wrap",
                        "sleep 60")
                .text();
        await("squeue -h -j " + low + " -o %T | grep RUNNING");
        String high = cluster.exec(
                        "bob", "sbatch", "--parsable", "-p", "urgent", "-N2", "--exclusive", "--wrap", "sleep 60")
                .text();
        await("squeue -h -j " + high + " -o %T | grep RUNNING");
        assertThat(cluster.exec("alice", "squeue", "-h", "-j", low, "-o", "%T").text())
                .isNotEqualTo("RUNNING");
        cluster.exec("root", "scancel", low, high).text();
    }

    @Test
    void rpcsAreCountedByTypeAndByUser() {
        cluster.resetRpcs();
        cluster.exec("alice", "scontrol", "show", "job").text();
        cluster.exec("alice", "scontrol", "show", "job").text();
        assertThat(cluster.rpcs()).containsEntry("REQUEST_JOB_INFO", 2L);
        assertThat(cluster.rpcsByUser().get("alice")).isGreaterThanOrEqualTo(2L);
    }

    @Test
    void whatItIsStartedWithIsInItsConfiguration() throws IOException {
        try (SlurmCluster own = SlurmCluster.start(
                cluster.generation(),
                Setting.minJobAge(Duration.ofSeconds(2)),
                Setting.maxArraySize(11),
                Setting.privateData("jobs"),
                Setting.enforcePartLimits("ALL"),
                Setting.maxSessions(3),
                Setting.noAccounting(),
                Setting.nodes(1),
                Setting.slurmConf("KillWait=7"))) {
            assertThat(own.exec("alice", "scontrol", "show", "config").text())
                    .containsPattern("MinJobAge\\s*= 2 sec")
                    .containsPattern("MaxArraySize\\s*= 11\n")
                    .containsPattern("PrivateData\\s*= jobs\n")
                    .containsPattern("EnforcePartLimits\\s*= ALL\n")
                    .containsPattern("KillWait\\s*= 7 sec");
            assertThat(own.exec("root", "sshd", "-T").text()).containsIgnoringCase("maxsessions 3\n");
            assertThat(own.exec("alice", "sbatch", "-p", "short", "-t", "6", "--wrap", "true")
                            .exit())
                    .isEqualTo(1);
            assertThat(own.exec("alice", "sbatch", "--wait", "--wrap", "true").exit())
                    .isZero();
            assertThat(Files.readString(own.userCa())).startsWith("-----BEGIN OPENSSH PRIVATE KEY-----");
        }
    }

    /** Runs the script to its end and returns the path of its output. */
    private String sbatch(String user, String script) {
        cluster.copyIn(user, script.getBytes(StandardCharsets.UTF_8), "/home/" + user + "/script.sh", 0600);
        String id = cluster.exec(user, "sbatch", "--parsable", "script.sh").text();
        // --wait looks after two seconds, after four more, and so on.
        await("squeue -h -t all -j " + id + " -o %T | grep -qx COMPLETED");
        return "/home/" + user + "/slurm-" + id + ".out";
    }

    private void await(String condition) {
        cluster.exec("root", "bash", "-c", "until " + condition + "; do sleep 0.1; done")
                .text();
    }

    /** Logs in from inside the container, as a client that has nothing but the certificate, and says who it is. */
    private Result ssh(Login login, String as) throws IOException {
        cluster.copyIn("root", Files.readAllBytes(login.key()), "/run/lab/login", 0600);
        cluster.copyIn("root", Files.readAllBytes(login.certificate()), "/run/lab/login-cert.pub", 0600);
        cluster.copyIn(
                "root", ("lab " + cluster.hostKey() + "\n").getBytes(StandardCharsets.UTF_8), "/run/lab/known", 0600);
        return cluster.exec(
                "root",
                "ssh",
                "-F",
                "none",
                "-i",
                "/run/lab/login",
                "-o",
                "BatchMode=yes",
                "-o",
                "UserKnownHostsFile=/run/lab/known",
                "-o",
                "HostKeyAlias=lab",
                "-o",
                "HostKeyAlgorithms=ssh-ed25519",
                as + "@127.0.0.1",
                "id",
                "-un");
    }

    private HttpResponse<String> ping(String version, String token) throws IOException, InterruptedException {
        return get("/slurm/" + version + "/ping", token, Duration.ofSeconds(8));
    }

    private HttpResponse<String> get(String path, String token, Duration timeout)
            throws IOException, InterruptedException {
        try (HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            return client.send(
                    HttpRequest.newBuilder(cluster.rest().resolve(path))
                            .header("Accept", "application/json")
                            .header("X-SLURM-USER-NAME", "alice")
                            .header("X-SLURM-USER-TOKEN", token)
                            .timeout(timeout)
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    private String banner(Duration patience) throws IOException {
        try (Socket socket = new Socket()) {
            int millis = (int) patience.toMillis();
            socket.connect(new InetSocketAddress(cluster.sshHost(), cluster.sshPort()), millis);
            socket.setSoTimeout(millis);
            byte[] head = socket.getInputStream().readNBytes(4);
            assertThat(new String(head, StandardCharsets.US_ASCII)).isEqualTo("SSH-");
            return "SSH-";
        }
    }

    private interface Asks {
        Object ask(Duration patience) throws IOException, InterruptedException;
    }

    /** Whether an answer comes; silence is no failure. */
    private static boolean hears(Asks question, Duration patience) throws IOException, InterruptedException {
        try {
            return List.of(question.ask(patience)).size() == 1;
        } catch (HttpTimeoutException | SocketTimeoutException e) {
            return false;
        }
    }
}
