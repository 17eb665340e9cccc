package dev.sluice.engine;

import dev.sluice.job.ClusterName;
import dev.sluice.job.JobId;
import dev.sluice.job.JobState;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.TaskSet;
import dev.sluice.policy.plan.Budget;
import dev.sluice.policy.project.Payer;
import dev.sluice.policy.project.Usage;
import java.util.Optional;

/** One row of the state: what a restart reads. All rows together are the whole state that is kept. */
public sealed interface Image {
    Key key();

    /** Where a row stands. */
    sealed interface Key {
        record OfJob(JobId job) implements Key {}

        /** @param lowest the lowest task of the slice */
        record OfSlice(JobId job, int lowest) implements Key {}

        record OfCluster(ClusterName cluster) implements Key {}

        record OfLeftover(Leftover.Key leftover) implements Key {}

        record OfUse(IdempotencyKey use) implements Key {}

        record OfProject(ProjectPath project) implements Key {}

        record OfUsage(Payer payer) implements Key {}

        record OfIds() implements Key {}
    }

    /** What became of a row: its new content, or nothing when it is gone. */
    record Row(Key key, Optional<Image> image) {}

    record OfJob(JobHead head) implements Image {
        @Override
        public Key key() {
            return new Key.OfJob(head.id());
        }
    }

    record OfSlice(JobId job, TaskSet tasks, JobState state) implements Image {
        @Override
        public Key key() {
            return new Key.OfSlice(job, tasks.first());
        }
    }

    record OfCluster(ClusterName cluster, Event.Drain drain, Breaker breaker) implements Image {
        @Override
        public Key key() {
            return new Key.OfCluster(cluster);
        }
    }

    record OfLeftover(Leftover leftover) implements Image {
        @Override
        public Key key() {
            return new Key.OfLeftover(leftover.key());
        }
    }

    record OfUse(IdempotencyKey idempotency, KeyUse use) implements Image {
        @Override
        public Key key() {
            return new Key.OfUse(idempotency);
        }
    }

    /** @param cpuMillis what its runs have used, in milliseconds of one CPU; runs: how many there were */
    record OfProject(ProjectPath project, Budget budget, long cpuMillis, long runs) implements Image {
        @Override
        public Key key() {
            return new Key.OfProject(project);
        }
    }

    /** What a project or a user of it has used by runs that are over, and a project by natives that it is charged for, decayed. */
    record OfUsage(Payer payer, Usage usage) implements Image {
        @Override
        public Key key() {
            return new Key.OfUsage(payer);
        }
    }

    /** @param next the lowest job id that was never given out: it outlives the jobs, so that none is given twice */
    record OfIds(int next) implements Image {
        @Override
        public Key key() {
            return new Key.OfIds();
        }
    }
}
