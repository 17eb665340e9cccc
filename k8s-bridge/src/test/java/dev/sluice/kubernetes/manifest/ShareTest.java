package dev.sluice.kubernetes.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.spec.Gpus;
import dev.sluice.spec.Memory;
import dev.sluice.spec.Nodes;
import dev.sluice.spec.Resources;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** How jobs are divided among pods. */
class ShareTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // nodes | tasks | tasks per node, 0 for none | pods, 0 for no such number
                "any | 1  | 0 | 1",
                "any | 64 | 0 | 1",
                "any | 8  | 2 | 4",
                "any | 5  | 2 | 5",
                "1   | 4  | 0 | 1",
                "2   | 2  | 0 | 2",
                "2   | 6  | 0 | 2",
                "2-4 | 9  | 0 | 3",
                "2-4 | 4  | 1 | 4",
                "3   | 5  | 0 | 0",
                "2-3 | 5  | 0 | 0",
                "2-8 | 7  | 0 | 7"
            })
    void theFewestNodesThatShareItsTasksEvenly(String nodes, int tasks, int perNode, int pods) {
        Resources asked = Resources.DEFAULTS.withTasks(tasks).withNodes(nodes(nodes));
        Resources all = perNode == 0 ? asked : asked.withTasksPerNode(perNode);
        assertThat(Share.even(all).orElse(0)).isEqualTo(pods);
        if (pods > 0) {
            assertThat(Share.of(all).nodes()).isEqualTo(pods);
            assertThat(Share.of(all).tasks() * pods).isEqualTo(tasks);
        }
    }

    private static Nodes nodes(String text) {
        if (text.equals("any")) {
            return Nodes.ANY;
        }
        String[] ends = text.split("-");
        return new Nodes(Integer.parseInt(ends[0]), Integer.parseInt(ends[ends.length - 1]));
    }

    record Row(String name, Resources asked, long memory, Map<String, Long> gpus) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Row> rows() {
        Resources two =
                Resources.DEFAULTS.withNodes(Nodes.exactly(2)).withTasks(4).withCpusPerTask(3);
        return Stream.of(
                new Row("memory of a node", two.withMemory(new Memory.PerNode(100)), 100, Map.of()),
                new Row("memory of a CPU", two.withMemory(new Memory.PerCpu(10)), 60, Map.of()),
                new Row("nothing said", two, 0, Map.of()),
                new Row("GPUs of a node", two.withGpus(Gpus.of(Gpus.Per.NODE, "a", 4)), 0, Map.of("a", 4L)),
                new Row("GPUs of a task", two.withGpus(Gpus.of(Gpus.Per.TASK, "a", 4)), 0, Map.of("a", 8L)),
                new Row("GPUs in all", two.withGpus(Gpus.of(Gpus.Per.JOB, "a", 4)), 0, Map.of("a", 2L)),
                new Row(
                        "memory of a GPU",
                        two.withGpus(Gpus.of(Gpus.Per.JOB, "a", 4)).withMemory(new Memory.PerGpu(7)),
                        14,
                        Map.of("a", 2L)));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void aPodHasTheShareOfANode(Row row) {
        assertThat(Share.of(row.asked())).isEqualTo(new Share(2, 2, 6, row.memory(), new TreeMap<>(row.gpus())));
    }

    /** All pods together have what the job asked for, and what is planned with. */
    @ParameterizedTest
    @MethodSource("rows")
    void noneIsLost(Row row) {
        Share share = Share.of(row.asked());
        assertThat(share.cpus() * 2).isEqualTo(row.asked().cpus());
        assertThat(share.memory() * 2).isEqualTo(row.asked().memoryBytes());
        assertThat(share.gpuCount() * 2).isEqualTo(row.asked().gpuCount());
    }
}
