package dev.sluice.testkit.store;

import dev.sluice.engine.JobQuery;
import dev.sluice.engine.JobRecord;
import dev.sluice.job.JobState;
import dev.sluice.job.Status;

/** What a query asks for, by the definition of its fields: what SQL is compared with. */
public final class Asked {
    private Asked() {}

    public static boolean matches(JobQuery query, JobRecord job) {
        return sees(query.scope(), job)
                && query.user().map(user -> job.head().user().equals(user)).orElse(true)
                && query.project()
                        .map(project -> job.head().project().equals(project))
                        .orElse(true)
                && query.name().map(name -> job.name().equals(name)).orElse(true)
                && (query.statuses().isEmpty()
                        || job.slices().stream().anyMatch(s -> query.statuses().contains(Status.of(s.state()))))
                && query.cluster()
                        .map(cluster -> job.slices().stream()
                                .anyMatch(s -> s.state() instanceof JobState.Live live
                                        && live.attempt().cluster().equals(cluster)))
                        .orElse(true)
                && job.labels().values().entrySet().containsAll(query.labels().entrySet())
                && query.submittedFrom()
                        .map(from -> !job.head().submitted().isBefore(from))
                        .orElse(true)
                && query.submittedBefore()
                        .map(before -> job.head().submitted().isBefore(before))
                        .orElse(true)
                && query.below()
                        .map(below -> job.head().id().compareTo(below) < 0)
                        .orElse(true);
    }

    private static boolean sees(JobQuery.Scope scope, JobRecord job) {
        return switch (scope) {
            case JobQuery.Scope.Everything all -> true;
            case JobQuery.Scope.Of of ->
                job.head().user().equals(of.user())
                        || of.projects().contains(job.head().project());
        };
    }
}
