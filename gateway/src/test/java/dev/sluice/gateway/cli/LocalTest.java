package dev.sluice.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.settings.Listen;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Commands that need no gateway, and what becomes of an interrupt. */
@Timeout(60)
class LocalTest {
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
    void aGatewayStartsWithTheFilesSettingsAndTheCommandLineOnTop() throws IOException {
        Files.writeString(directory.resolve("sluice.yaml"), "http: {listen: '127.0.0.1:1'}\nclusters: {}\n");
        List<ServeOptions> started = new ArrayList<>();
        rig.serve = options -> {
            started.add(options);
            return 0;
        };
        assertThat(rig.run("serve", "--config", "sluice.yaml", "--data", "d", "--listen", ":0"))
                .isZero();
        assertThat(rig.run("serve")).isZero();
        assertThat(started.getFirst().listen()).isEqualTo(new Listen(":0"));
        assertThat(started.getFirst().data()).isEqualTo(directory.resolve("d"));
        assertThat(started.getFirst().settings().clusters()).isEmpty();
        assertThat(started.getLast().settings().clusters()).hasSize(1);
        assertThat(started.getLast().listen()).isEqualTo(new Listen("127.0.0.1:7171"));
    }

    @Test
    void wrongSettingsAreToldAllAtOnce() throws IOException {
        Files.writeString(directory.resolve("sluice.yaml"), "htp: {}\nclusters: []\n");
        assertThat(rig.run("check-config", "--config", "sluice.yaml")).isEqualTo(1);
        assertThat(rig.err.replace(directory + "/", "")).isEqualTo("""
                sluice: 2 problems in the configuration
                sluice.yaml:1:1: htp: expected a known key, found an unknown one; did you mean 'http'?
                sluice.yaml:2:1: clusters: expected keys with values, found a list; write 'key: value' lines, indented under it
                """);
        assertThat(rig.run("serve", "--config", "sluice.yaml")).isEqualTo(1);
        Files.writeString(directory.resolve("sluice.yaml"), "");
        assertThat(rig.run("check-config", "--config", "sluice.yaml")).isZero();
        assertThat(rig.out).isEqualTo("sluice.yaml: nothing is wrong; clusters: local\n");
        assertThat(rig.run("check-config")).isEqualTo(2);
    }

    @Test
    void everyCommandExplainsItself() {
        rig.run("--help");
        List<String> commands = rig.out
                .lines()
                .filter(line -> line.matches("  [a-z][a-z-]+ {2,}\\S.*"))
                .map(line -> line.strip().split(" ")[0])
                .toList();
        assertThat(commands).hasSizeGreaterThan(18).contains("submit", "wait", "check-config");
        for (String command : commands) {
            assertThat(rig.run(command, "--help")).as(command).isZero();
            assertThat(rig.out).contains("sluice " + command);
        }
    }

    @Test
    void theReleaseIsKnown() {
        assertThat(rig.run("version")).isZero();
        assertThat(rig.out).matches("sluice \\d+\\.\\d+\\.\\d+(-SNAPSHOT)? \\(Java \\S+\\)\n");
    }

    @Test
    void bashCompletesCommandsAndOptions() throws IOException, InterruptedException {
        assertThat(rig.run("completion", "bash")).isZero();
        Path script = Files.writeString(directory.resolve("completion"), rig.out);
        String bash = """
                set -e
                compopt() { :; }   # which only works inside of a completion
                source %s
                COMP_WORDS=(sluice su); COMP_CWORD=1; _complete_sluice; echo "${COMPREPLY[@]}"
                COMP_WORDS=(sluice list --cl); COMP_CWORD=2; _complete_sluice; echo "${COMPREPLY[@]}"
                """.formatted(script);
        Process process =
                new ProcessBuilder("bash", "-c", bash).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        assertThat(output.lines().map(String::strip)).containsExactly("submit", "--cluster");
        assertThat(rig.run("completion", "fish")).isEqualTo(2);
    }

    /** A process of its own, so that it can be interrupted. */
    static final class Interrupted {
        private Interrupted() {}

        public static void main(String[] arguments) {
            System.exit(Sluice.run(options -> 0, arguments));
        }
    }

    @Test
    void anInterruptEndsTheWaitingAndSaysThatTheJobGoesOn() throws IOException, InterruptedException {
        rig.on("GET /v1/jobs/1000000000", 200, Sample.job(1_000_000_000, "running"));
        Process process = new ProcessBuilder(
                        // Tests that were started in the background of a shell ignore it, and so would what they start.
                        "env",
                        "--default-signal=INT",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path")
                                .replace(File.pathSeparator + File.pathSeparator, File.pathSeparator),
                        Interrupted.class.getName(),
                        "wait",
                        "--url",
                        rig.url(),
                        "1000000000")
                .start();
        try (BufferedReader err =
                new BufferedReader(new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8))) {
            assertThat(err.readLine()).matches("sluice: running  \\d{1,2}s");
            new ProcessBuilder("kill", "-INT", Long.toString(process.pid()))
                    .start()
                    .waitFor();
            assertThat(err.readLine())
                    .isEqualTo("sluice: no longer waiting for 1000000000, which goes on; 'sluice cancel' would end it");
        }
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(130);
        assertThat(rig.sent).noneMatch(sent -> sent.method().equals("DELETE"));
    }
}
