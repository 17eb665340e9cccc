package dev.sluice.policy.plan;

import dev.sluice.policy.load.Load;
import dev.sluice.spec.Ask;
import dev.sluice.spec.Gpus;
import dev.sluice.spec.Memory;
import dev.sluice.spec.Resources;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What one task of an ask takes of a partition.
 *
 * @param total in all, as far as it is known before the partition is
 * @param node what at least one of its nodes must have, however evenly it is spread
 * @param wholeNodes this many nodes are taken whole; 0 for none
 * @param wholeMemory all memory of this many nodes is taken; 0 for none
 */
record Demand(Load total, Load node, long wholeNodes, long wholeMemory) {
    static Demand of(Ask ask) {
        Resources resources = ask.resources();
        long least = resources.nodes().least();
        boolean whole = switch (ask.routing().sharing()) {
            case CLUSTER_DEFAULT, OVERSUBSCRIBE -> false;
            case EXCLUSIVE, EXCLUSIVE_USER, EXCLUSIVE_MCS, EXCLUSIVE_TOPO -> true;
        };
        boolean wholeMemory = resources.memory() == Memory.Unstated.WHOLE_NODE;
        Load total =
                new Load(resources.cpus(), resources.memoryBytes(), resources.gpuCount(), named(resources.totalGpus()));
        return new Demand(total, node(resources), whole ? least : 0, wholeMemory ? least : 0);
    }

    private static SortedMap<String, Long> named(SortedMap<String, Long> byType) {
        SortedMap<String, Long> named = new TreeMap<>(byType);
        named.remove(Gpus.ANY_TYPE);
        return named;
    }

    private static Load node(Resources resources) {
        long tasks = share(resources.tasks(), resources);
        long cpus = tasks * resources.cpusPerTask();
        SortedMap<String, Long> byType = new TreeMap<>();
        resources.gpus().counts().forEach((type, count) -> byType.put(type, gpus(resources, count, tasks)));
        long gpus = byType.values().stream().mapToLong(Long::longValue).sum();
        long memory = switch (resources.memory()) {
            case Memory.PerNode(long bytes) -> bytes;
            case Memory.PerCpu(long bytes) -> bytes * cpus;
            case Memory.PerGpu(long bytes) -> bytes * gpus;
            case Memory.Unstated _ -> 0;
        };
        return new Load(cpus, memory, gpus, named(byType));
    }

    private static long gpus(Resources resources, int count, long tasksOnNode) {
        return switch (resources.gpus().per()) {
            case NODE -> count;
            case TASK -> count * tasksOnNode;
            case JOB -> share(count, resources);
        };
    }

    /** What the fullest node has of so many things spread evenly over as many nodes as the job accepts. */
    private static long share(long count, Resources resources) {
        return Math.ceilDiv(count, resources.nodes().most());
    }

    /**
     * What a task holds of a partition while it runs. Whole nodes count as its largest ones, since nobody knows which they
     * will be; never more than there is, so that an empty partition always does.
     */
    Load on(Load partition, Load largest) {
        Load taken = total;
        if (wholeNodes > 0) {
            taken = taken.max(largest.times(wholeNodes).min(partition));
        }
        if (wholeMemory > 0) {
            Load memory = new Load(0, largest.memory(), 0, Load.NONE.types());
            taken = taken.max(memory.times(wholeMemory).min(partition));
        }
        return taken;
    }
}
