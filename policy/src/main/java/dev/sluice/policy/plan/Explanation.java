package dev.sluice.policy.plan;

import dev.sluice.job.ClusterName;
import dev.sluice.job.JobId;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.TaskSet;
import dev.sluice.job.UserName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

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
     * @param ahead how many entries of the queue have their turn earlier, each a job or the alike part of one; by project
     * @param shares by which its turn comes: of its project and those above it, from the top, and last its user's
     * @param everywhere what keeps it from starting on any cluster
     * @param places every cluster by name, and where it has a say by partition
     * @param expected when it starts at the latest, where that can be told
     * @param changes what would let it start now, each tried by planning it again
     */
    public record Wait(
            TaskSet tasks,
            int priorityClass,
            Instant submitted,
            List<Ahead> ahead,
            List<Share> shares,
            List<Reason> everywhere,
            List<Place> places,
            Optional<Expected> expected,
            List<Change> changes) {
        public Wait {
            ahead = List.copyOf(ahead);
            shares = List.copyOf(shares);
            changes = List.copyOf(changes);
            everywhere = List.copyOf(everywhere);
            places = List.copyOf(places);
        }

        /** How many entries have their turn earlier. */
        public long entriesAhead() {
            return ahead.stream().mapToLong(Ahead::entries).sum();
        }

        Wait seenBy(Predicate<ProjectPath> known) {
            List<Ahead> told = new ArrayList<>();
            long others = 0;
            for (Ahead each : ahead) {
                if (each.project().filter(known).isPresent()) {
                    told.add(each);
                } else {
                    others += each.entries();
                }
            }
            if (others > 0) {
                told.add(new Ahead(Optional.empty(), others));
            }
            return new Wait(tasks, priorityClass, submitted, told, shares, everywhere, places, expected, changes);
        }
    }

    /** The same for one who may know of these projects alone: what is ahead of others is told without their names. */
    public Explanation seenBy(Predicate<ProjectPath> known) {
        return new Explanation(
                job, waits.stream().map(wait -> wait.seenBy(known)).toList());
    }

    /**
     * Entries of the queue whose turn comes earlier.
     *
     * @param project whose they are; empty for those of projects that the asker may not know of
     */
    public record Ahead(Optional<ProjectPath> project, long entries) {}

    /**
     * What somebody has of the federation, by the resource of which it is most.
     *
     * @param user empty for the whole project
     * @param weight against its siblings; 1 for a user
     * @param share 0 to 1, over the weight; below 0 while it lies within what is guaranteed
     */
    public record Share(ProjectPath project, Optional<UserName> user, int weight, double share) {}

    /** When and where tasks start at the latest, as far as the time limits of others tell. */
    public record Expected(Instant at, ClusterName cluster, Optional<String> partition, Basis basis) {}

    /** What an expectation rests on. */
    public enum Basis {
        /** It fits now, and the next plan starts it. */
        NOW,
        /** Room is kept for it: nothing is started that would delay it. */
        KEPT,
        /** By then enough has ended, if nobody whose turn comes earlier takes it. */
        ENDS
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
