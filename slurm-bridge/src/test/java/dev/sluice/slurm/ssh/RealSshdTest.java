package dev.sluice.slurm.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.slurm.door.Answer;
import dev.sluice.slurm.door.ClusterFacts;
import dev.sluice.slurm.door.Door.Done;
import dev.sluice.slurm.door.Door.Submitted;
import dev.sluice.slurm.door.Owner;
import dev.sluice.slurm.door.Target;
import dev.sluice.spec.Bytes;
import dev.sluice.testkit.Fault;
import dev.sluice.testkit.slurm.Generation;
import dev.sluice.testkit.slurm.Service;
import dev.sluice.testkit.slurm.Setting;
import dev.sluice.testkit.slurm.SlurmCluster;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** F37 as OpenSSH's own server has it, before a real SLURM: two sessions a connection, three connections that are not logged in. */
@Tag("cluster")
@Timeout(120)
@Execution(ExecutionMode.SAME_THREAD)
final class RealSshdTest {
    private static final int STARTUPS = 3;
    private static final Owner ALICE = new Owner("alice");

    private static SlurmCluster cluster;

    @BeforeAll
    static void start() {
        cluster = SlurmCluster.start(
                Generation.V24_11, Setting.maxSessions(2), Setting.maxStartups(STARTUPS + ":100:" + STARTUPS));
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    private static SshDoor door(String knownHosts, InstantSource clock) throws UnusableKey {
        SshSettings.Login login =
                new SshSettings.Login.Certificates(cluster.userCa(), SshSettings.Login.Certificates.LIFE);
        return new SshDoor(SshSettings.of(cluster.sshHost(), cluster.sshPort(), knownHosts, "sluice", login), clock);
    }

    private static SshDoor door() throws UnusableKey {
        return door(cluster.knownHost(), InstantSource.system());
    }

    private static Instant fence() {
        return Instant.now().plusSeconds(400);
    }

    private static Answer<Submitted> submit(SshDoor door) {
        return door.submit(ALICE, SbatchTest.submission("n", "k", Bytes.ofUtf8("#!/bin/sh\n")), fence());
    }

    private static String why(Answer<?> answer) {
        return answer instanceof Answer.Unknown<?> unknown ? unknown.doubt().why() : "no doubt: " + answer;
    }

    @Test
    @Fault("F37")
    void maxSessionsAnswersEveryCall() throws Exception {
        try (SshDoor door = door();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Answer<ClusterFacts>>> asked = new ArrayList<>();
            for (int i = 0; i < 24; i++) {
                asked.add(threads.submit(door::facts));
            }
            for (Future<Answer<ClusterFacts>> answer : asked) {
                assertThat(answer.get()).isInstanceOf(Answer.Said.class);
            }
        }
    }

    @Test
    @Fault("F37")
    void maxStartupsIsWaitedOut() throws Exception {
        List<Socket> strangers = new ArrayList<>();
        try (SshDoor door = door();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < STARTUPS; i++) {
                Socket stranger = new Socket(cluster.sshHost(), cluster.sshPort());
                strangers.add(stranger);
                assertThat(stranger.getInputStream().read())
                        .as("the banner's first byte")
                        .isEqualTo('S');
            }
            try (Socket turnedAway = new Socket(cluster.sshHost(), cluster.sshPort())) {
                assertThat(firstLine(turnedAway)).doesNotStartWith("SSH-2");
            }
            Future<Answer<ClusterFacts>> asked = threads.submit(door::facts);
            TimeUnit.MILLISECONDS.sleep(300);
            for (Socket stranger : strangers) {
                stranger.close();
            }
            assertThat(asked.get()).isInstanceOf(Answer.Said.class);
        }
    }

    private static String firstLine(Socket socket) throws IOException {
        return new String(socket.getInputStream().readNBytes(5), StandardCharsets.US_ASCII);
    }

    @Test
    @Fault("F37")
    void whatALoginFilePrintsIsNotTheOutput() throws Exception {
        byte[] noise =
                "echo Welcome; echo 4711; printf 'no line end'; echo 4712 >&2\n".getBytes(StandardCharsets.UTF_8);
        cluster.copyIn("alice", noise, "/home/alice/.bashrc", 0644);
        try (SshDoor door = door()) {
            Submitted submitted = ((Answer.Said<Submitted>) submit(door)).value();
            assertThat(cluster.exec("root", "squeue", "-h", "-j", Long.toString(submitted.jobId()), "-o", "%u %k %T")
                            .text())
                    .isEqualTo("alice k PENDING");
            assertThat(door.cancel(ALICE, Target.of(submitted.jobId()), fence()))
                    .isInstanceOf(Answer.Said.class);
        } finally {
            cluster.exec("root", "rm", "/home/alice/.bashrc").text();
        }
    }

    @Test
    @Fault("F37")
    void aConnectionThatEndsInMidCommandIsUnknownAndTheNextCallGoesOn() throws Exception {
        try (SshDoor door = door();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            assertThat(door.facts()).isInstanceOf(Answer.Said.class);
            cluster.freeze(Service.CONTROLLER);
            Future<Answer<Submitted>> asked = threads.submit(() -> submit(door));
            cluster.exec("root", "bash", "-c", "until pgrep -u alice -x sbatch; do sleep 0.1; done")
                    .text();
            cluster.kill(Service.SSH);
            assertThat(why(asked.get())).contains("lost").doesNotContain("nothing was sent");
            cluster.thaw(Service.CONTROLLER);
            cluster.start(Service.SSH);
            assertThat(submit(door)).isInstanceOf(Answer.Said.class);
        } finally {
            cluster.heal();
            cluster.exec("root", "scancel", "--user=alice");
        }
    }

    @Test
    @Fault("F37")
    void anExpiredCertificateIsNotLetIn() throws Exception {
        try (SshDoor late = door(cluster.knownHost(), Clock.offset(Clock.systemUTC(), Duration.ofHours(-1)))) {
            Answer<Done> answer = late.cancel(ALICE, Target.of(1), fence());
            assertThat(((Answer.Refused<Done>) answer).refusal().code()).isEqualTo("login-refused");
        }
    }

    @Test
    @Fault("F37")
    void aHostKeyThatChangedIsRefused() throws Exception {
        String before = cluster.knownHost();
        try (SshDoor door = door(before, InstantSource.system())) {
            assertThat(door.facts()).isInstanceOf(Answer.Said.class);
            cluster.changeHostKey();
            cluster.kill(Service.SSH);
            cluster.start(Service.SSH);
            assertThat(cluster.knownHost()).isNotEqualTo(before);
            assertThat(why(door.facts())).contains("host key").contains("not the one in the settings");
            assertThat(why(submit(door))).contains("host key").contains("nothing was sent");
        }
        try (SshDoor told = door()) {
            assertThat(told.facts()).isInstanceOf(Answer.Said.class);
        }
    }
}
