package dev.sluice.engine;

import dev.sluice.job.JobState;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.UserName;
import dev.sluice.policy.project.ProjectTree;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Counts tasks: all that have not ended, and those that are on no cluster by project, the projects below it counted, and by user.
 * A change costs as much as the project lies deep. Only {@link Book} changes it.
 */
final class Tally {
    private final Map<ProjectPath, Waiting> waiting = new HashMap<>();
    private int open;

    /** Tasks of a project that wait, in a queue or behind a gate. */
    private static final class Waiting {
        /** From the top down to the project itself. */
        private final List<ProjectPath> path;

        private final Map<UserName, Integer> byUser = new HashMap<>();
        private int tasks;

        Waiting(ProjectPath project) {
            this.path = ProjectTree.path(project);
        }

        void add(UserName user, int more) {
            tasks += more;
            byUser.merge(user, more, (before, now) -> before + now == 0 ? null : before + now);
        }
    }

    /** So many tasks of a job without a state have got one. */
    void enter(JobHead job, int tasks, JobState state) {
        open += state instanceof JobState.Ended ? 0 : tasks;
        if (state instanceof JobState.Waiting) {
            wait(job, tasks);
        }
    }

    /** So many tasks of a job have another state. */
    void move(JobHead job, int tasks, JobState from, JobState to) {
        open -= from instanceof JobState.Ended ? 0 : tasks;
        open += to instanceof JobState.Ended ? 0 : tasks;
        boolean waited = from instanceof JobState.Waiting;
        boolean waits = to instanceof JobState.Waiting;
        if (waited != waits) {
            wait(job, waits ? tasks : -tasks);
        }
    }

    private void wait(JobHead job, int more) {
        Waiting own = waiting.computeIfAbsent(job.project(), Waiting::new);
        for (ProjectPath project : own.path) {
            waiting.computeIfAbsent(project, Waiting::new).add(job.user(), more);
        }
    }

    /** How many tasks have not ended. */
    int open() {
        return open;
    }

    /** How many tasks of a project, and of those below it, are on no cluster. */
    int waiting(ProjectPath project) {
        Waiting own = waiting.get(project);
        return own == null ? 0 : own.tasks;
    }

    /** How many of these are a user's. */
    int waiting(ProjectPath project, UserName user) {
        Waiting own = waiting.get(project);
        Integer tasks = own == null ? null : own.byUser.get(user);
        return tasks == null ? 0 : tasks;
    }

    /** From the top of the tree down to the project. */
    List<ProjectPath> path(ProjectPath project) {
        @Nullable Waiting own = waiting.get(project);
        return own == null ? ProjectTree.path(project) : own.path;
    }
}
