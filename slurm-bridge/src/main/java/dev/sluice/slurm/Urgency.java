package dev.sluice.slurm;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What our priority is to a cluster: of each table a job has the entry with the highest key that is not above its own number, and
 * none below the lowest.
 *
 * @param qualities names of QOS, for jobs that name none themselves
 * @param nices what sbatch's {@code --nice} is given: 0 or more, for who is not privileged can only go back
 */
public record Urgency(SortedMap<Integer, String> qualities, SortedMap<Integer, Integer> nices) {
    /** All jobs are alike to the cluster. */
    public static final Urgency NONE = new Urgency(new TreeMap<>(), new TreeMap<>());

    public Urgency {
        qualities = Collections.unmodifiableSortedMap(new TreeMap<>(qualities));
        nices = Collections.unmodifiableSortedMap(new TreeMap<>(nices));
    }

    Optional<String> quality(int priority) {
        return highest(qualities, priority);
    }

    Optional<Integer> nice(int priority) {
        return highest(nices, priority);
    }

    private static <T> Optional<T> highest(SortedMap<Integer, T> table, int priority) {
        Optional<T> highest = Optional.empty();
        for (Map.Entry<Integer, T> each : table.entrySet()) {
            highest = each.getKey() <= priority ? Optional.of(each.getValue()) : highest;
        }
        return highest;
    }
}
