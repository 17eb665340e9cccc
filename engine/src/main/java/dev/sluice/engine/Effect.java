package dev.sluice.engine;

import dev.sluice.cluster.Change;
import dev.sluice.cluster.Cursor;
import dev.sluice.cluster.Grant;
import dev.sluice.cluster.Sought;
import dev.sluice.job.Attempt;
import dev.sluice.job.AttemptId;
import dev.sluice.job.Binding;
import dev.sluice.job.ClusterName;
import dev.sluice.job.JobId;
import dev.sluice.job.TaskSet;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * A call that is to be made now. Derived from state by {@link Engine#takeDue}, so that none can be forgotten; each comes back
 * as exactly one {@link Input.Done}.
 */
public sealed interface Effect {
    /** The number of the call in the life of this engine. */
    long flight();

    /** A call to a cluster. */
    sealed interface OnCluster extends Effect {
        ClusterName cluster();
    }

    /** The loop reads the job's spec from the store. */
    record Park(long flight, ClusterName cluster, Attempt attempt, Instant fence) implements OnCluster {}

    record Release(long flight, ClusterName cluster, List<Grant> grants, Instant fence) implements OnCluster {
        public Release {
            grants = List.copyOf(grants);
        }
    }

    record Find(long flight, ClusterName cluster, List<Sought> sought) implements OnCluster {
        public Find {
            sought = List.copyOf(sought);
        }
    }

    record Stop(
            long flight,
            ClusterName cluster,
            AttemptId attempt,
            Binding binding,
            TaskSet tasks,
            Duration grace,
            Instant fence)
            implements OnCluster {}

    record Alter(
            long flight,
            ClusterName cluster,
            AttemptId attempt,
            Binding binding,
            TaskSet tasks,
            Change change,
            Instant fence)
            implements OnCluster {}

    record Claim(long flight, ClusterName cluster, Attempt attempt, Binding binding, TaskSet tasks, int run)
            implements OnCluster {}

    record Observe(long flight, ClusterName cluster, Cursor after, Duration patience) implements OnCluster {}

    record Measure(long flight, ClusterName cluster) implements OnCluster {}

    /** Not to a cluster: to the image's registry. */
    record PinImage(long flight, JobId job, String reference) implements Effect {}
}
