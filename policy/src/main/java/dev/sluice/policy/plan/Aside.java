package dev.sluice.policy.plan;

import dev.sluice.cluster.CapacityReading.Amount;
import dev.sluice.cluster.CapacityReading.PartitionCapacity;
import dev.sluice.cluster.Supply.Reservation;
import dev.sluice.policy.load.Load;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * What of a partition a reservation of its cluster keeps for jobs that name it, or, for a maintenance, from all.
 *
 * @param load what nobody holds of it; before it begins, what others leave of it
 */
record Aside(Reservation reservation, Load load) {
    /** By start. */
    static List<Aside> of(ClusterView cluster, PartitionCapacity partition) {
        return cluster.reservations().stream()
                .flatMap(reservation -> {
                    SortedMap<String, Amount> amounts = reservation.amounts();
                    return Optional.ofNullable(amounts.get(partition.name())).stream()
                            .map(amount -> new Aside(reservation, Load.of(amount)));
                })
                .toList();
    }

    boolean hasBegun(Instant now) {
        return !reservation.start().isAfter(now);
    }

    boolean isOver(Instant now) {
        return reservation.end().filter(end -> !end.isAfter(now)).isPresent();
    }

    /** Whether it keeps its part from a task that starts now, names no reservation, and runs so long. */
    boolean isMetBy(Instant now, Duration limit) {
        return !isOver(now) && reservation.start().isBefore(now.plus(limit));
    }

    void takeFrom(Profile profile) {
        Instant from = reservation.start();
        reservation.end().ifPresentOrElse(end -> profile.take(load, from, end), () -> profile.take(load, from));
    }
}
