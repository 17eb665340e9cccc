package dev.sluice.slurm.door;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;

/** What a cluster has, at one moment, in SLURM's own words. */
public record Inventory(List<Node> nodes, List<Partition> partitions, List<Reservation> reservations) {
    public Inventory {
        nodes = List.copyOf(nodes);
        partitions = List.copyOf(partitions);
        reservations = List.copyOf(reservations);
    }

    /**
     * @param states base state first, then flags: {@code [IDLE, DRAIN]}
     * @param memory bytes
     * @param gpus by type, {@code *} where the type is not named
     * @param otherGres by name or name:type, without GPUs
     */
    public record Node(
            String name,
            List<String> states,
            int cpus,
            int allocatedCpus,
            long memory,
            long allocatedMemory,
            SortedMap<String, Long> gpus,
            SortedMap<String, Long> allocatedGpus,
            SortedMap<String, Long> otherGres,
            SortedSet<String> features,
            SortedSet<String> partitions,
            Optional<String> reason) {}

    /**
     * @param state {@code UP}, {@code DOWN}, {@code DRAIN} or {@code INACTIVE}
     * @param maxTime empty for no limit
     * @param maxNodes empty for no limit
     */
    public record Partition(
            String name,
            boolean isDefault,
            String state,
            Optional<Duration> maxTime,
            Optional<Duration> defaultTime,
            Optional<Integer> maxNodes,
            List<String> allowAccounts,
            List<String> denyAccounts,
            List<String> allowQos) {}

    /**
     * @param end {@link Instant#MAX} for never
     * @param nodeList its nodes as SLURM writes them, {@code n[1-3]}; empty for none
     * @param flags as {@code MAINT}, {@code IGNORE_JOBS}
     * @param tres what it sets aside of its nodes, as SLURM writes it, {@code cpu=16}; empty where that is not said
     */
    public record Reservation(
            String name,
            Instant start,
            Instant end,
            String nodeList,
            List<String> nodes,
            List<String> partitions,
            List<String> flags,
            String tres) {}
}
