package dev.sluice.local;

import dev.sluice.cluster.Observation;
import dev.sluice.cluster.Search;
import dev.sluice.cluster.Sighting;
import dev.sluice.job.TaskSet;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.Predicate;

/**
 * How all tasks of one attempt stood at one look.
 *
 * @param marks of the claims that are taken
 */
record Standing(Parked parked, Journal journal, SortedMap<Integer, Seen> tasks, Map<Integer, Mark> marks) {
    record Seen(Sighting sighting, String raw) {}

    /** Those of the tasks that are so. */
    TaskSet where(TaskSet among, Predicate<Sighting> so) {
        TaskSet.Builder found = new TaskSet.Builder();
        tasks.forEach((task, seen) -> {
            if (among.contains(task) && so.test(seen.sighting())) {
                found.add(task);
            }
        });
        return found.build();
    }

    TaskSet all() {
        return parked.order().taskSet();
    }

    boolean over() {
        return tasks.values().stream().allMatch(seen -> seen.sighting() instanceof Sighting.Ended);
    }

    Instant lastEnd() {
        return tasks.values().stream()
                .map(seen -> seen.sighting() instanceof Sighting.Ended ended ? ended.at() : Instant.MAX)
                .max(Instant::compareTo)
                .orElse(Instant.MAX);
    }

    /** Tasks that stand alike together. */
    List<Observation> observations() {
        Map<Seen, TaskSet.Builder> alike = new LinkedHashMap<>();
        tasks.forEach((task, seen) ->
                alike.computeIfAbsent(seen, s -> new TaskSet.Builder()).add(task));
        List<Observation> all = new ArrayList<>();
        alike.forEach((seen, some) -> all.add(
                new Observation(parked.attempt(), parked.binding(), some.build(), seen.sighting(), seen.raw())));
        return all;
    }

    List<Search.Trace> traces() {
        return observations().stream()
                .map(seen -> new Search.Trace(seen.binding(), seen.tasks(), seen.seen()))
                .toList();
    }
}
