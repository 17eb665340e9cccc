package dev.sluice.engine;

import dev.sluice.job.JobId;
import dev.sluice.job.TaskSet;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/** The blocks of ids that arrays take: each task has an id of its own, behind the job's. */
final class IdBlocks {
    private final NavigableMap<Integer, Job> arrays = new TreeMap<>();

    void add(Job array) {
        arrays.put(array.id().value(), array);
    }

    void remove(JobId array) {
        arrays.remove(array.value());
    }

    /** The task that has this id, where an array's has. */
    Optional<Book.Target> task(JobId id) {
        var floor = arrays.floorEntry(id.value());
        if (floor == null) {
            return Optional.empty();
        }
        int ordinal = id.value() - floor.getKey();
        TaskSet tasks = floor.getValue().head().tasks();
        return ordinal < tasks.size()
                ? Optional.of(new Book.Target(
                        floor.getValue(),
                        OptionalInt.of(tasks.lowest(ordinal + 1).last())))
                : Optional.empty();
    }
}
