package dev.sluice.kubernetes.manifest;

import dev.sluice.spec.Gpus;
import dev.sluice.spec.Memory;
import dev.sluice.spec.Resources;
import java.util.Collections;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * How a job is spread over pods: one for each of its nodes, all alike, since the pods of a Job are. It is the fewest nodes that the job
 * accepts and that divide its tasks, and its GPUs where it asks for a number of them in all.
 *
 * @param nodes how many pods
 * @param tasks processes in SLURM's sense, of each
 * @param memory bytes of each; 0 where the job does not say
 * @param gpus of each, by type
 */
record Share(int nodes, int tasks, long cpus, long memory, SortedMap<String, Long> gpus) {
    Share {
        gpus = Collections.unmodifiableSortedMap(new TreeMap<>(gpus));
    }

    /** Of what divides evenly; of what does not, a pod's share is rounded up, and {@link Obstacles} refuses it. */
    static Share of(Resources asked) {
        int nodes = even(asked).orElseGet(() -> fewest(asked));
        int tasks = Math.ceilDiv(asked.tasks(), nodes);
        long cpus = (long) tasks * asked.cpusPerTask();
        SortedMap<String, Long> gpus = new TreeMap<>();
        asked.gpus()
                .counts()
                .forEach((type, count) -> gpus.put(
                        type,
                        switch (asked.gpus().per()) {
                            case NODE -> (long) count;
                            case TASK -> (long) count * tasks;
                            case JOB -> (long) Math.ceilDiv(count, nodes);
                        }));
        long memory = switch (asked.memory()) {
            case Memory.PerNode(long bytes) -> bytes;
            case Memory.PerCpu(long bytes) -> Math.multiplyExact(bytes, cpus);
            case Memory.PerGpu(long bytes) ->
                Math.multiplyExact(
                        bytes, gpus.values().stream().mapToLong(Long::longValue).sum());
            case Memory.Unstated unstated -> 0;
        };
        return new Share(nodes, tasks, cpus, memory, gpus);
    }

    /** The fewest nodes that have room for the job's tasks. */
    static int fewest(Resources asked) {
        int most = asked.tasksPerNode().orElse(asked.tasks());
        return Math.max(asked.nodes().least(), Math.ceilDiv(asked.tasks(), most));
    }

    /** The fewest nodes among which a job can be divided; empty: there is no such number that it accepts. */
    static OptionalInt even(Resources asked) {
        int fewest = fewest(asked);
        int most = Math.min(asked.nodes().most(), Math.max(fewest, Obstacles.MOST_NODES));
        return IntStream.rangeClosed(fewest, most)
                .filter(nodes -> asked.tasks() % nodes == 0)
                .filter(nodes -> asked.gpus().per() != Gpus.Per.JOB
                        || asked.gpus().counts().values().stream().allMatch(count -> count % nodes == 0))
                .findFirst();
    }

    boolean isGang() {
        return nodes > 1;
    }

    long gpuCount() {
        return gpus.values().stream().mapToLong(Long::longValue).sum();
    }
}
