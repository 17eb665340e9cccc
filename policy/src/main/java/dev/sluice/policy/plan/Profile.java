package dev.sluice.policy.plan;

import dev.sluice.policy.load.Load;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * What of a partition is expected to be free from now on: a step function. What runs is expected to end at its time limit, never
 * before, so that what is reserved by it is late only when a cluster lets a job run over its limit (conservative backfill: Mu'alem and
 * Feitelson, IEEE TPDS 2001).
 */
final class Profile {
    private final List<Instant> times = new ArrayList<>();
    /** What is free from the time of the same index to the next one. */
    private final List<Load> free = new ArrayList<>();

    /** @param gains so much more is free from then on; what is past counts as now */
    Profile(Load now, Instant at, SortedMap<Instant, Load> gains) {
        times.add(at);
        free.add(now);
        gains.forEach(this::gain);
    }

    private void gain(Instant from, Load load) {
        Load sum = free.getLast().plus(load, 1);
        if (from.isAfter(times.getLast())) {
            times.add(from);
            free.add(sum);
        } else {
            free.set(free.size() - 1, sum);
        }
    }

    /** So much is taken from then to then. */
    void take(Load load, Instant from, Instant until) {
        int first = split(from);
        take(load, first, split(until));
    }

    /** So much is taken from then on. */
    void take(Load load, Instant from) {
        take(load, split(from), times.size());
    }

    private void take(Load load, int first, int end) {
        for (int step = first; step < end; step++) {
            free.set(step, free.get(step).plus(load, -1));
        }
    }

    /** The step that begins then, made where there is none; what is past counts as now. */
    private int split(Instant at) {
        int found = Collections.binarySearch(times, at);
        int step = found < 0 ? -found - 1 : found;
        if (found < 0 && step > 0) {
            times.add(step, at);
            free.add(step, free.get(step - 1));
        }
        return step;
    }

    /** When something of this size finds room for so long; empty for never. */
    Optional<Instant> earliest(Load need, Duration length) {
        int start = 0;
        for (int step = 0; step < times.size(); step++) {
            if (free.get(step).holds(need) == 0) {
                start = step + 1;
            } else if (step + 1 == times.size()
                    || !times.get(step + 1).isBefore(times.get(start).plus(length))) {
                return Optional.of(times.get(start));
            }
        }
        return Optional.empty();
    }

    /** For how long something of this size finds room from now on. */
    Duration lasts(Load need) {
        for (int step = 0; step < times.size(); step++) {
            if (free.get(step).holds(need) == 0) {
                return Duration.between(times.getFirst(), times.get(step));
            }
        }
        return Duration.ofDays(36_500);
    }

    /** How many of this size find room from now until then. */
    long holds(Load need, Instant until) {
        long most = Long.MAX_VALUE;
        for (int step = 0; step < times.size() && times.get(step).isBefore(until); step++) {
            most = Math.min(most, free.get(step).holds(need));
        }
        return most;
    }
}
