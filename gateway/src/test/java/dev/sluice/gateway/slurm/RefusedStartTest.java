package dev.sluice.gateway.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.crash.GatewayProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A gateway does not start with a cluster that it could never speak to. */
class RefusedStartTest {
    private static final int AS_OTHER_CONFIGURATION_ERRORS = 1;

    @TempDir
    Path directory;

    private String refused(String login, String knownHosts) throws IOException, InterruptedException {
        Path key = Files.writeString(directory.resolve("key"), "this is no key\n");
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        Files.writeString(directory.resolve("hosts"), "hpc ssh-ed25519 AAAA\n");
        Path config = Files.writeString(directory.resolve("sluice.yaml"), """
                clusters:
                  hpc:
                    type: slurm
                    ssh: {host: hpc, known-hosts: %s, observer: eye, login: {type: %s, key: key}}
                """.formatted(knownHosts, login));
        try (GatewayProcess gateway =
                new GatewayProcess(directory.resolve("data"), List.of("--config", config.toString()))) {
            gateway.start();
            assertThat(gateway.awaitEnd()).as(gateway.lastWords()).isEqualTo(AS_OTHER_CONFIGURATION_ERRORS);
            return gateway.lastWords();
        }
    }

    @Test
    void whatIsNoKeyIsToldInOneLine() throws IOException, InterruptedException {
        assertThat(refused("user-ca", "hosts"))
                .hasLineCount(1)
                .startsWith("sluice: the gateway does not start: clusters.hpc.ssh: expected a private key and lines of"
                        + " known_hosts(5), found ");
    }

    @Test
    void knownHostsThatCannotBeReadAreToldWithTheirLine() throws IOException, InterruptedException {
        assertThat(refused("user-ca", "nowhere")).contains("sluice.yaml:4:", "clusters.hpc.ssh.known-hosts: expected");
    }

    @Test
    void aSharedKeyNeedsAWord() throws IOException, InterruptedException {
        assertThat(refused("shared-key", "hosts")).contains("clusters.hpc.insecure-identity: expected true");
    }
}
