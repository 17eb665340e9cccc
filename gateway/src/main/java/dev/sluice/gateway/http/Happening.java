package dev.sluice.gateway.http;

import dev.sluice.engine.JobQuery.Scope;
import dev.sluice.engine.StoredEvent;
import dev.sluice.job.JobId;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.UserName;
import java.util.Optional;

/**
 * An event as its followers get it, written once for all of them.
 *
 * @param job whose it is
 * @param audience who may see it
 * @param stored the event itself, for pages
 * @param frame the event as a server-sent event
 * @param last whether a task of its job ended with it, so that the job may be over
 */
record Happening(long sequence, Optional<JobId> job, Audience audience, StoredEvent stored, byte[] frame, Ending last) {

    enum Ending {
        NONE,
        OF_TASKS
    }

    /** Who may see an event. */
    sealed interface Audience {
        record Everybody() implements Audience {}

        /** Who may see all jobs. */
        record Administrators() implements Audience {}

        /** Who may see this job. */
        record OfJob(UserName user, ProjectPath project) implements Audience {}

        record Nobody() implements Audience {}
    }

    boolean isSeenBy(Scope scope) {
        return switch (audience) {
            case Audience.Nobody nobody -> false;
            case Audience.Everybody everybody -> true;
            case Audience.Administrators administrators -> scope instanceof Scope.Everything;
            case Audience.OfJob of ->
                switch (scope) {
                    case Scope.Everything everything -> true;
                    case Scope.Of some ->
                        some.user().equals(of.user()) || some.projects().contains(of.project());
                };
        };
    }
}
