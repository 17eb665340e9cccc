package dev.sluice.kubernetes.manifest;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * By which names of the cluster's a job finds its nodes and its turn.
 *
 * @param pools by the name that users know as a partition; empty: the cluster is one, without a name
 * @param gpus by type, {@link dev.sluice.spec.Gpus#ANY_TYPE} for who names none
 * @param priorityClasses names of PriorityClasses by their value: a job has the highest that is not above its own number, and the
 *     cluster's default below the lowest
 */
public record Placing(
        SortedMap<String, Pool> pools, SortedMap<String, GpuType> gpus, SortedMap<Integer, String> priorityClasses) {
    /** A cluster of nodes that are alike. */
    public static final Placing PLAIN = new Placing(new TreeMap<>(), new TreeMap<>(), new TreeMap<>());

    public Placing {
        pools = Collections.unmodifiableSortedMap(new TreeMap<>(pools));
        gpus = Collections.unmodifiableSortedMap(new TreeMap<>(gpus));
        priorityClasses = Collections.unmodifiableSortedMap(new TreeMap<>(priorityClasses));
    }

    /** The nodes behind a partition's name. */
    public record Pool(SortedMap<String, String> nodeSelector, List<Taint> tolerated) {
        public Pool {
            nodeSelector = Collections.unmodifiableSortedMap(new TreeMap<>(nodeSelector));
            tolerated = List.copyOf(tolerated);
        }
    }

    /**
     * What a type of GPU is to the cluster.
     *
     * @param resource as its device plugin has it, {@code nvidia.com/gpu}
     */
    public record GpuType(String resource, SortedMap<String, String> nodeSelector, List<Taint> tolerated) {
        public GpuType {
            nodeSelector = Collections.unmodifiableSortedMap(new TreeMap<>(nodeSelector));
            tolerated = List.copyOf(tolerated);
        }
    }

    /**
     * A taint of nodes that jobs may be sent to all the same.
     *
     * @param value empty for each value of the key
     */
    public record Taint(String key, Optional<String> value) {}

    Optional<String> priorityClass(int priority) {
        Optional<String> highest = Optional.empty();
        for (Map.Entry<Integer, String> each : priorityClasses.entrySet()) {
            highest = each.getKey() <= priority ? Optional.of(each.getValue()) : highest;
        }
        return highest;
    }

    /** The types of a job that have a name here. */
    List<GpuType> types(Map<String, Long> counts) {
        return counts.keySet().stream()
                .flatMap(type -> Optional.ofNullable(gpus.get(type)).stream())
                .toList();
    }
}
