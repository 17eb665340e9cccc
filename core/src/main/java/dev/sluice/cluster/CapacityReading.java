package dev.sluice.cluster;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** What a cluster has. Doubles as the probe of its health. */
public sealed interface CapacityReading {
    /**
     * @param partitions those that start nothing, too
     * @param defaultPartition where a job goes that names none; empty where any will do, or nobody knows
     */
    record Capacity(Instant asOf, List<PartitionCapacity> partitions, Optional<String> defaultPartition, Supply supply)
            implements CapacityReading {
        public Capacity {
            partitions = List.copyOf(partitions);
        }

        public Capacity(Instant asOf, List<PartitionCapacity> partitions) {
            this(asOf, partitions, Optional.empty(), Supply.UNTOLD);
        }

        /** The partitions that jobs may be sent to. */
        public List<PartitionCapacity> open() {
            return partitions.stream()
                    .filter(partition -> partition.terms().state() == Supply.PartitionState.UP)
                    .toList();
        }
    }

    record Unknown(Doubt doubt) implements CapacityReading {}

    /**
     * One partition of a cluster; a cluster without partitions has one of its own name.
     *
     * @param total what its healthy nodes have
     * @param others what others than Sluice run there
     * @param largest what its largest node has
     * @param maxMinutes its longest time limit, minutes
     * @param terms what is shown of it besides, and whether it is open
     */
    record PartitionCapacity(
            String name, Amount total, Amount others, Amount largest, long maxMinutes, Supply.Terms terms) {
        /** One that tells no more. */
        public PartitionCapacity(String name, Amount total, Amount others, Amount largest, long maxMinutes) {
            this(name, total, others, largest, maxMinutes, Supply.Terms.plain(maxMinutes));
        }
    }

    /** @param memory bytes; gpus: by type */
    record Amount(long cpus, long memory, SortedMap<String, Long> gpus) {
        public Amount {
            gpus = gpus.isEmpty()
                    ? Collections.emptySortedMap()
                    : Collections.unmodifiableSortedMap(new TreeMap<>(gpus));
        }

        public static Amount of(long cpus, long memory) {
            return new Amount(cpus, memory, Collections.emptySortedMap());
        }

        /** This and so many times the other. */
        public Amount plus(Amount other, int times) {
            SortedMap<String, Long> sum = new TreeMap<>(gpus);
            other.gpus.forEach((type, count) -> sum.merge(type, count * times, Long::sum));
            return new Amount(cpus + other.cpus * times, memory + other.memory * times, sum);
        }

        public long gpus(String type) {
            Map<String, Long> byType = gpus;
            return byType.getOrDefault(type, 0L);
        }
    }
}
