package dev.sluice.engine;

import dev.sluice.job.ClusterName;
import dev.sluice.job.JobId;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.Status;
import dev.sluice.job.UserName;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which jobs of a store are asked for; the newest first. What is empty does not restrict.
 *
 * @param scope whose jobs the asker may see
 * @param statuses jobs with a task that stands so
 * @param cluster jobs with a live task there
 * @param labels jobs that carry all of these
 * @param below jobs with a lower id: where the page before ended
 * @param most how many at the most, 1 to {@value #MOST}
 */
public record JobQuery(
        Scope scope,
        Optional<UserName> user,
        Optional<ProjectPath> project,
        Optional<String> name,
        Set<Status> statuses,
        Optional<ClusterName> cluster,
        SortedMap<String, String> labels,
        Optional<Instant> submittedFrom,
        Optional<Instant> submittedBefore,
        Optional<JobId> below,
        int most) {
    public static final int MOST = 1000;

    /** Whose jobs may be seen. */
    public sealed interface Scope {
        record Everything() implements Scope {}

        /** His own, and all of these projects'. */
        record Of(UserName user, Set<ProjectPath> projects) implements Scope {
            public Of {
                projects = Set.copyOf(projects);
            }
        }
    }

    public JobQuery {
        EngineSettings.atLeast("page", most, 1);
        most = Math.min(most, MOST);
        statuses = Set.copyOf(statuses);
        labels = new TreeMap<>(labels);
    }

    /** The newest jobs that the scope allows. */
    public static JobQuery newest(Scope scope, int most) {
        return new JobQuery(
                scope,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Set.of(),
                Optional.empty(),
                new TreeMap<>(Map.of()),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                most);
    }
}
