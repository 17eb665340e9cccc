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
import java.util.Optional;
import java.util.Set;

/**
 * How a change of a job, or of some tasks of an array, is said to slurmrestd: by an id for each of SLURM's entries. It takes no
 * task in a path (422, "Submit job update against Array Job's JobID instead of array task id"), and an {@code array} in a body is not
 * heeded; a task that was split off has an id of its own, and the array's id means what was not split off, no more. So seen on
 * 24.11.5 and 26.05.5.
 */
final class Parts {
    private static final Set<String> OPEN = Set.of("PENDING", "RUNNING", "SUSPENDED");

    private Parts() {}

    /** @param rows all that the controller has of the job */
    static Answer<List<Long>> of(Target target, List<JobRow> rows) {
        Optional<TaskSet> wanted = target.indices();
        List<Long> ids = new ArrayList<>();
        for (JobRow row : rows) {
            if (!OPEN.contains(row.states().getFirst())) {
                continue;
            }
            if (wanted.isEmpty() || within(row.indices(), wanted.get())) {
                ids.add(row.ownId());
            } else if (touches(row.indices(), wanted.get())) {
                return new Answer.Refused<>(Refusal.never(
                        RestDoor.PART,
                        "expected all waiting tasks of job " + target.jobId() + ", found " + target
                                + ", a part that slurmrestd cannot name; to do: all of them, or by SSH"));
            }
        }
        return ids.isEmpty()
                ? new Answer.Refused<>(Refusal.never(
                        Door.ABSENT, "expected job " + target + " to wait or run, found that it does not"))
                : Answer.said(List.copyOf(ids));
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
