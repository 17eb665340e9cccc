package dev.sluice.policy.plan;

import dev.sluice.cluster.AvailableModules;
import dev.sluice.cluster.Supply;
import dev.sluice.job.ProjectPath;
import dev.sluice.policy.load.Dimension;
import dev.sluice.spec.Needs;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Why tasks do not start, now or at a certain place. */
public sealed interface Reason {
    /** A stable word for programs. */
    String code();

    /** For a person: what was asked, what was found. */
    String text();

    /** The cluster does not answer. */
    record Down() implements Reason {
        @Override
        public String code() {
            return "cluster-down";
        }

        @Override
        public String text() {
            return "the cluster does not answer";
        }
    }

    /** An operator keeps new work from the cluster. */
    record Drained() implements Reason {
        @Override
        public String code() {
            return "cluster-drained";
        }

        @Override
        public String text() {
            return "the cluster is drained by an operator";
        }
    }

    /** The user allowed other clusters only. */
    record NotAllowed() implements Reason {
        @Override
        public String code() {
            return "not-allowed";
        }

        @Override
        public String text() {
            return "the job allows other clusters only";
        }
    }

    /** The user ruled this cluster out. */
    record RefusedByJob() implements Reason {
        @Override
        public String code() {
            return "refused-by-job";
        }

        @Override
        public String text() {
            return "the job refuses this cluster";
        }
    }

    /** The cluster will never take the job, by its own word. */
    record RefusedByCluster(String words) implements Reason {
        @Override
        public String code() {
            return "refused-by-cluster";
        }

        @Override
        public String text() {
            return "the cluster cannot take the job: " + words;
        }
    }

    /** Nothing is known of what the cluster has. */
    record CapacityUnknown() implements Reason {
        @Override
        public String code() {
            return "capacity-unknown";
        }

        @Override
        public String text() {
            return "the cluster's capacity was not read yet";
        }
    }

    /** The cluster has none of the partitions that the job names, or not the one that stands for all. */
    record UnknownPartition(List<String> wanted, List<String> known) implements Reason {
        public UnknownPartition {
            wanted = List.copyOf(wanted);
            known = List.copyOf(known);
        }

        @Override
        public String code() {
            return "unknown-partition";
        }

        @Override
        public String text() {
            return "partition " + String.join(",", wanted) + " is not among " + String.join(",", known);
        }
    }

    /** The cluster takes so many of our tasks at once and has them. */
    record TaskLimit(int most) implements Reason {
        @Override
        public String code() {
            return "task-limit";
        }

        @Override
        public String text() {
            return "the cluster takes " + most + " tasks of ours at once and has them";
        }
    }

    /** The job asks for more time than the partition gives. */
    record TimeLimit(long minutes, long most) implements Reason {
        @Override
        public String code() {
            return "time-limit";
        }

        @Override
        public String text() {
            return "it asks for " + minutes + " minutes, the partition gives at most " + most;
        }
    }

    /** The partition has no GPU of the type. */
    record GpuType(String type, List<String> known) implements Reason {
        public GpuType {
            known = List.copyOf(known);
        }

        @Override
        public String code() {
            return "gpu-type";
        }

        @Override
        public String text() {
            String has = known.isEmpty() ? "no GPUs" : "GPUs of type " + String.join(", ", known);
            return "it asks for GPUs of type " + type + ", the partition has " + has;
        }
    }

    /** No node is as large as one of the job's must be. */
    record LargestNode(Dimension dimension, long asked, long largest) implements Reason {
        @Override
        public String code() {
            return "largest-node";
        }

        @Override
        public String text() {
            return "it needs a node with " + dimension.text(asked) + ", the largest has " + dimension.text(largest);
        }
    }

    /** The whole partition, empty, is too small. */
    record TooLarge(Dimension dimension, long asked, long total) implements Reason {
        @Override
        public String code() {
            return "too-large";
        }

        @Override
        public String text() {
            return "it needs " + dimension.text(asked) + ", the partition has " + dimension.text(total);
        }
    }

    /** The partition is large enough, and what tasks of ours may have of it is not. */
    record OverPart(Dimension dimension, long asked, long part) implements Reason {
        @Override
        public String code() {
            return "over-part";
        }

        @Override
        public String text() {
            return "it needs " + dimension.text(asked) + ", an administrator lets Sluice have " + dimension.text(part)
                    + " of the partition";
        }
    }

    /** The partition is large enough, and too full now. */
    record NotFree(Dimension dimension, long asked, long free) implements Reason {
        @Override
        public String code() {
            return "not-free";
        }

        @Override
        public String text() {
            return "it needs " + dimension.text(asked) + ", free: " + dimension.text(Math.max(0, free));
        }
    }

    /** The cluster does not mount what the job works with. */
    record FileSystems(List<String> missing, List<String> known) implements Reason {
        public FileSystems {
            missing = List.copyOf(missing);
            known = List.copyOf(known);
        }

        @Override
        public String code() {
            return "file-systems";
        }

        @Override
        public String text() {
            return "it works with " + String.join(", ", missing) + ", the cluster mounts " + String.join(", ", known);
        }
    }

    /**
     * The cluster lacks environment modules that the job needs, by its word or by its script.
     *
     * @param like what the cluster has of the same names, at most {@value #MOST}
     */
    record Modules(List<String> missing, List<String> like) implements Reason {
        private static final int MOST = 8;

        public Modules {
            missing = List.copyOf(missing);
            like = List.copyOf(like);
        }

        /** Empty where nothing is missing, or nobody has said what there is. */
        public static Optional<Modules> of(Needs needs, AvailableModules available) {
            List<String> missing = available.missing(needs.moduleNames());
            return missing.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Modules(missing, available.like(missing, MOST)));
        }

        @Override
        public String code() {
            return "modules";
        }

        @Override
        public String text() {
            String more = missing.size() > MOST ? " and " + (missing.size() - MOST) + " more" : "";
            String known = like.isEmpty() ? "none of that name" : String.join(", ", like);
            return "it needs environment modules "
                    + String.join(", ", missing.subList(0, Math.min(MOST, missing.size()))) + more
                    + ", the cluster has " + known;
        }
    }

    /** The cluster is taken out of service before the job would be over. */
    record Maintenance(Instant start) implements Reason {
        @Override
        public String code() {
            return "maintenance";
        }

        @Override
        public String text() {
            return "the cluster is taken out of service at " + start + ", before the job's time limit is over";
        }
    }

    /** What would be free is set aside by the cluster, from now on or before the job would be over. */
    record SetAside(Supply.Reservation reservation) implements Reason {
        @Override
        public String code() {
            return "set-aside";
        }

        @Override
        public String text() {
            String what = switch (reservation.purpose()) {
                case MAINTENANCE -> "maintenance " + reservation.name();
                case JOBS -> "reservation " + reservation.name();
            };
            String until = reservation.end().map(end -> " until " + end).orElse("");
            return "what would be free is set aside for " + what + " from " + reservation.start() + until;
        }
    }

    /** The reservation that the job names has not begun. */
    record NotBegun(String reservation, Instant start) implements Reason {
        @Override
        public String code() {
            return "not-begun";
        }

        @Override
        public String text() {
            return "reservation " + reservation + ", which the job names, begins at " + start;
        }
    }

    /** The project, or one above it, may not use the cluster. */
    record ProjectNotThere(ProjectPath project) implements Reason {
        @Override
        public String code() {
            return "project-not-there";
        }

        @Override
        public String text() {
            return "project " + project + " may not use the cluster";
        }
    }

    /** The project, one above it or its user has as many tasks or as much of something as it may. */
    record ProjectLimit(ProjectPath project) implements Reason {
        @Override
        public String code() {
            return "project-limit";
        }

        @Override
        public String text() {
            return "project " + project + ", one above it or its user has as much as it may have at once";
        }
    }

    /** There is room now, and it is kept for a job whose turn comes before, which it would delay. */
    record KeptFree(long seconds) implements Reason {
        @Override
        public String code() {
            return "kept-free";
        }

        @Override
        public String text() {
            return seconds <= 0
                    ? "what is free is kept for a job whose turn comes before"
                    : "what is free is kept for a job whose turn comes before, and is needed in " + seconds / 60
                            + " minutes";
        }
    }

    /** The job prefers other clusters, and waits for them alone until then. */
    record Preferred(Instant until) implements Reason {
        @Override
        public String code() {
            return "preferred";
        }

        @Override
        public String text() {
            return "the job prefers other clusters, and waits for them alone until " + until;
        }
    }

    /** The project, or one above it, may start nothing. */
    record BudgetClosed(ProjectPath project) implements Reason {
        @Override
        public String code() {
            return "budget-closed";
        }

        @Override
        public String text() {
            return "the budget of project " + project + " is closed";
        }
    }

    /** The array has as many tasks live as it wants at once. */
    record AtOnce() implements Reason {
        @Override
        public String code() {
            return "at-once";
        }

        @Override
        public String text() {
            return "as many tasks of the array are live as it allows at once";
        }
    }
}
