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
     * @param natives what runs there that was handed to the cluster itself, by account, each account once; none where nobody knows
     */
    record Capacity(
            Instant asOf,
            List<PartitionCapacity> partitions,
            Optional<String> defaultPartition,
            Supply supply,
            List<NativeUse> natives)
            implements CapacityReading {
        public Capacity {
            partitions = List.copyOf(partitions);
            natives = List.copyOf(natives);
        }

        /** One that tells of no natives. */
        public Capacity(
                Instant asOf, List<PartitionCapacity> partitions, Optional<String> defaultPartition, Supply supply) {
            this(asOf, partitions, defaultPartition, supply, List.of());
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

    /**
     * What an account of the cluster's own runs there beside Sluice, wherever on it: what runs in several partitions' nodes counts once.
     *
     * @param account SLURM's account, Kubernetes' namespace
     */
    record NativeUse(String account, Amount amount) {
        /** By account, each once, without those that hold nothing; in the order of their names. */
        public static List<NativeUse> summed(List<NativeUse> uses) {
            SortedMap<String, Amount> sums = new TreeMap<>();
            uses.forEach(use -> sums.merge(use.account, use.amount, (one, other) -> one.plus(other, 1)));
            return sums.entrySet().stream()
                    .filter(sum -> !sum.getValue().equals(Amount.of(0, 0)))
                    .map(sum -> new NativeUse(sum.getKey(), sum.getValue()))
                    .toList();
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
