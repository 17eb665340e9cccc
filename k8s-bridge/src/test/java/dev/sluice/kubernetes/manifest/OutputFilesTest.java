package dev.sluice.kubernetes.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.spec.ArraySpec;
import dev.sluice.spec.Bytes;
import dev.sluice.spec.Container;
import dev.sluice.spec.Files;
import dev.sluice.spec.Files.OpenMode;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Mount;
import dev.sluice.spec.Mount.Access;
import dev.sluice.spec.Nodes;
import dev.sluice.spec.Resources;
import dev.sluice.spec.Work;
import dev.sluice.testkit.Fault;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a job's output goes: what is refused before, and what this machine's /bin/sh does with the rest, as an image's would. */
class OutputFilesTest {
    private static final String ID =
            Samples.attempt(Samples.plain().tasks()).job().toString();

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    Path directory;

    @SuppressWarnings("NullAway.Init") // JUnit runs makeVolume before each test
    private Path volume;

    @BeforeEach
    void makeVolume() throws IOException {
        directory = directory.toRealPath();
        volume = java.nio.file.Files.createDirectory(directory.resolve("volume"));
    }

    private static Files mounted(Files files, String path, Access access) {
        return files.withMounts(List.of(new Mount("scratch", path, Optional.empty(), access)));
    }

    private Files files() {
        return mounted(Files.DEFAULTS, volume.toString(), Access.READ_WRITE).withWorkingDirectory(volume.toString());
    }

    private static JobSpec script(Files files) {
        return Samples.job(new Work.Script(Bytes.ofUtf8("#!/bin/sh\n")))
                .files(files)
                .build();
    }

    // ---- what is refused

    private static List<String> codes(JobSpec spec) {
        return Obstacles.of(spec, Optional.of(Samples.ACCOUNT), Samples.site()).stream()
                .map(refusal -> refusal.code())
                .toList();
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            nullValues = "-",
            value = {
                "/scratch,   /scratch/%j.out,         ",
                "/scratch,   /scratch/%u/../%j.out,   ",
                "/scratch,   sub/%x.out,              ",
                "/scratch/a, \\/scratch/a/%j,         ",
                "/scratch/a, /dev/null,               ",
                "/elsewhere, /dev/null,               ",
                "/elsewhere, %j.out,                  no-output-files",
                "/scratch,   /scratch,                no-output-files",
                "/scratch,   /scratchy/x,             no-output-files",
                "/scratch,   /scratch/../etc/passwd,  no-output-files",
                "/scratch,   ../../etc/passwd,        no-output-files",
                "/scratch,   /%u/scratch/x,           no-output-files",
                "/scratch,   /dev/nullx,              no-output-files",
                "/scratch,   /dev/stdout,             no-output-files"
            })
    @Fault("B18")
    void aNameOnAVolumeIsWrittenAndEachOtherIsRefused(String mount, String pattern, String code) {
        Files files = mounted(Files.DEFAULTS, mount, Access.READ_WRITE).withWorkingDirectory("/scratch/a");
        List<String> expected = code == null ? List.of() : List.of(code);
        assertThat(codes(script(files.withOutput(pattern)))).isEqualTo(expected);
        assertThat(codes(script(files.withError(pattern)))).isEqualTo(expected);
    }

    @Test
    void aVolumeForReadingIsNone() {
        Files files = mounted(Files.DEFAULTS, "/scratch", Access.READ_ONLY).withWorkingDirectory("/scratch");
        assertThat(codes(script(files.withOutput("x")))).containsExactly("no-output-files");
        assertThat(OutputFiles.of(script(files), Optional.of(Samples.ACCOUNT), Samples.site()))
                .as("without a wish, the log")
                .isEmpty();
    }

    @Test
    void whatOnlyTheImageKnowsIsNotStartedByAShell() {
        Files files = mounted(Files.DEFAULTS, "/scratch", Access.READ_WRITE).withWorkingDirectory("/scratch");
        JobSpec entrypoint = Samples.job(Work.Entrypoint.OF_IMAGE)
                .container(Container.of("alpine:3.22"))
                .files(files)
                .build();
        assertThat(codes(entrypoint)).isEmpty();
        assertThat(Samples.manifest(entrypoint)
                        .job()
                        .getSpec()
                        .getTemplate()
                        .getSpec()
                        .getContainers()
                        .getFirst()
                        .getCommand())
                .isEmpty();
        assertThat(codes(entrypoint.toBuilder().files(files.withOutput("x")).build()))
                .containsExactly("no-output-files");
    }

    // ---- what the shell does

    private record Ran(int code, String log) {}

    /** What the pod that began last has mounted of ours. */
    @SuppressWarnings("NullAway.Init") // begin sets it
    private Path sluice;

    private static byte[] start(JobSpec spec) {
        byte[] start = Contents.of(Samples.attempt(spec.tasks()), spec, Samples.ACCOUNT, Samples.site())
                .get(Contents.START);
        if (start == null) {
            throw new AssertionError("no shell runs before it");
        }
        return start;
    }

    private Process begin(JobSpec spec, String program) throws IOException {
        return begin(spec, program, "1");
    }

    /** @param index which of its Job's pods it is */
    private Process begin(JobSpec spec, String program, String index) throws IOException {
        Path pod = java.nio.file.Files.createTempDirectory(directory, "pod");
        sluice = OwnMounts.of(pod);
        Path file = java.nio.file.Files.write(sluice.resolve("start"), start(spec));
        ProcessBuilder builder = new ProcessBuilder(
                        "/bin/sh", file.toString(), "/bin/sh", "-c", program, "name", "a  b")
                .redirectErrorStream(true)
                .redirectOutput(log().toFile());
        builder.environment().clear();
        builder.environment().put("PATH", "/usr/bin:/bin");
        builder.environment().put("SLURM_JOB_ID", ID);
        builder.environment().put("SLURMD_NODENAME", "n1");
        builder.environment().put("SLUICE_COMPLETION_INDEX", index);
        return builder.directory(new File("/")).start();
    }

    private void say() throws IOException {
        java.nio.file.Files.writeString(sluice.resolve(Contents.GO), "yes\n");
    }

    private Path log() {
        return directory.resolve("log");
    }

    private Ran run(JobSpec spec, String program) throws IOException, InterruptedException {
        return end(begin(spec, program));
    }

    private Ran end(Process process) throws InterruptedException, IOException {
        process.getOutputStream().close();
        return new Ran(process.waitFor(), java.nio.file.Files.readString(log(), StandardCharsets.ISO_8859_1));
    }

    private String read(String name) {
        try {
            return java.nio.file.Files.readString(volume.resolve(name), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<String> names() {
        return Arrays.stream(volume.toFile().list()).sorted().toList();
    }

    @Test
    void aScriptWritesWhereSlurmWouldAndIntoTheLog() throws IOException, InterruptedException {
        Ran ran = run(script(files()), "echo \"$1\"; echo error >&2; exit 3");
        assertThat(names()).containsExactly("slurm-" + ID + ".out");
        assertThat(read("slurm-" + ID + ".out")).isEqualTo("a  b\nerror\n");
        assertThat(ran).isEqualTo(new Ran(3, "a  b\nerror\n"));
    }

    /** Of several nodes the first has the files, and none before all may start. */
    @Test
    void ofSeveralNodesTheFirstWrites() throws IOException, InterruptedException {
        JobSpec spec = script(files()).toBuilder()
                .resources(Resources.DEFAULTS.withNodes(Nodes.exactly(2)).withTasks(2))
                .build();
        String program = "echo \"$SLURM_NODEID\"; exit 3";
        Process first = begin(spec, program, "0");
        assertThat(first.waitFor(2, TimeUnit.SECONDS)).isFalse();
        assertThat(names()).as("before the word").isEmpty();
        say();
        assertThat(end(first)).isEqualTo(new Ran(3, "0\n"));
        assertThat(read("slurm-" + ID + ".out")).isEqualTo("0\n");
        Process second = begin(spec, program, "1");
        say();
        assertThat(end(second)).isEqualTo(new Ran(3, "1\n"));
        assertThat(names()).containsExactly("slurm-" + ID + ".out");
        assertThat(read("slurm-" + ID + ".out")).isEqualTo("0\n");
    }

    @Test
    @Fault("B17")
    void namesAreMadeOfPatternsAndOfNothingElse() throws IOException, InterruptedException {
        String name = "it's $(touch x) %j";
        JobSpec spec = script(files().withOutput("%x-%u-%j-%5A-%N-%a-%b-$HOME`id`.out")
                        .withError("\\%j"))
                .toBuilder()
                .name(name)
                .build();
        Ran ran = run(spec, "echo out; echo error >&2");
        assertThat(names()).containsExactly("%j", name + "-alice-" + ID + "-" + ID + "-n1-4294967294-4-$HOME`id`.out");
        assertThat(read("%j")).isEqualTo("error\n");
        assertThat(ran.log()).contains("out\n", "error\n");
    }

    @Test
    void aTaskOfAnArrayHasAFileOfItsOwn() throws IOException, InterruptedException {
        JobSpec spec = script(files()).toBuilder().array(ArraySpec.parse("5,7")).build();
        assertThat(run(spec, "echo $SLURM_ARRAY_TASK_ID").code()).isZero();
        assertThat(names()).containsExactly("slurm-" + ID + "_7.out");
    }

    @Test
    void anOldFileIsReplacedOrContinuedAsWanted() throws IOException, InterruptedException {
        JobSpec spec = script(files().withOutput("o"));
        java.nio.file.Files.writeString(volume.resolve("o"), "old and long\n");
        assertThat(run(spec, "echo new").log()).isEqualTo("new\n");
        assertThat(read("o")).isEqualTo("new\n");
        JobSpec more = script(spec.files().withOpenMode(OpenMode.APPEND));
        assertThat(run(more, "echo more").log())
                .as("what was there before is not its log")
                .isEqualTo("more\n");
        assertThat(read("o")).isEqualTo("new\nmore\n");
    }

    @Test
    void outputAndErrorOfOneNameAreOneFile() throws IOException, InterruptedException {
        Ran ran = run(script(files().withOutput("o").withError("o")), "echo a; echo b >&2; echo c");
        assertThat(read("o")).isEqualTo("a\nb\nc\n");
        assertThat(ran.log()).isEqualTo("a\nb\nc\n");
    }

    @Test
    void whatGoesNowhereIsInNoLogEither() throws IOException, InterruptedException {
        assertThat(run(script(files().withOutput("/dev/null")), "echo a; echo b >&2"))
                .isEqualTo(new Ran(0, ""));
        assertThat(run(script(files().withOutput("/dev/null").withError("e")), "echo a; echo b >&2"))
                .isEqualTo(new Ran(0, "b\n"));
        assertThat(names()).containsExactly("e");
    }

    @ParameterizedTest
    @ValueSource(strings = {"link", "dangling", "out/file", "missing/file", "fifo", "directory"})
    @Fault({"B18", "B27"})
    void nothingIsWrittenThroughWhatSomebodyLaid(String name) throws IOException, InterruptedException {
        Path other = java.nio.file.Files.writeString(directory.resolve("other"), "theirs");
        Path outside = java.nio.file.Files.createDirectory(directory.resolve("outside"));
        java.nio.file.Files.createSymbolicLink(volume.resolve("link"), other);
        java.nio.file.Files.createSymbolicLink(volume.resolve("dangling"), directory.resolve("made"));
        java.nio.file.Files.createSymbolicLink(volume.resolve("out"), outside);
        java.nio.file.Files.createDirectory(volume.resolve("directory"));
        new ProcessBuilder("mkfifo", volume.resolve("fifo").toString()).start().waitFor();
        Ran ran = run(script(files().withOutput(name)), "touch " + directory.resolve("started"));
        assertThat(ran.code()).isEqualTo(73);
        assertThat(ran.log()).startsWith("sluice: ").contains("nothing was started");
        assertThat(directory.resolve("started")).doesNotExist();
        assertThat(directory.resolve("made")).doesNotExist();
        assertThat(outside).isEmptyDirectory();
        assertThat(other).hasContent("theirs");
    }

    @Test
    void aLinkThatStaysOnTheVolumeIsADirectory() throws IOException, InterruptedException {
        java.nio.file.Files.createDirectory(volume.resolve("real"));
        java.nio.file.Files.createSymbolicLink(volume.resolve("alias"), volume.resolve("real"));
        assertThat(run(script(files().withOutput("alias/o")), "echo a").code()).isZero();
        assertThat(read("real/o")).isEqualTo("a\n");
    }

    @Test
    @Fault("B27")
    void allBytesReachFileAndLog() throws IOException, InterruptedException {
        byte[] noise = new byte[3 << 20];
        new Random(1).nextBytes(noise);
        Path data = java.nio.file.Files.write(directory.resolve("data"), noise);
        String text = new String(noise, StandardCharsets.ISO_8859_1);
        Ran ran = run(script(files().withOutput("o")), "cat " + data);
        assertThat(read("o").equals(text)).as("the file").isTrue();
        assertThat(ran.log().equals(text)).as("the log").isTrue();
    }

    @Test
    void aSignalReachesTheProgramAndItsLastWordsTheFile() throws IOException, InterruptedException {
        Process process = begin(
                script(files().withOutput("o")),
                "trap 'echo bye; exit 7' TERM; echo ready; while :; do sleep 0.1; done");
        while (!volume.resolve("o").toFile().exists() || read("o").isEmpty()) {
            assertThat(process.isAlive()).isTrue();
        }
        process.destroy();
        assertThat(end(process)).isEqualTo(new Ran(7, "ready\nbye\n"));
        assertThat(read("o")).isEqualTo("ready\nbye\n");
    }

    @Test
    void whoIsKilledLeavesWhatHeWrote() throws IOException, InterruptedException {
        assertThat(run(script(files().withOutput("o")), "echo last; kill -9 $$"))
                .isEqualTo(new Ran(137, "last\n"));
        assertThat(read("o")).isEqualTo("last\n");
    }
}
