package dev.sluice.spec;

import static dev.sluice.spec.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ResourcesTest {
    private static final long GIB = 1L << 30;
    private static final Resources WIDE =
            Resources.DEFAULTS.withNodes(new Nodes(4, 8)).withTasks(32).withCpusPerTask(2);

    @Test
    void totalsAreForTheFewestNodes() {
        assertThat(WIDE.cpus()).isEqualTo(64);
        assertThat(WIDE.withMemory(new Memory.PerNode(3 * GIB)).memoryBytes()).isEqualTo(12 * GIB);
        assertThat(WIDE.withMemory(new Memory.PerCpu(GIB)).memoryBytes()).isEqualTo(64 * GIB);
        assertThat(WIDE.withMemory(Memory.Unstated.WHOLE_NODE).memoryBytes()).isZero();
        assertThat(WIDE.withTmpBytesPerNode(GIB).tmpBytes()).isEqualTo(4 * GIB);
    }

    @Test
    void gpusCountPerNodePerTaskAndPerJob() {
        Resources perNode = WIDE.withGpus(Gpus.of(Gpus.Per.NODE, "a100", 2));
        assertThat(perNode.totalGpus()).containsExactly(Map.entry("a100", 8L));
        assertThat(perNode.withMemory(new Memory.PerGpu(GIB)).memoryBytes()).isEqualTo(8 * GIB);
        assertThat(WIDE.withGpus(Gpus.of(Gpus.Per.TASK, "a100", 2)).gpuCount()).isEqualTo(64);
        Gpus mixed = new Gpus(Gpus.Per.JOB, new TreeMap<>(Map.of(Gpus.ANY_TYPE, 1, "v100", 4)));
        assertThat(WIDE.withGpus(mixed).totalGpus()).containsExactly(Map.entry("*", 1L), Map.entry("v100", 4L));
        assertThat(WIDE.withGpus(mixed).gpuCount()).isEqualTo(5);
    }

    @Test
    void noGpusAreOneValueWhateverTheyWouldHaveBeenFor() {
        assertThat(new Gpus(Gpus.Per.NODE, new TreeMap<>())).isEqualTo(Gpus.NONE);
    }

    @Test
    @DisplayName("B29 the largest of everything does not overflow")
    void extremesDoNotOverflow() {
        Resources most = Resources.DEFAULTS
                .withNodes(Nodes.exactly(Nodes.MOST))
                .withTasks(Resources.MAX_TASKS)
                .withCpusPerTask(Resources.MAX_CPUS_PER_TASK);
        assertThat(most.cpus()).isEqualTo(16_777_216L * 65_535);
        assertThat(most.withMemory(new Memory.PerCpu(4 << 20)).memoryBytes()).isEqualTo(most.cpus() << 22);
        assertThat(most.withGpus(Gpus.of(Gpus.Per.TASK, "a", 1_000_000)).gpuCount())
                .isEqualTo(16_777_216_000_000L);
        assertThat(most.withMemory(new Memory.PerNode(1L << 46)).memoryBytes()).isEqualTo(1L << 62);
    }

    @Test
    @DisplayName("B29 a total that would overflow is refused by its field")
    void overflowIsRefused() {
        Resources most = Resources.DEFAULTS
                .withNodes(Nodes.exactly(Nodes.MOST))
                .withTasks(Resources.MAX_TASKS)
                .withCpusPerTask(Resources.MAX_CPUS_PER_TASK);
        assertRefused("memory", () -> most.withMemory(new Memory.PerNode((1L << 46) + 1)));
        assertRefused("memory", () -> most.withMemory(new Memory.PerCpu(Memory.MAX_BYTES)));
        Resources gpus = most.withGpus(Gpus.of(Gpus.Per.TASK, "a", 1_000_000));
        assertRefused("memory", () -> gpus.withMemory(new Memory.PerGpu(Memory.MAX_BYTES)));
        assertRefused("tmp", () -> most.withTmpBytesPerNode(Memory.MAX_BYTES));
    }

    @ParameterizedTest
    @DisplayName("B29 memory of 0, below 0, 2^63 and over a pebibyte is refused")
    @ValueSource(longs = {0, -1, Long.MIN_VALUE, Long.MAX_VALUE, (1L << 50) + 1})
    void memoryAmounts(long bytes) {
        assertRefused("memory per node", () -> new Memory.PerNode(bytes));
        assertRefused("memory per cpu", () -> new Memory.PerCpu(bytes));
        assertRefused("memory per gpu", () -> new Memory.PerGpu(bytes));
    }

    @Test
    @DisplayName("B29 negative and excessive counts are refused by their field")
    void counts() {
        assertRefused("tasks", () -> Resources.DEFAULTS.withTasks(0));
        assertRefused("tasks", () -> Resources.DEFAULTS.withTasks(-5));
        assertRefused("tasks", () -> Resources.DEFAULTS.withTasks(Integer.MAX_VALUE));
        assertRefused("cpus per task", () -> Resources.DEFAULTS.withCpusPerTask(0));
        assertRefused("cpus per task", () -> Resources.DEFAULTS.withCpusPerTask(65_536));
        assertRefused("tmp", () -> Resources.DEFAULTS.withTmpBytesPerNode(-1));
        assertRefused("gpus of type a100", () -> Gpus.of(Gpus.Per.JOB, "a100", 0));
        assertRefused("gpus of type a100", () -> Gpus.of(Gpus.Per.JOB, "a100", 1_000_001));
        assertRefused("licenses of ansys", () -> Resources.DEFAULTS.withLicenses(Map.of("ansys", -1)));
    }

    @Test
    @DisplayName("B9 node ranges ascend, and are not negative")
    void nodes() {
        assertThat(new Nodes(2, 4)).hasToString("2-4");
        assertThat(Nodes.exactly(3)).hasToString("3");
        assertThat(Nodes.exactly(1)).isNotEqualTo(Nodes.ANY);
        assertRefused("nodes", () -> new Nodes(4, 2));
        assertRefused("nodes", () -> Nodes.exactly(0));
        assertRefused("nodes", () -> Nodes.exactly(65_537));
    }

    @Test
    void tasksAndNodesFitTogether() {
        assertThat(Resources.DEFAULTS.withNodes(Nodes.exactly(3)).tasks()).isEqualTo(3);
        assertRefused(
                "tasks", () -> Resources.DEFAULTS.withNodes(Nodes.exactly(3)).withTasks(2));
        Resources two = Resources.DEFAULTS.withNodes(Nodes.exactly(2)).withTasks(8);
        assertThat(two.withTasksPerNode(4).tasksPerNode()).isEqualTo(OptionalInt.of(4));
        assertRefused("tasks per node", () -> two.withTasksPerNode(3));
        assertRefused("memory per gpu", () -> two.withMemory(new Memory.PerGpu(GIB)));
    }

    @ParameterizedTest
    @DisplayName("B17 names of GPU types and licenses carry nothing for a shell")
    @ValueSource(strings = {"", "a b", "a;b", "a\n", "a,b", "a:2", "$(id)", "é"})
    void names(String name) {
        assertRefused("gpu type", () -> Gpus.of(Gpus.Per.JOB, name, 1));
        assertRefused("license", () -> Resources.DEFAULTS.withLicenses(Map.of(name, 1)));
    }

    @ParameterizedTest
    @DisplayName("B17 a generic resource has a name, or a name and a type, and is no gpu")
    @ValueSource(strings = {"", "a b", "a;b", "a,b", "a:b:c", ":a", "a:", "-a", "$(id)", "é", "gpu", "gpu:a100"})
    void badGres(String name) {
        assertRefused("gres name", () -> Resources.DEFAULTS.withGres(Map.of(name, 1L)));
    }

    @Test
    void gres() {
        assertThat(Resources.DEFAULTS
                        .withGres(Map.of("shard", 4L, "mps:a100", Resources.MAX_GRES_COUNT))
                        .gres())
                .containsOnlyKeys("mps:a100", "shard");
        assertRefused("gres of shard", () -> Resources.DEFAULTS.withGres(Map.of("shard", 0L)));
        assertRefused(
                "gres of shard", () -> Resources.DEFAULTS.withGres(Map.of("shard", Resources.MAX_GRES_COUNT + 1)));
        assertRefused(
                "gres",
                () -> Resources.DEFAULTS.withGres(
                        named(33).keySet().stream().collect(Collectors.toMap(n -> n, n -> 1L))));
    }

    @Test
    void kindsOfGpusAndLicensesAreFew() {
        assertRefused("gpus", () -> new Gpus(Gpus.Per.JOB, new TreeMap<>(named(17))));
        assertRefused("licenses", () -> Resources.DEFAULTS.withLicenses(named(65)));
        assertThat(Resources.DEFAULTS
                        .withLicenses(Map.of("b@db", 1, "a", 2))
                        .licenses()
                        .keySet())
                .containsExactly("a", "b@db");
    }

    private static Map<String, Integer> named(int count) {
        return IntStream.range(0, count).boxed().collect(Collectors.toMap(i -> "t" + i, i -> 1));
    }
}
