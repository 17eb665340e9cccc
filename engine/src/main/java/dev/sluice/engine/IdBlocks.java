package dev.sluice.engine;

import dev.sluice.job.JobId;
import dev.sluice.job.TaskSet;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;

/** The ids that were given out, and the blocks of them that arrays take: each task has an id of its own, behind the job's. */
final class IdBlocks {
    private final NavigableMap<Integer, Job> arrays = new TreeMap<>();
    private final Set<Image.Key> touched;
    private final int first;
    private int next;

    IdBlocks(JobId first, Set<Image.Key> touched) {
        this.first = first.value();
        this.next = first.value();
        this.touched = touched;
    }

    /** The lowest id that was never given out. */
    int next() {
        return next;
    }

    /** No id below this is given out any more. */
    void reserve(int below) {
        if (below > next) {
            next = below;
            touched.add(new Image.Key.OfIds());
        }
    }

    Image.OfIds image() {
        return new Image.OfIds(next);
    }

    boolean used() {
        return next > first;
    }

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
