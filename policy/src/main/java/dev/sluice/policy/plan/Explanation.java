package dev.sluice.policy.plan;

import dev.sluice.job.ClusterName;
import dev.sluice.job.JobId;
import dev.sluice.job.TaskSet;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Why a job waits: an answer in data, each reason with a text for a person.
 *
 * @param waits the parts of the job that wait for capacity, by lowest task; none when nothing of it does
 */
public record Explanation(JobId job, List<Wait> waits) {
    public Explanation {
        waits = List.copyOf(waits);
    }

    /**
     * Tasks of one job that wait alike.
     *
     * @param ahead how many entries of the queue come earlier, each a job or the alike part of one
     * @param everywhere what keeps it from starting on any cluster
     * @param places every cluster by name, and where it has a say by partition
     */
    public record Wait(
            TaskSet tasks,
            int priorityClass,
            Instant submitted,
            long ahead,
            List<Reason> everywhere,
            List<Place> places) {
        public Wait {
            everywhere = List.copyOf(everywhere);
            places = List.copyOf(places);
        }
    }

    /**
     * One place where the tasks might run.
     *
     * @param partition empty when the reasons hold for the whole cluster
     * @param reasons why not there; none when one task fits now and only waits for its turn
     */
    public record Place(ClusterName cluster, Optional<String> partition, List<Reason> reasons) {
        public Place {
            reasons = List.copyOf(reasons);
        }
    }
}
