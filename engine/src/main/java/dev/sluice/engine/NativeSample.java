package dev.sluice.engine;

import dev.sluice.cluster.CapacityReading.Amount;
import dev.sluice.cluster.CapacityReading.Capacity;
import dev.sluice.job.ClusterName;
import dev.sluice.job.ProjectPath;
import dev.sluice.policy.load.Load;
import dev.sluice.spec.Gpus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What natives held on a cluster at one instant, by the project that is to be charged for it. It counts as held until the next sample is
 * taken. Kept in memory alone: what was not charged before a stop is not guessed after it.
 *
 * @param asOf when the reading was made, by our clock
 * @param held by project; of accounts that no project is charged for, nothing
 */
record NativeSample(Instant asOf, SortedMap<ProjectPath, Load> held) {
    /** No sample before it: each charge is written to the store. */
    private static final Duration EVERY = Duration.ofMinutes(1);

    /** Where the cluster is read less often than every few minutes it is so many readings. */
    private static final Duration LONGEST = Duration.ofMinutes(10);

    private static final int READINGS = 3;

    /** @param projects by account */
    static NativeSample of(Capacity capacity, SortedMap<String, ProjectPath> projects) {
        SortedMap<ProjectPath, Load> held = new TreeMap<>();
        capacity.natives().forEach(use -> {
            ProjectPath project = projects.get(use.account());
            if (project != null) {
                held.merge(project, load(use.amount()), (one, other) -> one.plus(other, 1));
            }
        });
        return new NativeSample(capacity.asOf(), held);
    }

    /** GPUs of no type, or of one that this federation has no word for, count as GPUs of whatever type. */
    private static Load load(Amount amount) {
        Load all = Load.of(amount);
        SortedMap<String, Long> named = new TreeMap<>(all.types());
        named.keySet().removeIf(type -> !Gpus.isType(type));
        return new Load(all.cpus(), all.memory(), all.gpus(), named);
    }

    /** Whether the next one may be taken then. A clock that was set back makes this one as good as none. */
    boolean isOverBy(Instant next) {
        return next.isBefore(asOf) || !next.isBefore(asOf.plus(EVERY));
    }

    /**
     * What is charged for the time to the next sample.
     *
     * @param sweep how often the cluster is read
     */
    Optional<Event.NativesCharged> charge(ClusterName cluster, Instant next, Duration sweep) {
        Duration passed = Duration.between(asOf, next);
        Duration some = sweep.multipliedBy(READINGS);
        Duration longest = some.compareTo(LONGEST) > 0 ? some : LONGEST;
        if (held.isEmpty() || !isOverBy(next) || passed.isNegative() || passed.compareTo(longest) > 0) {
            return Optional.empty();
        }
        List<Event.NativeUse> uses = new ArrayList<>();
        held.forEach((project, load) -> uses.add(new Event.NativeUse(project, load)));
        return Optional.of(new Event.NativesCharged(cluster, asOf, next, uses));
    }
}
