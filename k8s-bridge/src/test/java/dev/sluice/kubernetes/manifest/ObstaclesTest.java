package dev.sluice.kubernetes.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.job.ProjectPath;
import dev.sluice.job.Refusal;
import dev.sluice.job.TaskSet;
import dev.sluice.kubernetes.manifest.Placing.GpuType;
import dev.sluice.spec.ArraySpec;
import dev.sluice.spec.Ask;
import dev.sluice.spec.Bytes;
import dev.sluice.spec.Container;
import dev.sluice.spec.EndSignal;
import dev.sluice.spec.Environment;
import dev.sluice.spec.Files;
import dev.sluice.spec.Gpus;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Mail;
import dev.sluice.spec.Memory;
import dev.sluice.spec.Mount;
import dev.sluice.spec.Mount.Access;
import dev.sluice.spec.Nodes;
import dev.sluice.spec.Resources;
import dev.sluice.spec.Routing;
import dev.sluice.spec.Rules;
import dev.sluice.spec.Work;
import dev.sluice.testkit.Fault;
import io.fabric8.kubernetes.api.model.Quantity;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each thing that a cluster cannot do is refused by its own name, and nothing else is. */
class ObstaclesTest {
    /** Bytes of the largest script: the first lines of its pod lie beside it. */
    private static final int LARGEST = Obstacles.MAX_CONTENTS
            - (int) Contents.size(TaskSet.SOLE, Samples.job(script(10)).build())
            + 10;

    /** A job that differs in one thing from one that runs. */
    record Row(String code, JobSpec spec, String says) {
        @Override
        public String toString() {
            return code + ": " + says;
        }
    }

    private static Row row(String code, String says, UnaryOperator<JobSpec.Builder> change) {
        return new Row(code, change.apply(Samples.plain().toBuilder()).build(), says);
    }

    private static Row resources(String code, String says, UnaryOperator<Resources> change) {
        return row(code, says, job -> job.resources(change.apply(Resources.DEFAULTS)));
    }

    private static Row routing(String code, String says, Routing routing) {
        return row(code, says, job -> job.routing(routing));
    }

    private static Row mount(String code, String says, String volume, String path, Access access) {
        Mount mount = new Mount(volume, path, Optional.empty(), access);
        return row(code, says, job -> job.files(Files.DEFAULTS.withMounts(List.of(mount))));
    }

    private static Row script(String code, String says, Bytes script) {
        return new Row(code, Samples.job(new Work.Script(script)).build(), says);
    }

    static Stream<Row> refused() {
        Bytes latin1 = Bytes.of("#!/opt/caf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1));
        Bytes long1 = Bytes.ofUtf8("#!/bin/sh\n" + "#".repeat(LARGEST - 9));
        TaskSet evens = TaskSet.range(1_000_000, 1_059_998, 2);
        return Stream.of(
                new Row(
                        "no-image",
                        script("", "", Bytes.ofUtf8("#!/bin/sh\n")).spec().toBuilder()
                                .project(new ProjectPath("biology"))
                                .build(),
                        "project biology"),
                new Row(
                        "no-image",
                        Samples.job(Work.Command.of("true"))
                                .project(new ProjectPath("biology"))
                                .build(),
                        "name an image"),
                script("script", "must start with #!", Bytes.ofUtf8("echo\n")),
                script("script-interpreter", "UTF-8", latin1),
                script("too-large", (Obstacles.MAX_CONTENTS + 1) + ";", long1),
                row("too-large", "1048577", job -> job.environment(values()).work(script(LARGEST - 524_000 + 1))),
                row("too-large", "found 105", job -> job.work(script(LARGEST)).array(ArraySpec.parse("0-1"))),
                row("too-large-job", "1048577", job -> job.work(words(1))),
                row(
                        "too-large-job",
                        "1048577",
                        job -> job.work(words(-1_151)).environment(Environment.of(Map.of("N".repeat(1_024), "")))),
                row(
                        "array-entrypoint",
                        "command",
                        job -> job.work(Work.Entrypoint.OF_IMAGE).array(ArraySpec.parse("0-1"))),
                row(
                        "nodes-entrypoint",
                        "command",
                        job -> job.work(Work.Entrypoint.OF_IMAGE)
                                .resources(Resources.DEFAULTS.withNodes(Nodes.exactly(2)))),
                row(
                        "array-nodes",
                        "found 2",
                        job -> job.array(ArraySpec.parse("0-1"))
                                .resources(Resources.DEFAULTS.withNodes(Nodes.exactly(2)))),
                resources("too-many-nodes", "found 1001", all -> all.withNodes(Nodes.exactly(1001))),
                resources("uneven-nodes", "3 nodes", all -> all.withTasks(5).withNodes(Nodes.exactly(3))),
                resources(
                        "uneven-nodes",
                        "found 1009 tasks",
                        all -> all.withTasks(1009).withTasksPerNode(8)),
                resources(
                        "uneven-nodes",
                        "3 GPUs",
                        all -> all.withTasks(4).withNodes(Nodes.exactly(2)).withGpus(Gpus.of(Gpus.Per.JOB, "a100", 3))),
                resources("whole-memory", "--mem=0", all -> all.withMemory(Memory.Unstated.WHOLE_NODE)),
                resources("no-licenses", "[matlab]", all -> all.withLicenses(Map.of("matlab", 1))),
                resources("no-gres", "[fpga]", all -> all.withGres(Map.of("fpga", 1L))),
                resources(
                        "unknown-gpu",
                        "[*, a100, h100], found v100",
                        all -> all.withGpus(Gpus.of(Gpus.Per.JOB, "v100", 1))),
                resources(
                        "gpus-apart",
                        "[a100, h100]",
                        all -> all.withGpus(new Gpus(Gpus.Per.JOB, new TreeMap<>(Map.of("a100", 1, "h100", 1))))),
                row("too-many-tasks", "100001", job -> job.array(new ArraySpec(TaskSet.range(0, 100_000)))),
                row("scattered-array", "239999", job -> job.array(new ArraySpec(evens))),
                row("time-limit", "24855", job -> job.ask(Ask.DEFAULTS.withLimit(Duration.ofSeconds(1L << 31)))),
                row(
                        "no-signal",
                        "--signal",
                        job -> job.rules(
                                Rules.DEFAULTS.withEndSignal(new EndSignal(10, 60, EndSignal.Target.BATCH_SHELL)))),
                routing(
                        "unknown-partition",
                        "[batch, gpu], found a,b",
                        Routing.ANYWHERE.withPartitions(List.of("a", "b"))),
                routing("no-qos", "high", Routing.ANYWHERE.withQos("high")),
                routing("no-reservations", "friday", Routing.ANYWHERE.withReservation("friday")),
                routing("no-features", "avx512", Routing.ANYWHERE.withConstraint("avx512")),
                routing("no-nodes", "n[1-3]", Routing.ANYWHERE.withNodeList("n[1-3]")),
                routing("no-nodes", "n7", Routing.ANYWHERE.withExcludedNodes("n7")),
                routing("not-exclusive", "all CPUs", Routing.ANYWHERE.withSharing(Routing.Sharing.EXCLUSIVE)),
                routing("not-exclusive", "all CPUs", Routing.ANYWHERE.withSharing(Routing.Sharing.EXCLUSIVE_USER)),
                mount("unknown-volume", "[reference, results, scratch], found host", "host", "/host", Access.READ_ONLY),
                mount("read-only-volume", "/ref", "reference", "/ref", Access.READ_WRITE),
                mount("taken-path", "/.sluice/x", "scratch", "/.sluice/x", Access.READ_WRITE),
                mount("taken-path", "/.sluice", "scratch", "/.sluice", Access.READ_WRITE),
                mount("taken-path", "/.sluice-once", "scratch", "/.sluice-once", Access.READ_WRITE),
                row("no-output-files", "%j.out", job -> job.files(Files.DEFAULTS.withOutput("%j.out"))),
                row("no-output-files", "%j.err", job -> job.files(Files.DEFAULTS.withError("%j.err"))),
                row("no-input-file", "data", job -> job.files(Files.DEFAULTS.withInput("data"))),
                row("no-mail", "[END]", job -> job.mail(Mail.of(List.of(Mail.Event.END), Optional.empty()))));
    }

    /** Of 524,000 bytes beside the names. */
    private static Environment values() {
        Map<String, String> values = new TreeMap<>();
        IntStream.range(0, 4).forEach(i -> values.put("V" + i, "v".repeat(131_000)));
        return Environment.of(values);
    }

    /** Arguments of dollar signs, by which a Job is as large as can be, and so many bytes more. */
    private static Work words(int more) {
        String half = "$".repeat(130_000);
        // 4 times 260,000, less the index of the only task, which counts too.
        return new Work.Command(List.of(half, half, half, half, "x".repeat(Obstacles.MAX_JOB - 1_040_000 - 1 + more)));
    }

    private static Work script(int bytes) {
        return new Work.Script(Bytes.ofUtf8("#!/bin/sh\n" + "#".repeat(bytes - 10)));
    }

    static Stream<Row> taken() {
        return Stream.of(
                script("", "script as large as can be", Bytes.ofUtf8("#!/bin/sh\n" + "#".repeat(LARGEST - 10))),
                row(
                        "",
                        "environment as large as can be",
                        job -> job.environment(values()).work(script(LARGEST - 524_000))),
                row("", "arguments as long as can be", job -> job.work(words(0))),
                row(
                        "",
                        "array of a named program",
                        job -> job.work(new Work.Entrypoint(List.of("true"), List.of()))
                                .array(ArraySpec.parse("0-1"))),
                row("", "largest array", job -> job.array(new ArraySpec(TaskSet.range(7, 100_006)))),
                resources(
                        "",
                        "tasks on one node",
                        all -> all.withTasks(4).withTasksPerNode(4).withNodes(Nodes.exactly(1))),
                resources("", "a GPU of any type", all -> all.withGpus(Gpus.of(Gpus.Per.NODE, Gpus.ANY_TYPE, 2))),
                row("", "longest limit", job -> job.ask(Ask.DEFAULTS.withLimit(Duration.ofSeconds(Integer.MAX_VALUE)))),
                row("", "no limit", job -> job.ask(Ask.DEFAULTS.withLimit(Ask.UNLIMITED))),
                routing("", "one of the partitions", Routing.ANYWHERE.withPartitions(List.of("elsewhere", "batch"))),
                routing("", "shared nodes", Routing.ANYWHERE.withSharing(Routing.Sharing.OVERSUBSCRIBE)),
                mount("", "read-only", "reference", "/ref", Access.READ_ONLY),
                mount("", "a path that begins alike", "scratch", "/.sluices", Access.READ_WRITE),
                row("", "no input", job -> job.files(Files.DEFAULTS.withInput("/dev/null"))));
    }

    @ParameterizedTest
    @MethodSource("refused")
    @Fault({"B26", "B29"})
    void isRefusedForEverByItsName(Row row) {
        List<Refusal> found = Obstacles.of(row.spec(), Optional.of(Samples.ACCOUNT), Samples.site());
        assertThat(found).extracting(Refusal::code).containsExactly(row.code());
        assertThat(found.getFirst().message()).contains(row.says());
        assertThat(found.getFirst().retry()).isEqualTo(Refusal.Retry.NEVER);
    }

    @ParameterizedTest
    @MethodSource("taken")
    void isTaken(Row row) {
        assertThat(Obstacles.of(row.spec(), Optional.of(Samples.ACCOUNT), Samples.site()))
                .isEmpty();
        assertThat(Samples.manifest(row.spec()).job()).isNotNull();
    }

    @Test
    @Fault("B22")
    void whoHasNoAccountRunsNothing() {
        assertThat(Obstacles.of(Samples.plain(), Optional.empty(), Samples.site()))
                .extracting(Refusal::code, Refusal::message)
                .containsExactly(org.assertj.core.groups.Tuple.tuple(
                        "no-account",
                        "expected a user with an account on kube, found alice@example.org; an administrator maps users"
                                + " to accounts"));
    }

    @Test
    @Fault("B26")
    void noProjectsNamespaceIsTheSystems() {
        for (String project : List.of("kube-system", "kube-x", "default")) {
            JobSpec spec = Samples.plain().toBuilder()
                    .project(new ProjectPath(project))
                    .build();
            assertThat(Obstacles.of(
                            spec, Optional.of(Samples.ACCOUNT), Samples.site().withNamespaces(new Namespaces("%p"))))
                    .extracting(Refusal::code)
                    .containsExactly("forbidden-namespace");
            assertThat(Obstacles.of(spec, Optional.of(Samples.ACCOUNT), Samples.site()))
                    .isEmpty();
        }
    }

    @Test
    void allThatIsWrongIsSaidAtOnce() {
        JobSpec spec = Samples.plain().toBuilder()
                .files(Files.DEFAULTS.withOutput("a").withError("b"))
                .mail(Mail.of(List.of(Mail.Event.END), Optional.empty()))
                .build();
        assertThat(Obstacles.of(spec, Optional.empty(), Samples.site()))
                .extracting(Refusal::code)
                .containsExactly("no-account", "no-output-files", "no-output-files", "no-mail");
    }

    @Test
    void whatIsLeftOfAnArrayMayBeTooScattered() {
        JobSpec array =
                Samples.plain().toBuilder().array(ArraySpec.parse("0-99999")).build();
        assertThat(Obstacles.of(Samples.attempt(array.tasks()), array, Samples.site()))
                .isEmpty();
        assertThat(Obstacles.of(Samples.attempt(TaskSet.range(0, 99_998, 2)), array, Samples.site()))
                .extracting(Refusal::code)
                .containsExactly("scattered-array");
    }

    @Test
    void typesOfGpusWithoutLabelsGoTogether() {
        GpuType one = new GpuType("nvidia.com/gpu", Collections.emptySortedMap(), List.of());
        GpuType other = new GpuType("amd.com/gpu", Collections.emptySortedMap(), List.of());
        Site site = Samples.site()
                .withPlacing(new Placing(
                        new TreeMap<>(), new TreeMap<>(Map.of("a", one, "b", other, "c", one)), new TreeMap<>()));
        JobSpec spec = Samples.plain().toBuilder()
                .resources(Resources.DEFAULTS.withGpus(
                        new Gpus(Gpus.Per.JOB, new TreeMap<>(Map.of("a", 1, "b", 2, "c", 4)))))
                .container(Container.of("alpine"))
                .build();
        assertThat(Obstacles.of(spec, Optional.of(Samples.ACCOUNT), site)).isEmpty();
        var limits = Manifest.of(Samples.attempt(TaskSet.SOLE), spec, Samples.ACCOUNT, site)
                .job()
                .getSpec()
                .getTemplate()
                .getSpec()
                .getContainers()
                .getFirst()
                .getResources()
                .getLimits();
        assertThat(limits)
                .containsEntry("nvidia.com/gpu", new Quantity("5"))
                .containsEntry("amd.com/gpu", new Quantity("2"));
    }
}
