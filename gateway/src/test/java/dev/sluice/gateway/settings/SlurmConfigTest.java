package dev.sluice.gateway.settings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.AvailableModules;
import dev.sluice.cluster.Supply;
import dev.sluice.engine.EngineSettings.ClusterSettings;
import dev.sluice.job.ClusterName;
import dev.sluice.slurm.Urgency;
import dev.sluice.testkit.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A SLURM cluster as a site writes it down. */
class SlurmConfigTest {
    private static final ClusterName HPC = new ClusterName("hpc");
    private static final String BY_COMMAND =
            "rest: {address: 'http://hpc:6820', observer: eye, token: {type: command, argv: [token, '%u', '%t']}}";
    private static final String BY_KEY =
            "rest: {address: 'http://hpc:6820', observer: eye, token: {type: key-file, file: key}}";
    private static final String BY_ADMIN =
            "rest: {address: 'http://hpc:6820', observer: eye, token: {type: admin-token, file: key}}";
    private static final String BY_AUTHORITY =
            "ssh: {host: hpc, known-hosts: hosts, observer: eye, login: {type: user-ca, key: key}}";
    private static final String BY_SHARED_KEY =
            "ssh: {host: hpc, known-hosts: hosts, observer: eye, login: {type: shared-key, key: key}}";

    @TempDir
    Path directory;

    @BeforeEach
    void keys() throws IOException {
        Path key = Files.writeString(directory.resolve("key"), "a key\n");
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        Files.writeString(directory.resolve("hosts"), "hpc ssh-ed25519 AAAA\n");
    }

    private Reading<GatewaySettings> read(String... keys) throws IOException {
        StringBuilder text = new StringBuilder("clusters:\n  hpc:\n    type: slurm\n");
        for (String key : keys) {
            text.append("    ").append(key).append('\n');
        }
        return GatewaySettings.read(Files.writeString(directory.resolve("sluice.yaml"), text));
    }

    private ClusterConfig.Slurm good(String... keys) throws IOException {
        return switch (read(keys)) {
            case Reading.Good<GatewaySettings>(GatewaySettings settings)
            when settings.clusters().get(HPC) instanceof ClusterConfig.Slurm slurm -> slurm;
            case Reading.Good<GatewaySettings> good -> throw new AssertionError("another kind of cluster");
            case Reading.Bad<GatewaySettings> bad -> throw new AssertionError(bad.text());
        };
    }

    private String bad(String... keys) throws IOException {
        return switch (read(keys)) {
            case Reading.Good<GatewaySettings> good -> throw new AssertionError("nothing was refused");
            case Reading.Bad<GatewaySettings> bad -> bad.text().replace(directory + "/", "");
        };
    }

    @Test
    void oneDoorIsEnoughAndNoneIsNot() throws IOException {
        assertThat(good(BY_COMMAND).sshSettings(Duration.ZERO)).isEmpty();
        assertThat(good(BY_AUTHORITY).restSettings(Duration.ZERO)).isEmpty();
        assertThat(bad("period: 2s"))
                .isEqualTo("sluice.yaml:2:3: clusters.hpc.rest: expected a block rest, a block ssh or both, found"
                        + " 'neither'; correct it");
    }

    @Test
    void aRequestLivesAsLongAsTheSlowestDoorLetsIt() throws IOException {
        assertThat(good(BY_COMMAND).engine(HPC).requestLife()).isEqualTo(Duration.ofSeconds(60));
        assertThat(good(BY_AUTHORITY).engine(HPC).requestLife()).isEqualTo(Duration.ofSeconds(360));
        ClusterConfig.Slurm both = good(BY_COMMAND, BY_AUTHORITY);
        assertThat(both.engine(HPC).requestLife()).isEqualTo(Duration.ofSeconds(360));
        assertThat(both.life(Duration.ofSeconds(5)))
                .isEqualTo(both.sshSettings(Duration.ofSeconds(5)).orElseThrow().fence());
    }

    @Test
    void theEngineIsToldWhatTheClusterIs() throws IOException {
        ClusterSettings engine = good(BY_COMMAND, "max-array-size: 20", "min-job-age: 90s", "poll: 2s", "sweep: 30s")
                .engine(HPC);
        assertThat(engine.arraySpan()).isEqualTo(20);
        assertThat(engine.minJobAge()).contains(Duration.ofSeconds(90));
        assertThat(engine.poll()).isEqualTo(Duration.ofSeconds(2));
        assertThat(engine.sweep()).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    @Fault("F34")
    void aCallThatTheLoopWouldGiveUpBeforeItsDoorDoesIsRefused() throws IOException {
        assertThat(bad(BY_COMMAND, "poll: 1s\nloop: {permits: 5, call-deadline: 120s}"))
                .isEqualTo("sluice.yaml:6:35: loop.call-deadline: expected more than clusters.hpc.rest.list-timeout,"
                        + " 120000 ms, found '120000 ms'; correct it");
        assertThat(bad(BY_COMMAND.replace("observer", "list-timeout: 1s, request-timeout: 200s, observer")))
                .isEqualTo("sluice.yaml:1:1: loop.call-deadline: expected more than"
                        + " clusters.hpc.rest.request-timeout, 200000 ms, found '150000 ms'; correct it");
        assertThat(bad(
                        BY_AUTHORITY.replace("observer", "limits: {connect: 60s, call: 5m}, observer"),
                        "poll: 1s\nloop:\n  permits: 5"))
                .isEqualTo("sluice.yaml:6:1: loop.call-deadline: expected more than clusters.hpc.ssh.limits.connect"
                        + " and .call, 360000 ms, found '150000 ms'; correct it");
        good(BY_COMMAND, BY_AUTHORITY, "poll: 1s\nloop: {call-deadline: 120001ms}");
        good(BY_COMMAND.replace("observer", "list-timeout: 1h, observer"), "poll: 1s\nloop: {call-deadline: 2h}");
    }

    @Test
    void whichModulesItHasIsAsWrittenAndNotKnownUnlessSaid() throws IOException {
        assertThat(good(BY_COMMAND).availableModules()).isEqualTo(AvailableModules.UNKNOWN);
        assertThat(good(BY_COMMAND, "modules: []").availableModules()).isEqualTo(AvailableModules.NONE);
        assertThat(good(BY_COMMAND, "modules: ['*']").availableModules()).isEqualTo(AvailableModules.UNKNOWN);
        assertThat(good(BY_COMMAND, "modules: [gcc/12.2, openmpi]").availableModules())
                .isEqualTo(AvailableModules.of(List.of("gcc/12.2", "openmpi")));
        assertThat(bad(BY_COMMAND, "modules: [gcc, 'open mpi']"))
                .contains("clusters.hpc.modules: expected names as gcc or gcc/12.2, or '*', found 'open mpi'");
    }

    @Test
    void whoseItIsAndWhatItsNodesMountAreAsWritten() throws IOException {
        assertThat(good(BY_COMMAND).ownership()).isEqualTo(Supply.Ownership.GUEST);
        assertThat(good(BY_COMMAND).fileSystems()).isEmpty();
        ClusterConfig.Slurm owned = good(BY_COMMAND, "ownership: owned", "file-systems: [/home, /scratch/fast]");
        assertThat(owned.ownership()).isEqualTo(Supply.Ownership.OWNED);
        assertThat(owned.fileSystems()).containsExactly("/home", "/scratch/fast");
        assertThat(bad(BY_COMMAND, "ownership: mine")).contains("expected one of owned, guest");
        for (String wrong : new String[] {"scratch", "/scratch/", "/a/../b", "/"}) {
            assertThat(bad(BY_COMMAND, "file-systems: ['" + wrong + "']"))
                    .contains("clusters.hpc.file-systems: expected absolute paths", "found '" + wrong + "'");
        }
    }

    @Test
    void aPriorityIsAQosAndAPlaceBehindOthersAsTheTablesSay() throws IOException {
        assertThat(good(BY_COMMAND).urgency()).isEqualTo(Urgency.NONE);
        assertThat(good(BY_COMMAND, "qos-by-priority: {normal: 0, high: 1_000}", "nice-by-priority: {0: 500, 1000: 0}")
                        .urgency())
                .isEqualTo(new Urgency(
                        new TreeMap<>(Map.of(0, "normal", 1000, "high")), new TreeMap<>(Map.of(0, 500, 1000, 0))));
        assertThat(bad(BY_COMMAND, "qos-by-priority: {normal: 5, high: 5}"))
                .isEqualTo(
                        "sluice.yaml:5:5: clusters.hpc.qos-by-priority: expected another least priority for each QOS,"
                                + " found '{high=5, normal=5}'; correct it");
        assertThat(bad(BY_COMMAND, "nice-by-priority: {low: 5, 1: -3}"))
                .contains(
                        "nice-by-priority.low: expected a whole number", "nice-by-priority.1: expected number from 0");
    }

    @Test
    void aSweepThatWouldMissAnEndIsRefused() throws IOException {
        assertThat(bad(BY_COMMAND, "min-job-age: 90s", "sweep: 31s"))
                .isEqualTo(
                        "sluice.yaml:6:12: clusters.hpc.sweep: expected at most a third of min-job-age, 30000 ms, found"
                                + " '31000 ms'; correct it");
        assertThat(bad(BY_COMMAND, "min-job-age: 90s")).contains("clusters.hpc.sweep: expected at most a third");
    }

    @Test
    void whatIsEverybodyInOneFileNeedsAWordAndIsWarnedOf() throws IOException {
        for (String door : new String[] {BY_KEY, BY_ADMIN, BY_SHARED_KEY}) {
            assertThat(bad(door)).contains("clusters.hpc.insecure-identity: expected true, because of ");
            assertThat(good(door, "insecure-identity: true").warnings(HPC))
                    .singleElement()
                    .asString()
                    .startsWith("clusters.hpc: insecure-identity is true for ");
        }
        assertThat(good(BY_KEY, BY_SHARED_KEY, "insecure-identity: true").warnings(HPC))
                .hasSize(2);
        assertThat(good(BY_COMMAND, BY_AUTHORITY, "insecure-identity: true").warnings(HPC))
                .isEmpty();
    }

    @Test
    @DisplayName("B22 accounts in the table")
    @Fault("B22")
    void nobodyIsMappedToRootOrToWhatIsNoLoginName() throws IOException {
        assertThat(bad(BY_COMMAND, "users: {table: {ada: root}}"))
                .contains("expected account to be a user's login name, not root, found 'root'");
        assertThat(bad(BY_COMMAND, "users: {table: {ada: 'x; id'}}")).contains("found 'x; id'");
        assertThat(bad(BY_COMMAND, "users: {table: {Ada: ada}}")).contains("found 'Ada'");
        assertThat(bad(BY_COMMAND, "users: {unnamed: anybody}")).contains("expected one of same-name, refused");
    }

    @Test
    void filesThatCannotBeUsedAreToldWhereTheyAreNamed() throws IOException {
        assertThat(bad(BY_AUTHORITY.replace("known-hosts: hosts", "known-hosts: nowhere")))
                .isEqualTo(
                        "sluice.yaml:4:35: clusters.hpc.ssh.known-hosts: expected a file of known_hosts(5) lines that"
                                + " we may read, found 'nowhere'; correct it");
        Files.setPosixFilePermissions(directory.resolve("key"), PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(bad(BY_AUTHORITY)).contains("clusters.hpc.ssh.login.key: expected a file for its owner's eyes only");
        Files.delete(directory.resolve("key"));
        assertThat(bad(BY_KEY, "insecure-identity: true"))
                .contains("clusters.hpc.rest.token.file: expected the path of a file with the secret");
    }

    @Test
    void valuesThatNoDoorTakesAreToldWhereTheyStand() throws IOException {
        assertThat(bad(BY_COMMAND.replace("http:", "ftp:"))).contains("http:// or https://");
        assertThat(bad(BY_COMMAND.replace("'%u', ", ""))).contains("token.argv: expected a program and its arguments");
        assertThat(bad(BY_COMMAND.replace("observer: eye", "observer: root"))).contains("rest.observer: expected");
        assertThat(bad(BY_AUTHORITY.replace("observer: eye", "observer: root"))).contains("ssh.observer: expected");
        assertThat(bad(BY_COMMAND.replace("observer", "api-version: v0.0.39, observer")))
                .contains("rest.api-version: expected v0.0.40 to v0.0.45, found 'v0.0.39'");
        assertThat(bad(BY_COMMAND, "claim-directory: claims")).contains("claim-directory: expected an absolute path");
        assertThat(bad(BY_AUTHORITY.replace("host: hpc", "host: hpc, bin-directory: bin")))
                .contains("ssh.bin-directory: expected an absolute path on the login node");
    }
}
