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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** F37 and its kin: the door against an SSH server that misbehaves, with commands that stand in for SLURM's. */
@Timeout(60)
final class HostileServerTest {
    private static final Owner OWNER = new Owner("alice");
    private static final String CONFIG = "echo 'SLURM_VERSION = 24.11.5'";

    @TempDir
    Path directory = Path.of("");

    private static Instant fence() {
        return Instant.now().plusSeconds(400);
    }

    private static String why(Answer<?> answer) {
        return answer instanceof Answer.Unknown<?> unknown ? unknown.doubt().why() : "no doubt: " + answer;
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        for (int i = 0; i < 2_000 && !condition.getAsBoolean(); i++) {
            TimeUnit.MILLISECONDS.sleep(10);
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }

    private static SshDoor door(SshSettings settings) throws UnusableKey {
        return new SshDoor(settings, CertificateAuthority.Kind.ECDSA, InstantSource.system());
    }

    private Answer<Submitted> submit(SshDoor door) {
        return door.submit(OWNER, SbatchTest.submission("n", "k", Bytes.ofUtf8("#!/bin/sh\n")), fence());
    }

    @Test
    @Fault("F37")
    void noiseBeforeTheOutputIsNotTheOutput() throws Exception {
        String noise = "printf 'Welcome\\n4711\\nno line end'; echo 4712 >&2; ";
        try (HostileServer server = new HostileServer(directory, noise);
                SshDoor door = door(server.settings())) {
            server.command("sbatch", "cat >/dev/null; echo 97");
            assertThat(submit(door)).isEqualTo(Answer.said(new Submitted(97, List.of())));
        }
    }

    @Test
    @Fault("F37")
    void maxSessionsOpensAnotherSessionAndLosesNoCall() throws Exception {
        try (HostileServer server = new HostileServer(directory, "");
                SshDoor door = door(server.settings())) {
            server.channelsAtMost(2);
            server.command("scontrol", "sleep 0.2; " + CONFIG);
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Future<Answer<ClusterFacts>>> asked = new ArrayList<>();
                for (int i = 0; i < 24; i++) {
                    asked.add(threads.submit(door::facts));
                }
                for (Future<Answer<ClusterFacts>> answer : asked) {
                    assertThat(answer.get()).isInstanceOf(Answer.Said.class);
                }
            }
            assertThat(server.refused.get()).isPositive();
            assertThat(server.connections.get()).isBetween(2, 4);
        }
    }

    @Test
    @Fault("F37")
    void maxStartupsIsTriedAgainAfterAPause() throws Exception {
        try (HostileServer server = new HostileServer(directory, "");
                SshDoor door = door(server.settings())) {
            server.command("scontrol", CONFIG);
            server.cutNext(3);
            assertThat(door.facts()).isInstanceOf(Answer.Said.class);
            assertThat(server.connections.get()).isEqualTo(4);
        }
    }

    @Test
    @Fault("F37")
    void aServerThatCutsEveryConnectionIsLeftAloneSoon() throws Exception {
        try (HostileServer server = new HostileServer(directory, "");
                SshDoor door = door(server.settings())) {
            server.cutNext(1000);
            assertThat(why(submit(door))).contains("nothing was sent");
            assertThat(server.connections.get()).isLessThanOrEqualTo(5);
        }
    }

    @Test
    @Fault("F37")
    void aConnectionDroppedInMidCommandIsUnknownAndTheNextCallGoesOn() throws Exception {
        Path began = directory.resolve("began");
        try (HostileServer server = new HostileServer(directory, "");
                SshDoor door = door(server.settings());
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            server.command("sbatch", "cat >/dev/null; echo 97; echo >" + began + "; sleep 15");
            Future<Answer<Submitted>> answer = threads.submit(() -> submit(door));
            await(() -> Files.exists(began));
            server.dropAll();
            assertThat(why(answer.get(10, TimeUnit.SECONDS))).contains("lost").doesNotContain("nothing was sent");
            server.command("sbatch", "cat >/dev/null; echo 98");
            assertThat(submit(door)).isEqualTo(Answer.said(new Submitted(98, List.of())));
        }
    }

    @Test
    @Fault("F37")
    void anExpiredCertificateIsNotLetIn() throws Exception {
        try (HostileServer server = new HostileServer(directory, "");
                SshDoor late = new SshDoor(
                        server.settings(),
                        CertificateAuthority.Kind.ECDSA,
                        Clock.fixed(Instant.now().minus(Duration.ofHours(1)), ZoneOffset.UTC))) {
            server.command("scancel", "exit 0");
            Answer<Done> answer = late.cancel(OWNER, Target.of(1), Instant.now().plusSeconds(400));
            assertThat(((Answer.Refused<Done>) answer).refusal().code()).isEqualTo("login-refused");
            int tried = server.connections.get();
            for (int i = 0; i < 10; i++) {
                assertThat(late.cancel(OWNER, Target.of(1), Instant.now().plusSeconds(400)))
                        .isInstanceOf(Answer.Refused.class);
            }
            assertThat(server.connections.get()).as("no storm of logins").isEqualTo(tried);
        }
    }

    @Test
    @Fault("F37")
    void anotherHostKeyIsRefusedAndNotTriedAgain() throws Exception {
        try (HostileServer server = new HostileServer(directory, "")) {
            server.command("scontrol", CONFIG);
            SshSettings.Login login = new SshSettings.Login.Certificates(server.authority(), Duration.ofMinutes(5));
            try (SshDoor changed = door(server.settings(server.wrongKnownHosts(), login));
                    SshDoor unknown = door(server.settings(
                            server.wrongKnownHosts().replace("[127.0.0.1]", "[other.example]"), login))) {
                assertThat(why(changed.facts())).contains("host key").contains("not the one in the settings");
                assertThat(why(unknown.facts())).contains("host key").contains("in no line of the settings");
                for (int i = 0; i < 10; i++) {
                    assertThat(why(submit(changed))).contains("host key").contains("nothing was sent");
                }
                assertThat(server.connections.get()).isEqualTo(2);
            }
        }
    }

    @Test
    void aCertificateIsForItsAccountAndByItsAuthority() throws Exception {
        try (HostileServer server = new HostileServer(directory, "")) {
            Path other = Files.createDirectories(directory.resolve("other"));
            try (HostileServer stranger = new HostileServer(other, "");
                    SshDoor door = door(server.settings(
                            server.knownHosts(),
                            new SshSettings.Login.Certificates(stranger.authority(), Duration.ofMinutes(5))))) {
                assertThat(door.facts()).isInstanceOf(Answer.Refused.class);
            }
        }
    }

    @Test
    void oneSharedKeyWorksToo() throws Exception {
        try (HostileServer server = new HostileServer(directory, "");
                SshDoor door = door(
                        server.settings(server.knownHosts(), new SshSettings.Login.SharedKey(server.sharedKey())))) {
            server.command("scontrol", CONFIG);
            assertThat(door.facts()).isInstanceOf(Answer.Said.class);
        }
    }

    @Test
    @Fault("F55")
    void nothingIsSentWhenTheFenceLeavesNoTime() throws Exception {
        try (HostileServer server = new HostileServer(directory, "");
                SshDoor door = door(server.settings())) {
            assertThat(why(door.cancel(OWNER, Target.of(1), Instant.now().plusSeconds(304))))
                    .contains("nothing was sent");
            assertThat(server.connections.get()).isZero();
        }
    }

    @Test
    @Fault("F55")
    void aCommandIsEndedBeforeTheFence() throws Exception {
        try (HostileServer server = new HostileServer(directory, "");
                SshDoor door = door(server.settings())) {
            server.command("scancel", "sleep 15");
            long began = System.nanoTime();
            assertThat(why(door.cancel(OWNER, Target.of(1), Instant.now().plusSeconds(308))))
                    .contains("took too long");
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(10));
        }
    }

    @Test
    @DisplayName("B39 NUL in a name is refused and the connection that others share lives on")
    void nulInANameSpoilsNoConnection() throws Exception {
        try (HostileServer server = new HostileServer(directory, "");
                SshDoor door = door(server.settings())) {
            server.command("sbatch", "cat >/dev/null; echo 97");
            assertThat(submit(door)).isInstanceOf(Answer.Said.class);
            Answer<Submitted> refused = door.submit(OWNER, SbatchTest.submission("a\0b", "k", Bytes.EMPTY), fence());
            assertThat(((Answer.Refused<Submitted>) refused).refusal().code()).isEqualTo("invalid-text");
            assertThat(submit(door)).isInstanceOf(Answer.Said.class);
            assertThat(server.connections.get()).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("B22 an account with a low user id is refused")
    void aLowUserIdIsRefused() throws Exception {
        try (HostileServer server = new HostileServer(directory, "")) {
            SshSettings settings = server.settings();
            SshSettings strict = new SshSettings(
                    settings.host(),
                    settings.port(),
                    settings.knownHosts(),
                    settings.observer(),
                    settings.login(),
                    settings.binDirectory(),
                    Optional.empty(),
                    Optional.empty(),
                    Integer.MAX_VALUE,
                    settings.limits());
            Path ran = directory.resolve("ran");
            server.command("scancel", "echo >" + ran);
            try (SshDoor door = door(strict)) {
                Answer<Done> answer = door.cancel(OWNER, Target.of(1), fence());
                assertThat(((Answer.Refused<Done>) answer).refusal().code()).isEqualTo("forbidden-account");
                assertThat(ran).doesNotExist();
            }
        }
    }

    @Test
    void anInterruptAfterSendingIsUnknown() throws Exception {
        Path began = directory.resolve("began");
        try (HostileServer server = new HostileServer(directory, "");
                SshDoor door = door(server.settings());
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            server.command("sbatch", "cat >/dev/null; echo >" + began + "; sleep 15");
            CompletableFuture<Answer<Submitted>> told = new CompletableFuture<>();
            Future<?> call = threads.submit(() -> told.complete(submit(door)));
            await(() -> Files.exists(began));
            call.cancel(true);
            assertThat(why(told.get(10, TimeUnit.SECONDS))).isEqualTo("interrupted after the command was sent");
        }
    }

    @Test
    void moreOutputThanAllowedIsUnknown() throws Exception {
        try (HostileServer server = new HostileServer(directory, "");
                SshDoor door = door(server.settings())) {
            server.command("squeue", "head -c 3000000 /dev/zero");
            assertThat(why(door.queue())).contains("bytes of output");
        }
    }

    @Test
    void anIdleSessionIsClosed() throws Exception {
        try (HostileServer server = new HostileServer(directory, "")) {
            SshSettings settings = server.settings();
            SshSettings.Limits limits = settings.limits();
            SshSettings hasty = settings.withLimits(new SshSettings.Limits(
                    limits.connect(),
                    limits.call(),
                    limits.keepAlive(),
                    Duration.ofMillis(200),
                    limits.mungeLife(),
                    limits.skew(),
                    limits.sessions(),
                    limits.channels(),
                    limits.handshakes(),
                    limits.output()));
            server.command("scontrol", CONFIG);
            try (SshDoor door = door(hasty)) {
                assertThat(door.facts()).isInstanceOf(Answer.Said.class);
                await(() -> server.sessionsOpen.get() == 0);
                assertThat(door.facts()).isInstanceOf(Answer.Said.class);
                assertThat(server.connections.get()).isEqualTo(2);
            }
        }
    }
}
