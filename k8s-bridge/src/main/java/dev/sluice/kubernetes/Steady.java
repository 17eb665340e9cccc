package dev.sluice.kubernetes;

import dev.sluice.cluster.Observation;
import dev.sluice.cluster.Sighting;
import dev.sluice.job.TaskSet;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Keeps to what was told of why tasks wait while only the words change: a scheduler counts its nodes anew at each try, and each change
 * that is told becomes a record on our disk. Not for several threads.
 */
final class Steady {
    /** For so long the words stay as they were told. */
    static final Duration WORDS = Duration.ofMinutes(5);

    private record Told(String why, Instant at) {}

    private final Map<String, Map<TaskSet, Told>> told = new HashMap<>();

    /** The same of a Job's tasks, with the words that were told where those are young and of the same trouble. */
    List<Observation> steady(String uid, List<Observation> all, Instant now) {
        Map<TaskSet, Told> before = told.getOrDefault(uid, Map.of());
        Map<TaskSet, Told> after = new HashMap<>();
        List<Observation> steady = all.stream()
                .map(each -> {
                    if (!(each.seen() instanceof Sighting.Pending(int run, String why)) || why.isEmpty()) {
                        return each;
                    }
                    Told kept = Optional.ofNullable(before.get(each.tasks()))
                            .filter(past -> Waits.isSameTrouble(past.why(), why)
                                    && now.isBefore(past.at().plus(WORDS)))
                            .orElse(new Told(why, now));
                    after.put(each.tasks(), kept);
                    return new Observation(
                            each.attempt(),
                            each.binding(),
                            each.tasks(),
                            new Sighting.Pending(run, kept.why()),
                            each.raw(),
                            each.past());
                })
                .toList();
        if (after.isEmpty()) {
            told.remove(uid);
        } else {
            told.put(uid, after);
        }
        return steady;
    }

    /** Whoever reads from now on has been told nothing. */
    void forgetAll() {
        told.clear();
    }
}
