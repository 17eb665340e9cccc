package dev.sluice.slurm.script;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.spec.Bytes;
import dev.sluice.spec.Files.OpenMode;
import dev.sluice.spec.JobSpec;
import dev.sluice.testkit.Fault;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One launch of a task passes, whatever SLURM does (DISPATCH.md, "The wrapper and its gate"). */
@Timeout(60)
final class GateTest {
    private static final String DASH = "/bin/sh";
    private static final JobSpec SAMPLE = Launchpad.runs("#!/bin/sh\necho started\n");
    private static final String KEY = Launchpad.key(SAMPLE, 0, 0);

    @TempDir
    Path directory = Path.of("");

    private Launchpad pad;

    @BeforeEach
    @SuppressWarnings("NullAway.Init")
    void open() throws IOException {
        pad = new Launchpad(directory);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/bin/sh", "bash", "bash --posix"})
    @Fault("F49")
    void theSecondLaunchIsTurnedAwayAndTouchesNoOutput(String shell) throws Exception {
        JobSpec spec = SAMPLE.toBuilder()
                .files(SAMPLE.files().withOpenMode(OpenMode.TRUNCATE))
                .build();

        assertThat(pad.run(shell, spec)).isEqualTo(new Launchpad.End(0, "started\n", ""));
        assertThat(pad.run(shell, spec)).isEqualTo(new Launchpad.End(BatchFile.LOST, "started\n", ""));
        assertThat(pad.run(shell, spec)).isEqualTo(new Launchpad.End(BatchFile.LOST, "started\n", ""));

        assertThat(pad.lying(KEY + ".lost.")).hasSize(2);
        assertThat(pad.lying(".")).isEmpty();
        assertThat(Launchpad.text(pad.claims().resolve(KEY)).lines())
                .element(0)
                .asString()
                .startsWith("launched ");
        assertThat(Launchpad.text(pad.claims().resolve(KEY)).lines().skip(1))
                .containsExactly(
                        "job_start 1795572831",
                        "own_id 4711",
                        "node n1",
                        "output " + pad.output(),
                        "error " + pad.error());
    }

    @Test
    @Fault("F49")
    void aLaunchDatesFromWhenItsNodeHadTheScriptHoweverSlowTheNodeIs() throws Exception {
        pad.fake("od", "sleep 2; exec $real \"$@\"");

        assertThat(pad.run(DASH, SAMPLE).exit()).isZero();
        FileTime spooled = Files.getLastModifiedTime(directory.resolve("spool0/slurm_script"));
        assertThat(Launchpad.text(pad.claims().resolve(KEY)).lines())
                .first()
                .isEqualTo("launched " + spooled.toInstant().getEpochSecond());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/bin/sh", "bash"})
    @Fault("F49")
    void ofTwentyAtOnceExactlyOnePasses(String shell) throws Exception {
        List<Process> all = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            all.add(pad.start(shell, SAMPLE));
        }
        List<Integer> exits = new ArrayList<>();
        for (Process each : all) {
            exits.add(each.waitFor());
        }

        assertThat(exits).containsOnly(0, BatchFile.LOST);
        assertThat(exits.stream().filter(exit -> exit == 0)).hasSize(1);
        assertThat(Launchpad.text(pad.output())).isEqualTo("started\n");
        assertThat(pad.lying(KEY + ".lost.")).hasSize(19);
    }

    @Test
    @Fault("F21")
    void theNextRunOfARequeuedJobHasAClaimOfItsOwn() throws Exception {
        assertThat(pad.run(DASH, SAMPLE).exit()).isZero();
        pad.with("SLURM_RESTART_COUNT", "1");

        assertThat(pad.run(DASH, SAMPLE).exit()).isZero();
        assertThat(pad.run(DASH, SAMPLE).exit()).isEqualTo(BatchFile.LOST);
        assertThat(pad.lying(Launchpad.key(SAMPLE, 0, 1) + ".lost.")).hasSize(1);
    }

    @Test
    @Fault("F20")
    void aClaimThatTheGatewayTookLetsNothingStart() throws Exception {
        claims(pad.claims(), "rwx------");
        Files.writeString(pad.claims().resolve(KEY), "taken 1795572831\n");

        assertThat(pad.run(DASH, SAMPLE)).isEqualTo(new Launchpad.End(BatchFile.LOST, "", ""));
        assertThat(pad.lying(KEY + ".lost.")).hasSize(1);
        assertThat(Launchpad.text(pad.claims().resolve(KEY))).isEqualTo("taken 1795572831\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/bin/sh", "bash"})
    void aServerThatTellsTheWinnerItExistsDoesNotMakeHimALoser(String shell) throws Exception {
        pad.fake("ln", "case $1 in -s) exec $real \"$@\" ;; esac; $real \"$@\"; echo 'ln: File exists' >&2; exit 1");

        assertThat(pad.run(shell, SAMPLE)).isEqualTo(new Launchpad.End(0, "started\n", ""));
        assertThat(pad.run(shell, SAMPLE).exit()).isEqualTo(BatchFile.LOST);
    }

    @Test
    @Fault("F54")
    void aFileSystemWithoutHardLinksStartsNothing() throws Exception {
        pad.fake("ln", "exit 1");

        startsNothing();
        assertThat(pad.lying(KEY)).isEmpty();
    }

    @Test
    @Fault("F54")
    void aLinkCountThatCannotBeReadStartsNothing() throws Exception {
        pad.fake("stat", "case $2 in %h) exit 1 ;; esac; exec $real \"$@\"");

        startsNothing();
    }

    @Test
    @Fault("F54")
    void aFileInPlaceOfTheClaimDirectoryStartsNothing() throws Exception {
        Files.createDirectories(pad.claims().getParent());
        Files.writeString(pad.claims(), "");

        startsNothing();
    }

    @ParameterizedTest
    @ValueSource(strings = {"rwxr-xr-x", "rwxrwx---", "rwx-----x"})
    @Fault("F54")
    void aClaimDirectoryThatOthersMayTouchStartsNothing(String mode) throws Exception {
        claims(pad.claims(), mode);

        startsNothing();
    }

    @Test
    @Fault("F54")
    void aClaimDirectoryThatIsALinkStartsNothing() throws Exception {
        claims(directory.resolve("elsewhere"), "rwx------");
        Files.createDirectories(pad.claims().getParent());
        Files.createSymbolicLink(pad.claims(), directory.resolve("elsewhere"));

        startsNothing();
        assertThat(directory.resolve("elsewhere")).isEmptyDirectory();
    }

    @Test
    @Fault("F54")
    void aClaimDirectoryOfAnotherAccountStartsNothing() throws Exception {
        Path others = Path.of("/root");
        if (Files.getAttribute(directory, "unix:uid").equals(0)) {
            others = directory.resolve("others");
            claims(others, "rwx------");
            Files.setAttribute(others, "unix:uid", 12_345);
        }
        pad.claimsIn(others);

        startsNothing();
    }

    @Test
    @Fault("F54")
    void aFullFileSystemStartsNothing() throws Exception {
        // A limit of no bytes a file fails writes as a full disk does: after the file was made. What is printed goes
        // elsewhere.
        String limited = "ulimit -f 0; trap '' XFSZ; exec /bin/sh \"$0\" >/dev/null 2>/dev/null";
        Path wrapper = Files.writeString(directory.resolve("limited"), limited);
        Path script = Files.write(
                directory.resolve("slurm_script"), pad.file(SAMPLE).render().toArray());
        ProcessBuilder builder = new ProcessBuilder("/bin/sh", "-c", Files.readString(wrapper), script.toString());
        builder.environment().put("HOME", pad.home().toString());
        builder.environment().put("SLURM_JOB_ID", "4711");

        assertThat(builder.start().waitFor()).isEqualTo(BatchFile.NO_CLAIM);
        assertThat(pad.lying(KEY)).isEmpty();
    }

    @Test
    void theScriptOfTheUserIsHisByteForByte() throws Exception {
        List<Bytes> scripts = List.of(
                copies("echo '#sluice script " + Launchpad.attempt(SAMPLE).id() + "'\n"),
                copies("# no newline at its end"),
                copies("x='\\'; y=\"%s %d\"; : ' '\n\n\n"),
                copies("exit 0\n\0\1\2\r\n\u00ff\n"),
                copies("sluice " + Launchpad.attempt(SAMPLE).id() + "() { :; }\n"),
                Bytes.of(all()));
        for (int i = 0; i < scripts.size(); i++) {
            Launchpad own = new Launchpad(directory.resolve("script" + i));
            JobSpec spec = Launchpad.runs(scripts.get(i));
            own.run(DASH, spec);

            assertThat(Files.readAllBytes(own.home().resolve("copy")))
                    .as("script %s", i)
                    .isEqualTo(scripts.get(i).toArray());
        }
    }

    @Test
    void onlyTheWinnerEmptiesTheOutputs() throws Exception {
        JobSpec truncates = SAMPLE.toBuilder()
                .files(SAMPLE.files().withOpenMode(OpenMode.TRUNCATE))
                .build();
        JobSpec appends = SAMPLE.toBuilder()
                .files(SAMPLE.files().withOpenMode(OpenMode.APPEND))
                .build();
        Files.writeString(pad.output(), "old\n");

        assertThat(pad.run(DASH, truncates).output()).isEqualTo("started\n");
        pad.with("SLURM_RESTART_COUNT", "1");
        assertThat(pad.run(DASH, appends).output()).isEqualTo("started\nstarted\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/bin/sh", "bash"})
    void signalsForTheBatchShellReachTheProgramThatTookItsPlace(String shell) throws Exception {
        JobSpec spec = Launchpad.runs(
                "#!/bin/sh\ntrap 'echo told; exit 3' TERM\necho $$ >\"$HOME/pid\"\nmv \"$HOME/pid\" \"$HOME/ready\"\n"
                        + "while :; do sleep 0.05; done\n");
        Process process = pad.start(shell, spec);
        while (!Files.exists(pad.home().resolve("ready"))) {
            assertThat(process.isAlive()).isTrue();
            Thread.onSpinWait();
        }

        assertThat(Launchpad.text(pad.home().resolve("ready")).strip()).isEqualTo(Long.toString(process.pid()));
        assertThat(process.children().filter(ProcessHandle::isAlive).count()).isLessThanOrEqualTo(1);
        process.destroy();
        assertThat(process.waitFor()).isEqualTo(3);
        assertThat(Launchpad.text(pad.output())).isEqualTo("told\n");
    }

    @Test
    @Fault("F56")
    void theExitCodeIsTheUsersOwn() throws Exception {
        for (int code : new int[] {1, 74, 75, 127, 128, 200, 255}) {
            pad.with("SLURM_RESTART_COUNT", Integer.toString(code));
            assertThat(pad.run(DASH, Launchpad.runs("#!/bin/sh\nexit " + code + "\n"))
                            .exit())
                    .isEqualTo(code);
        }
        assertThat(pad.lying(KEY + ".lost.")).isEmpty();
    }

    private void startsNothing() throws Exception {
        Launchpad.End end = pad.run(DASH, SAMPLE);
        assertThat(end.exit()).as(end.error()).isEqualTo(BatchFile.NO_CLAIM);
        assertThat(end.output()).isEmpty();
        assertThat(end.error()).contains("; nothing was started");
    }

    private static void claims(Path at, String mode) throws IOException {
        Files.createDirectories(at);
        Files.setPosixFilePermissions(at, PosixFilePermissions.fromString(mode));
    }

    private static Bytes copies(String rest) {
        return Bytes.of(("#!/bin/sh\ncat \"$0\" >\"$HOME/copy\"\n" + rest)
                .getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
    }

    /** Every byte there is, behind what leaves before them. */
    private static byte[] all() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(copies("exit 0\n").toArray());
        IntStream.range(0, 1024).forEach(out::write);
        return out.toByteArray();
    }
}
