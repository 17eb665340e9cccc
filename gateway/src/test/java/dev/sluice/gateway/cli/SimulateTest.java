package dev.sluice.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.xml.sax.SAXException;

/** {@code sluice simulate}: from a trace's file to tables and files. */
@Timeout(120)
class SimulateTest {
    /** Group 1 has both CPUs for 100 s; group 2's two jobs come while that runs; a job of group 3 is nobody's. */
    private static final String TRACE = """
            ; Version: 2.2
            ; UnixStartTime: 1000000000
            ; MaxProcs: 2
            1 0 -1 100 2 -1 -1 2 200 -1 1 1 1 -1 1 -1 -1 -1
            2 10 -1 50 1 -1 -1 1 60 -1 1 2 2 -1 1 -1 -1 -1
            3 20 -1 90 1 -1 -1 1 60 -1 1 2 2 -1 1 -1 -1 -1
            4 30 -1 -1 1 -1 -1 1 60 -1 5 2 2 -1 1 -1 -1 -1
            5 40 -1 60 1 -1 -1 1 60 -1 1 3 3 -1 1 -1 -1 -1
            """;

    @TempDir
    Path directory;

    private Rig rig;

    @BeforeEach
    void open() throws IOException {
        rig = new Rig(directory);
        Files.writeString(directory.resolve("trace.swf"), TRACE);
        Files.writeString(directory.resolve("small.yaml"), """
                simulation:
                  clusters: {hpc: {cpus: 2}}
                  projects: {physics: {groups: [1]}, chemistry: {groups: [2]}}
                """);
        Files.writeString(directory.resolve("large.yaml"), """
                simulation:
                  clusters: {hpc: {cpus: 2}, k8s: {kind: kubernetes, nodes: 2, cpus: 1}}
                  projects: {physics: {groups: [1]}, chemistry: {groups: [2]}}
                """);
    }

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    void twoSettingsStandSideBySide() {
        assertThat(rig.run("simulate", "--trace", "trace.swf", "--config", "small.yaml", "--config", "more=large.yaml"))
                .as(() -> rig.err)
                .isZero();
        assertThat(rig.out).isEqualTo("""
                4 jobs in the trace
                1 left out: never ran
                1 left out: no project and no guest cluster takes them

                SETTINGS   TOOK    USED  DONE  LIMITED  MEAN WAIT  SLOWDOWN  BOUNDED
                small     2m40s  96.9 %     3        1        57s      2.04     2.04
                more      1m40s  77.5 %     3        1         0s      1.00     1.00

                CLUSTER  SETTINGS  CPUS     OURS
                hpc      small        2   96.9 %
                hpc      more         2  100.0 %
                k8s      more         2   55.0 %

                PROJECT    SETTINGS  DONE   WAIT  MEDIAN    P95    MAX  BOUNDED    PART     NOW  ENTITLED
                chemistry  small        2  1m25s   1m20s  1m30s  1m30s     2.57  35.5 %  35.5 %    50.0 %
                chemistry  more         2     0s      0s     0s     0s     1.00  35.5 %  35.5 %    50.0 %
                physics    small        1     0s      0s     0s     0s     1.00  64.5 %  64.5 %    50.0 %
                physics    more         1     0s      0s     0s     0s     1.00  64.5 %  64.5 %    50.0 %
                """);
    }

    @Test
    void withoutSettingsEachGroupIsAProjectOverAMachineOfTheTracesSize() throws IOException {
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(directory.resolve("t.swf.gz")))) {
            out.write(TRACE.getBytes(StandardCharsets.UTF_8));
        }
        assertThat(rig.run("simulate", "--trace", "t.swf.gz")).as(() -> rig.err).isZero();
        assertThat(rig.out).contains("\ntrace    defaults     2").contains("\ngroup-3  defaults     1");
    }

    @Test
    void theSameTraceAndSettingsMakeTheSameFilesAndPicturesAreXml() throws Exception {
        for (String out : List.of("a", "b")) {
            assertThat(rig.run(
                            "simulate",
                            "--generate",
                            "300",
                            "--seed",
                            "3",
                            "--load",
                            "1.5",
                            "--config",
                            "x<&=large.yaml",
                            "--out",
                            out))
                    .as(() -> rig.err)
                    .isZero();
        }
        List<String> names = names("a");
        assertThat(names)
                .containsExactly(
                        "clusters-over-time.csv",
                        "clusters-x--.svg",
                        "clusters.csv",
                        "projects-over-time.csv",
                        "projects.csv",
                        "queue-x--.svg",
                        "report.json",
                        "settings.csv",
                        "shares-x--.svg",
                        "trace.swf",
                        "waits.svg");
        for (String name : names) {
            byte[] bytes = Files.readAllBytes(directory.resolve("a").resolve(name));
            assertThat(directory.resolve("b").resolve(name)).as(name).hasBinaryContent(bytes);
            if (name.endsWith(".svg")) {
                parse(directory.resolve("a").resolve(name));
            }
        }
        assertThat(rig.run("simulate", "--trace", "a/trace.swf", "--config", "x<&=large.yaml", "--json"))
                .isZero();
        assertThat(rig.out).isEqualTo(Files.readString(directory.resolve("a/report.json")));
        assertThat(Api.JSON
                        .readTree(rig.out)
                        .at("/reports/0/projects/1/project")
                        .asText())
                .isEqualTo("physics");
    }

    private List<String> names(String folder) throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve(folder))) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .sorted()
                    .toList();
        }
    }

    private static void parse(Path picture) throws IOException, ParserConfigurationException, SAXException {
        var document = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(picture.toFile());
        assertThat(document.getElementsByTagName("path").getLength())
                .as("axes and lines of " + picture)
                .isGreaterThan(5);
    }

    @Test
    void whatIsWrongIsSaidInOneLine() throws IOException {
        assertThat(rig.run("simulate")).isEqualTo(2);
        assertThat(rig.err).contains("expected either --trace or --generate, found neither");
        assertThat(rig.run("simulate", "--trace", "none.swf")).isEqualTo(1);
        assertThat(rig.err).contains("expected a trace at ");
        Files.writeString(directory.resolve("bad.swf"), "; head\n1 2 3\n");
        assertThat(rig.run("simulate", "--trace", "bad.swf")).isEqualTo(1);
        assertThat(rig.err).contains("line 2: expected 18 numbers, found 3 words: 1 2 3");
        Files.writeString(directory.resolve("t.csv"), "submit,run,cpus\n0,1,1\n");
        assertThat(rig.run("simulate", "--trace", "t.csv")).isEqualTo(2);
        assertThat(rig.err).contains("simulation.clusters: expected a cluster, since the trace does not say MaxProcs");
        assertThat(rig.run("simulate", "--trace", "trace.swf", "--config", "small.yaml", "--config", "small.yaml"))
                .isEqualTo(2);
        assertThat(rig.err).contains("found small twice");
    }

    /** What it says of 4 jobs, told every second of a clock that it sees. */
    private static String progress(Console.Look look) {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        AtomicLong seconds = new AtomicLong();
        Console console = new Console(
                InputStream.nullInputStream(),
                new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                new Console.Screen(Console.Look.PIPE, look, 80),
                Map.of(),
                Path.of("/"),
                () -> Rig.NOW.plusSeconds(seconds.get()),
                ZoneOffset.UTC,
                duration -> {});
        try (SimulationProgress progress = new SimulationProgress(console, "now")) {
            for (int over = 0; over <= 10; over++) {
                progress.at(over, 10, 3600L * over);
                seconds.incrementAndGet();
            }
        }
        return err.toString(StandardCharsets.UTF_8);
    }

    @Test
    void howFarItIsStandsInOneLineOfATerminalAndSeldomInAPipe() {
        assertThat(progress(Console.Look.PIPE)).isEqualTo("""
                sluice: now: 5 of 10 jobs (50 %), at 5h00m
                sluice: now: 10 of 10 jobs (100 %), at 10h00m
                """);
        assertThat(progress(Console.Look.TERMINAL))
                .startsWith("\r\u001b[Know: 1 of 10 jobs (10 %), at 1h00m\r\u001b[Know: 2 of 10")
                .endsWith("\r\u001b[K")
                .doesNotContain("\n");
    }

    @Test
    void theExampleRunsOnADrawnTrace() {
        String example = Path.of("../docs/examples/simulate-two-projects.yaml")
                .toAbsolutePath()
                .toString();
        assertThat(rig.run(
                        "simulate", "--generate", "2000", "--processors", "64", "--load", "2.2", "--config", example))
                .as(() -> rig.err)
                .isZero();
        assertThat(rig.out).contains("33.3 %").contains("66.7 %").contains("k8s ");
    }
}
