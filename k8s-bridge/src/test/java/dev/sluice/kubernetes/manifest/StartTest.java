package dev.sluice.kubernetes.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.job.TaskSet;
import dev.sluice.spec.ArraySpec;
import dev.sluice.spec.Environment;
import dev.sluice.spec.JobSpec;
import dev.sluice.testkit.Fault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a pod of an array begins with, run by this machine's /bin/sh as an image's would. */
class StartTest {
    private static final Map<String, String> UNUSUAL =
            Map.of("BASH_FUNC_ml%%", "() { echo 'it is'; }\n", "PLAIN", "kept");
    private static final String REPORT = "echo $SLURM_JOB_ID,$SLURM_JOBID,$SLURM_ARRAY_JOB_ID,$SLURM_ARRAY_TASK_ID,"
            + "$SLURM_ARRAY_TASK_COUNT,$SLURM_ARRAY_TASK_MIN,$SLURM_ARRAY_TASK_MAX,$SLUICE_RUN";

    @TempDir
    Path pod;

    @SuppressWarnings("NullAway.Init") // JUnit runs mount before each test
    private Path directory;

    @BeforeEach
    void mount() throws IOException {
        directory = OwnMounts.of(pod);
    }

    private record Ran(int code, String out) {}

    private Ran run(String array, String tasks, int completionIndex, Environment environment, String... words)
            throws IOException, InterruptedException {
        JobSpec spec = Samples.plain().toBuilder()
                .environment(environment)
                .array(ArraySpec.parse(array))
                .build();
        byte[] start = Contents.of(Samples.attempt(TaskSet.parse(tasks)), spec, Samples.ACCOUNT, Samples.site())
                .get(Contents.START);
        Path file = Files.write(directory.resolve("start"), start);
        List<String> command = new ArrayList<>(List.of("/bin/sh", file.toString()));
        command.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().put("PATH", "/usr/bin:/bin");
        builder.environment().put("PLAIN", "kept");
        builder.environment().put("SLUICE_COMPLETION_INDEX", Integer.toString(completionIndex));
        Process process = builder.start();
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ran(process.waitFor(), out);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0-3             | 0-3      | 0 | 0       | 0",
                "0-3             | 0-3      | 3 | 3       | 3",
                "2-10:2,40-42    | 2-10:2,40-42 | 0 | 2   | 0",
                "2-10:2,40-42    | 2-10:2,40-42 | 4 | 10  | 4",
                "2-10:2,40-42    | 2-10:2,40-42 | 7 | 42  | 7",
                "2-10:2,40-42    | 4,8,41-42 | 0 | 4      | 1",
                "2-10:2,40-42    | 4,8,41-42 | 1 | 8      | 3",
                "2-10:2,40-42    | 4,8,41-42 | 2 | 41     | 6",
                "2-10:2,40-42    | 4,8,41-42 | 3 | 42     | 7",
                "4000000         | 4000000  | 0 | 4000000 | 0"
            })
    void eachPodFindsItsTask(String array, String tasks, int completionIndex, int index, int rank)
            throws IOException, InterruptedException {
        TaskSet whole = ArraySpec.parse(array).indices();
        TaskSet some = ArraySpec.parse(tasks).indices();
        Ran ran = run(array, some.toString(), completionIndex, Environment.EMPTY, "/bin/sh", "-c", REPORT);
        int own = Samples.attempt(whole).job().value() + rank;
        assertThat(ran.out())
                .isEqualTo("%d,%d,%s,%d,%d,%d,%d,%s.%d.0\n"
                        .formatted(
                                own,
                                own,
                                Samples.attempt(whole).job(),
                                index,
                                whole.size(),
                                whole.first(),
                                whole.last(),
                                Samples.ATTEMPT,
                                index));
        assertThat(ran.code()).isZero();
    }

    @Test
    void aPodWithoutATaskStartsNothing() throws IOException, InterruptedException {
        Ran ran = run("0-3", "1-2", 2, Environment.EMPTY, "/bin/echo", "hello");
        assertThat(ran.code()).isEqualTo(74);
        assertThat(ran.out()).contains("no task for pod 2").doesNotContain("hello");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''      | 0 | 0",
                "4       | 0 | 75",
                "4       | 1 | 0",
                "0-5,42  | 3 | 75",
                "9-40    | 1 | 0",
                "8       | 1 | 75",
                "41-42   | 2 | 75"
            })
    void aTaskThatWasStoppedBeforeItBeganStartsNothing(String stopped, int completionIndex, int code)
            throws IOException, InterruptedException {
        Files.writeString(directory.resolve("stopped"), stopped);
        Ran ran = run("2-10:2,40-42", "4,8,41-42", completionIndex, Environment.EMPTY, "/bin/echo", "hello");
        assertThat(ran.code()).isEqualTo(code);
        if (code == 0) {
            assertThat(ran.out()).isEqualTo("hello\n");
        } else {
            assertThat(ran.out()).contains("was cancelled before it began").doesNotContain("hello");
        }
    }

    @Test
    void wordsAndUnusualNamesPassTheShell() throws IOException, InterruptedException {
        String print = "import os,sys; print(ascii([sys.argv[1:], os.environ['PLAIN'], os.environ['BASH_FUNC_ml%%'],"
                + " 'SLUICE_COMPLETION_INDEX' in os.environ]))";
        Ran ran = run("0-1", "0-1", 1, Environment.of(UNUSUAL), "python3", "-c", print, "a b", "$(id)", "'\"", "", "*");
        assertThat(ran.out())
                .isEqualTo("[['a b', '$(id)', '\\'\"', '', '*'], 'kept', \"() { echo 'it is'; }\\n\", False]\n");
    }

    @Test
    void theProgramsExitCodeIsThePods() throws IOException, InterruptedException {
        assertThat(run("0-1", "0-1", 0, Environment.EMPTY, "/bin/sh", "-c", "exit 42")
                        .code())
                .isEqualTo(42);
    }

    /** As a node does it that lost sight of the first: beside it, or when it is over. */
    @Test
    @Fault("F32")
    void aPodThatIsStartedAgainStartsNothing() throws IOException, InterruptedException {
        assertThat(run("0-1", "0-1", 0, Environment.EMPTY, "/bin/echo", "hello").out())
                .isEqualTo("hello\n");
        Ran again = run("0-1", "0-1", 0, Environment.EMPTY, "/bin/echo", "hello");
        assertThat(again.code()).isEqualTo(Keys.NOT_AGAIN);
        assertThat(again.out())
                .startsWith(Keys.OUR_WORD)
                .contains("started it a second time")
                .doesNotContain("hello");
    }

    @Test
    void aStartThatCannotBeWrittenDownIsNone() throws IOException, InterruptedException {
        Files.delete(pod.resolve("sluice-once"));
        Ran ran = run("0-1", "0-1", 0, Environment.EMPTY, "/bin/echo", "hello");
        assertThat(ran.code()).isEqualTo(Keys.NOT_AGAIN);
        assertThat(ran.out()).contains("could not be written down").doesNotContain("hello");
    }
}
