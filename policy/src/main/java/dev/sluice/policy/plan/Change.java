package dev.sluice.policy.plan;

import dev.sluice.job.ClusterName;
import dev.sluice.job.ProjectPath;
import dev.sluice.policy.load.Dimension;
import java.time.Duration;
import java.util.Optional;

/** What would let waiting tasks start now: a closed list, each tried before it is told. */
public sealed interface Change {
    /** A stable word for programs. */
    String code();

    /** For a person, as the end of "it would start now …". */
    String text();

    /** Where they would start. */
    Where where();

    /** A place. */
    record Where(ClusterName cluster, Optional<String> partition) {
        String text() {
            return partition.map(name -> cluster + ", partition " + name).orElse(cluster.value());
        }
    }

    /** The user's: a time limit of at most so much, so that it is over before the room is needed. */
    record ShorterLimit(Duration most, Where where) implements Change {
        @Override
        public String code() {
            return "shorter-limit";
        }

        @Override
        public String text() {
            return "with a time limit of at most " + most.toMinutes() + " minutes, on " + where.text();
        }
    }

    /** The user's: no more of something than is free. */
    record AskLess(Dimension dimension, long most, Where where) implements Change {
        @Override
        public String code() {
            return "ask-less";
        }

        @Override
        public String text() {
            return "with at most " + dimension.text(most) + ", on " + where.text();
        }
    }

    /** The user's: GPUs of whatever type. */
    record AnyGpuType(Where where) implements Change {
        @Override
        public String code() {
            return "any-gpu-type";
        }

        @Override
        public String text() {
            return "with GPUs of any type, on " + where.text();
        }
    }

    /** The user's: no partition named, or another one. */
    record OtherPartition(Where where) implements Change {
        @Override
        public String code() {
            return "other-partition";
        }

        @Override
        public String text() {
            return "if it asked for " + where.text();
        }
    }

    /** The user's: a cluster that the job refuses, does not allow, or prefers less. */
    record OtherCluster(Where where) implements Change {
        @Override
        public String code() {
            return "other-cluster";
        }

        @Override
        public String text() {
            return "if it might go to " + where.text();
        }
    }

    /** The user's: none of the environment modules that it needs, by its word or by its script. */
    record NoModules(Where where) implements Change {
        @Override
        public String code() {
            return "no-modules";
        }

        @Override
        public String text() {
            return "if it needed no environment modules, on " + where.text();
        }
    }

    /** The user's: more tasks of the array at once. */
    record MoreAtOnce(Where where) implements Change {
        @Override
        public String code() {
            return "more-at-once";
        }

        @Override
        public String text() {
            return "with more tasks of the array at once, on " + where.text();
        }
    }

    /** An operator's: the budget of a project opened. */
    record OpenBudget(ProjectPath project, Where where) implements Change {
        @Override
        public String code() {
            return "open-budget";
        }

        @Override
        public String text() {
            return "if an operator opened the budget of project " + project + ", on " + where.text();
        }
    }

    /** An operator's: a cluster that takes new work again. */
    record Undrain(Where where) implements Change {
        @Override
        public String code() {
            return "undrain";
        }

        @Override
        public String text() {
            return "if an operator let new work onto " + where.text();
        }
    }
}
