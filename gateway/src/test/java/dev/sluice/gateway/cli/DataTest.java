package dev.sluice.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.engine.StoreLost;
import dev.sluice.gateway.identity.TokenText;
import dev.sluice.gateway.store.DataDirectory;
import dev.sluice.gateway.store.SqliteStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands that work on a data directory, beside a gateway's open store too. */
class DataTest {
    @TempDir
    Path directory;

    private Rig rig;

    @BeforeEach
    void open() throws IOException {
        rig = new Rig(directory);
    }

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    void aTokenIsMadeListedAndRevokedWhileAGatewayRuns() throws StoreLost, IOException {
        try (SqliteStore store = SqliteStore.open(new DataDirectory(directory.resolve("data")))) {
            assertThat(rig.run("token", "list", "--data", "data")).as(rig.err).isZero();
            assertThat(rig.err).contains("no tokens");
            assertThat(rig.run(
                            "token", "create", "--data", "data", "-u", "ada", "--label", "laptop", "--role", "viewer",
                            "--life", "2d"))
                    .as(rig.err)
                    .isZero();
            String secret = rig.out.strip();
            assertThat(TokenText.parse(secret)).isPresent();
            assertThat(rig.err)
                    .matches("sluice: token \\w+ of ada, good until 2026-11-26T12:00:00Z; it is not shown again\n")
                    .doesNotContain(secret);
            String id = rig.err.split(" ")[2];
            rig.run("token", "list", "--data", "data");
            assertThat(rig.out).isEqualTo("""
                    ID            USER  STATE  ROLE      MADE  EXPIRES              LABEL
                    %s  ada   good   viewer  0s ago  2026-11-26 12:00:00  laptop
                    """.formatted(id));
            assertThat(rig.run("token", "revoke", "--data", "data", id, secret)).isEqualTo(1);
            assertThat(rig.out).isEqualTo(id + " is revoked\n");
            assertThat(rig.err).doesNotContain(secret);
            rig.run("token", "list", "--data", "data", "--json");
            assertThat(rig.out).contains("\"revoked\":\"2026-11-24T12:00:00Z\"").doesNotContain(secret);
            for (Path file : files()) {
                assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
                        .doesNotContain(secret);
            }
        }
    }

    private Iterable<Path> files() throws IOException {
        try (var walk = Files.walk(directory)) {
            return walk.filter(Files::isRegularFile).toList();
        }
    }

    @Test
    void boundsOfTokensAreTheSites() throws IOException {
        Files.writeString(directory.resolve("sluice.yaml"), "data: here\ntokens: {longest-life: 30d, life: 7d}\n");
        assertThat(rig.run("token", "create", "--config", "sluice.yaml", "-u", "ada", "--life", "31d"))
                .isEqualTo(2);
        assertThat(rig.err).contains("life: expected 1 to 2592000 seconds, found 2678400 seconds");
        assertThat(rig.run("token", "create", "--config", "sluice.yaml", "-u", "Ada"))
                .isEqualTo(2);
        assertThat(rig.run("token", "create", "--config", "sluice.yaml", "-u", "ada"))
                .isZero();
        assertThat(rig.err).contains("good until 2026-12-01T12:00:00Z");
        assertThat(directory.resolve("here/sluice.db")).exists();
        assertThat(rig.run("token")).isEqualTo(2);
        assertThat(rig.run("token", "create")).isEqualTo(2);
    }

    @Test
    void aBackupIsMadeBesideAGatewayAndRestoredWithoutOne() throws StoreLost, IOException {
        DataDirectory data = new DataDirectory(directory.resolve("data"));
        try (SqliteStore store = SqliteStore.open(data)) {
            assertThat(rig.run("backup", "--data", "data", "copy.db"))
                    .as(rig.err)
                    .isZero();
            assertThat(rig.out).startsWith(directory.resolve("copy.db") + ": ");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("copy.db"))))
                    .isEqualTo("rw-------");
            assertThat(rig.run("backup", "--data", "data", "copy.db")).isEqualTo(1);
            assertThat(rig.err).contains("expected a file that is not there yet");
            assertThat(rig.run("restore", "--data", "data", "--replace", "copy.db"))
                    .isEqualTo(1);
        }
        assertThat(rig.run("restore", "--data", "data", "copy.db")).isEqualTo(1);
        assertThat(rig.err).contains("expected no database");
        assertThat(rig.run("restore", "--data", "data", "--replace", "--margin", "5", "copy.db"))
                .isZero();
        assertThat(rig.out).contains("before-restore").endsWith("restored; the next job's id is 1000000005\n");
        assertThat(rig.run("restore", "--data", "other", "copy.db")).isZero();
        assertThat(rig.run("restore", "--data", "other", "--margin", "-1", "copy.db"))
                .isEqualTo(2);
        assertThat(rig.run("backup", "--data", "none", "x.db")).isEqualTo(1);
        assertThat(rig.err).contains("--data");
    }
}
