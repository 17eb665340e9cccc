package dev.sluice.slurm.script;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.job.Attempt;
import dev.sluice.job.TaskSet;
import dev.sluice.slurm.script.BatchFile.Claims;
import dev.sluice.slurm.script.BatchFile.Habits;
import dev.sluice.slurm.script.BatchFile.LoginShell;
import dev.sluice.spec.ArraySpec;
import dev.sluice.spec.Environment;
import dev.sluice.spec.Files.OpenMode;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Work;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a program finds inside its job: ids that are ours, and the user's words as he wrote them. */
@Timeout(60)
final class IdsInsideTest {
    private static final String SHELL = "/bin/sh";
    private static final JobSpec PRINTS = Launchpad.runs("#!/bin/sh\n"
            + "echo \"$SLURM_JOB_ID $SLURM_JOBID $SLURM_ARRAY_JOB_ID $SLURM_ARRAY_TASK_ID\"\n"
            + "echo \"$SLURM_ARRAY_TASK_COUNT $SLURM_ARRAY_TASK_MIN $SLURM_ARRAY_TASK_MAX $SLUICE_NATIVE_JOB_ID\"\n");

    @TempDir
    Path directory = Path.of("");

    @ParameterizedTest
    @CsvSource({"/bin/sh, 0, 0", "bash, 3, 3", "/bin/sh, 7, 4", "bash --posix, 10, 5", "/bin/sh, 12, 7"})
    void aTasksIdIsItsRankInTheBlockOfItsArray(String shell, int index, int rank) throws Exception {
        Launchpad pad = task(index);
        JobSpec spec = PRINTS.toBuilder().array(ArraySpec.parse("0-3,7,10-12")).build();
        int job = Launchpad.JOB.value();

        assertThat(pad.run(shell, spec).output())
                .isEqualTo("%d %d %d %d%n8 0 12 4711%n".formatted(job + rank, job + rank, job, index));
        assertThat(pad.lying(Launchpad.key(spec, index, 0))).contains(Launchpad.key(spec, index, 0));
    }

    @Test
    void theIndexOfALargeArrayIsRestored() throws Exception {
        Launchpad pad = task(3);
        JobSpec spec = PRINTS.toBuilder()
                .array(new ArraySpec(TaskSet.range(20_000, 20_004)))
                .build();
        Habits habits = new Habits(new Claims(Optional.empty()), LoginShell.NO, new TreeMap<>());
        BatchFile file = new BatchFile(Launchpad.attempt(spec), spec, new IndexMap(20_000), habits);
        int job = Launchpad.JOB.value();

        assertThat(pad.run(SHELL, file.render()).output())
                .isEqualTo("%d %d %d 20003%n5 20000 20004 4711%n".formatted(job + 3, job + 3, job));
        // Our claim is of our index.
        assertThat(pad.lying(Launchpad.key(spec, 20_003, 0))).isNotEmpty();
    }

    @Test
    void aJobThatIsNoArrayHasNoWordOfOne() throws Exception {
        int job = Launchpad.JOB.value();
        assertThat(new Launchpad(directory).run(SHELL, PRINTS).output())
                .isEqualTo("%d %d  %n   4711%n".formatted(job, job));
    }

    @Test
    void anOutputThatOnlyTheBatchFileKnowsIsOpenedByIt() throws Exception {
        Launchpad pad = task(7);
        JobSpec spec = PRINTS.toBuilder()
                .array(ArraySpec.parse("0-3,7"))
                .files(PRINTS.files().withOutput("it's %x-%5j-%3a%%.out").withOpenMode(OpenMode.TRUNCATE))
                .build();
        Path expected = directory.resolve("it's sample-%05d-007%%.out".formatted(Launchpad.JOB.value() + 4));

        assertThat(pad.file(spec).output()).isEqualTo("/dev/null");
        assertThat(pad.run(SHELL, spec).exit()).isZero();
        assertThat(Launchpad.text(expected)).startsWith(Integer.toString(Launchpad.JOB.value() + 4));
        String before = Launchpad.text(expected);
        assertThat(pad.run(SHELL, spec).exit()).isEqualTo(BatchFile.LOST);
        assertThat(Launchpad.text(expected)).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/bin/sh", "bash", "bash --posix"})
    @DisplayName("B15 B17 B37 B38 every value and every argument arrives as it was written")
    void hostileWords(String shell) throws Exception {
        String attempt = Launchpad.attempt(PRINTS).id().toString();
        List<String> words = List.of(
                "it's",
                "\"quoted\" `id` $(id) ${HOME} $HOME",
                "back\\slash\\",
                "two\nlines\n",
                "sluice " + attempt.substring(1),
                "a\nsluice 00000000000000000000000000\nexit 9\n",
                "#sluice script " + attempt,
                "EOF\nEOT\nTOOL\n",
                "%s %d %% %n",
                "a,b=1,LD_PRELOAD=x",
                "-n",
                "",
                " ",
                "é\u2028\uD83D\uDE00",
                "*?[a]~");
        Map<String, String> environment = new LinkedHashMap<>();
        for (int i = 0; i < words.size(); i++) {
            environment.put("W" + i, words.get(i));
            environment.put("not.an-identifier" + i, words.get(i));
        }
        environment.put("IFS", "x");
        JobSpec spec = PRINTS.toBuilder()
                .work(new Work.Script(
                        dev.sluice.spec.Bytes.ofUtf8(
                                "#!/bin/sh\ncat /proc/$$/environ >environment\nprintf '%s\\0' \"$@\" >arguments\n"),
                        words))
                .environment(Environment.of(environment))
                .build();

        assertThat(new Launchpad(directory).run(shell, spec).exit()).isZero();
        assertThat(split(home("arguments"))).isEqualTo(words);
        assertThat(split(home("environment")))
                .containsAll(environment.entrySet().stream()
                        .map(each -> each.getKey() + "=" + each.getValue())
                        .toList());
    }

    @Test
    @DisplayName("B15 a variable that bash will not have assigned arrives, and does not end the job")
    void readOnlyNames() throws Exception {
        Launchpad pad = new Launchpad(directory);
        JobSpec spec = PRINTS.toBuilder()
                .work(new Work.Script(dev.sluice.spec.Bytes.ofUtf8("#!/bin/sh\ncat /proc/$$/environ >environment\n")))
                .environment(Environment.of(Map.of("UID", "5", "EUID", "6", "PPID", "7", "SHELLOPTS", "braceexpand")))
                .build();
        assertThat(pad.run(SHELL, spec).exit()).isZero();
        Files.delete(home("environment"));

        // As where /bin/sh is bash: a refused export ends such a shell.
        String start =
                pad.claims().resolve(Launchpad.key(spec, 0, 0) + ".work/start").toString();
        ProcessBuilder bash = new ProcessBuilder("bash", "--posix", start).directory(directory.toFile());
        bash.environment().put("HOME", pad.home().toString());
        assertThat(bash.start().waitFor()).isZero();
        assertThat(split(home("environment"))).contains("UID=5", "EUID=6", "PPID=7");
    }

    @Test
    void aLaterTryCountsAsARestart() throws Exception {
        JobSpec spec = Launchpad.runs("#!/bin/sh\necho \"${SLURM_RESTART_COUNT:-none}\"\n");
        Launchpad pad = new Launchpad(directory);
        assertThat(pad.run(SHELL, spec).output()).isEqualTo("none\n");

        Attempt first = Launchpad.attempt(spec);
        Attempt third = new Attempt(
                first.id(),
                first.job(),
                first.user(),
                first.cluster(),
                first.partition(),
                first.tasks(),
                3,
                first.limit(),
                first.refusedBy());
        Habits habits = new Habits(new Claims(Optional.empty()), LoginShell.NO, new TreeMap<>());
        pad.with("SLURM_RESTART_COUNT", "1");
        BatchFile file = new BatchFile(third, spec, IndexMap.SAME, habits);
        assertThat(pad.run(SHELL, file.render()).output()).isEqualTo("3\n");
    }

    private Launchpad task(int index) throws Exception {
        return new Launchpad(directory)
                .with("SLURM_ARRAY_JOB_ID", "4711")
                .with("SLURM_ARRAY_TASK_ID", Integer.toString(index));
    }

    /** Where a job without a working directory works. */
    private Path home(String name) {
        return directory.resolve("home").resolve(name);
    }

    private static List<String> split(Path file) throws Exception {
        List<String> parts = Arrays.asList(Launchpad.text(file).split("\0", -1));
        return parts.subList(0, parts.size() - 1);
    }
}
