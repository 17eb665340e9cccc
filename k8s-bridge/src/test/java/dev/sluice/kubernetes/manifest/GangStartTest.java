package dev.sluice.kubernetes.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.job.TaskSet;
import dev.sluice.spec.Environment;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Nodes;
import dev.sluice.spec.Resources;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a pod of a job of several nodes begins with, run by this machine's /bin/sh as an image's would. */
class GangStartTest {
    private static final String REPORT =
            "echo $SLURM_NODEID,$SLURM_PROCID,$SLURM_GTIDS,$SLURMD_NODENAME,${SLUICE_COMPLETION_INDEX-none}";

    @TempDir
    Path pod;

    @SuppressWarnings("NullAway.Init") // JUnit runs mount before each test
    private Path directory;

    @BeforeEach
    void mount() throws IOException {
        directory = OwnMounts.of(pod);
    }

    private Process start(int node, Environment environment, String... words) throws IOException {
        JobSpec spec = Samples.plain().toBuilder()
                .environment(environment)
                .resources(Resources.DEFAULTS.withNodes(Nodes.exactly(3)).withTasks(12))
                .build();
        byte[] start = Contents.of(Samples.attempt(TaskSet.SOLE), spec, Samples.ACCOUNT, Samples.site())
                .get(Contents.START);
        Path file = Files.write(directory.resolve("start"), start);
        List<String> command = new ArrayList<>(List.of("/bin/sh", file.toString()));
        command.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().put("PATH", "/usr/bin:/bin");
        builder.environment().put("SLUICE_COMPLETION_INDEX", Integer.toString(node));
        Process process = builder.start();
        process.getOutputStream().close();
        return process;
    }

    private static String out(Process process) throws IOException {
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private void say(String word) throws IOException {
        // As the kubelet does it: another file takes the place of the first.
        Path next = Files.writeString(directory.resolve("next"), word);
        Files.move(next, directory.resolve(Contents.GO), StandardCopyOption.ATOMIC_MOVE);
    }

    @Test
    void itWaitsForTheWordAndThenItsProgramTakesItsPlace() throws IOException, InterruptedException {
        say("");
        Process process = start(2, Environment.EMPTY, "/bin/sh", "-c", REPORT + "; exit 42");
        assertThat(process.waitFor(3, TimeUnit.SECONDS))
                .as("it began without the word")
                .isFalse();
        say("2026-11-29T19:00:00Z");
        String name = Keys.name(Samples.ATTEMPT);
        assertThat(out(process)).isEqualTo("2,8,8," + name + "-2." + name + ",none\n");
        assertThat(process.waitFor()).isEqualTo(42);
    }

    /** The kubelet may be late with all of the volume; nothing is read as yes. */
    @Test
    void withoutAFileItWaitsToo() throws IOException, InterruptedException {
        Process process = start(0, Environment.EMPTY, "/bin/echo", "hello");
        assertThat(process.waitFor(2, TimeUnit.SECONDS)).isFalse();
        say("yes\n");
        assertThat(out(process)).isEqualTo("hello\n");
    }

    @Test
    void whoEndsItWhileItWaitsEndsItAtOnce() throws IOException, InterruptedException {
        say("");
        Process process = start(0, Environment.EMPTY, "/bin/echo", "hello");
        assertThat(process.waitFor(1, TimeUnit.SECONDS)).isFalse();
        process.toHandle().destroy();
        assertThat(process.waitFor(2, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(143);
    }

    @Test
    void wordsAndUnusualNamesPassTheShell() throws IOException {
        say("yes");
        String print = "import os,sys; print(ascii([sys.argv[1:], os.environ['BASH_FUNC_ml%%']]))";
        Process process = start(
                1,
                Environment.of(Map.of("BASH_FUNC_ml%%", "() { echo 'it is'; }\n")),
                "python3",
                "-c",
                print,
                "a b",
                "$(id)",
                "'\"",
                "",
                "*");
        assertThat(out(process)).isEqualTo("[['a b', '$(id)', '\\'\"', '', '*'], \"() { echo 'it is'; }\\n\"]\n");
    }
}
