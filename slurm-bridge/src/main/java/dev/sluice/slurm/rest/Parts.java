package dev.sluice.slurm.rest;

import dev.sluice.job.Refusal;
import dev.sluice.job.TaskSet;
import dev.sluice.slurm.door.Answer;
import dev.sluice.slurm.door.Door;
import dev.sluice.slurm.door.Indices;
import dev.sluice.slurm.door.JobRow;
import dev.sluice.slurm.door.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * How a change of some tasks of an array is said to slurmrestd, which takes no task in a path (422, "Submit job update against
 * Array Job's JobID instead of array task id") and no {@code array} in a body (it changes all): each task that was split off has an
 * id of its own, and the array's id means all tasks.
 */
final class Parts {
    private static final Set<String> OPEN = Set.of("PENDING", "RUNNING", "SUSPENDED");

    private Parts() {}

    /** @param rows all that the controller has of the array */
    static Answer<List<Long>> of(Target target, List<JobRow> rows) {
        TaskSet wanted = target.indices().orElseThrow();
        List<JobRow> open = rows.stream()
                .filter(row -> OPEN.contains(row.states().getFirst()))
                .toList();
        if (open.isEmpty()) {
            return new Answer.Refused<>(
                    Refusal.never(Door.ABSENT, "expected tasks of job " + target + " that wait or run, found none"));
        }
        if (open.stream().allMatch(row -> within(row.indices(), wanted))) {
            return Answer.said(List.of(target.jobId()));
        }
        List<Long> ids = new ArrayList<>();
        for (JobRow row : open) {
            // The entry that has the array's own id stands for what was not split off, and as an id for all tasks.
            boolean own = row.ownId() != row.jobId();
            if (own && within(row.indices(), wanted)) {
                ids.add(row.ownId());
            } else if (touches(row.indices(), wanted)) {
                return new Answer.Refused<>(Refusal.never(
                        RestDoor.PART,
                        "expected all waiting tasks of job " + target.jobId() + ", found " + target
                                + ", a part that slurmrestd cannot name; to do: all of them, or by SSH"));
            }
        }
        return Answer.said(List.copyOf(ids));
    }

    private static boolean within(Indices indices, TaskSet wanted) {
        return indices instanceof Indices.Of some && wanted.containsAll(some.tasks());
    }

    private static boolean touches(Indices indices, TaskSet wanted) {
        return switch (indices) {
            case Indices.Sole sole -> false;
            case Indices.Of some -> some.tasks().intersects(wanted);
            case Indices.Rest rest -> true;
        };
    }
}
