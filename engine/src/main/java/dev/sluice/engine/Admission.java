package dev.sluice.engine;

import dev.sluice.job.ProjectPath;
import dev.sluice.policy.project.Caps;
import dev.sluice.policy.project.Payer;
import dev.sluice.policy.project.Project;
import dev.sluice.policy.project.ProjectTree;
import dev.sluice.spec.JobSpec;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Whether projects may have the jobs of one request, one after the other: by their caps of waiting tasks, and by the highest priority
 * that their jobs may have.
 */
final class Admission {
    /** A queue gets shorter by jobs that start: a matter of minutes. */
    static final Duration RETRY = Duration.ofMinutes(2);

    private final Tally tally;
    private final ProjectTree tree;
    /** Tasks that this request has been allowed so far. */
    private final Map<Payer, Integer> allowed = new HashMap<>();

    Admission(Tally tally, ProjectTree tree) {
        this.tally = tally;
        this.tree = tree;
    }

    /** Why the job is refused; empty: it is let in, and counts against those that come after it. */
    Optional<Reply> refusal(JobSpec job) {
        if (tree.projects().isEmpty()) {
            return Optional.empty();
        }
        int tasks = job.tasks().size();
        for (ProjectPath path : tally.path(job.project())) {
            Project project = tree.projects().get(path);
            if (project == null) {
                continue;
            }
            OptionalInt most = project.mostPriority();
            if (most.isPresent() && job.priorityClass() > most.getAsInt()) {
                return Optional.of(new Reply.CannotRun(tooHigh(path, most.getAsInt(), job.priorityClass())));
            }
            Caps caps = project.caps();
            Optional<Reply> refusal = refusal(Payer.of(path), tally.waiting(path), caps.queued(), tasks)
                    .or(() -> refusal(
                            Payer.of(path, job.user()), tally.waiting(path, job.user()), caps.queuedPerUser(), tasks));
            if (refusal.isPresent()) {
                return refusal;
            }
        }
        allow(job, tasks);
        return Optional.empty();
    }

    static String tooHigh(ProjectPath project, int most, int found) {
        return "priority: expected at most %d, the highest that jobs of project %s may have, found %d"
                .formatted(most, project, found);
    }

    private Optional<Reply> refusal(Payer payer, int waiting, OptionalInt cap, int tasks) {
        if (cap.isEmpty()) {
            return Optional.empty();
        }
        int most = cap.getAsInt();
        String whose = payer.user().map(user -> "of user " + user + " in").orElse("of");
        if (tasks > most) {
            return Optional.of(new Reply.CannotRun(
                    "expected a job of at most %d tasks, for no more %s project %s may wait, found %d"
                            .formatted(most, whose, payer.project(), tasks)));
        }
        long before = (long) waiting + allowed.getOrDefault(payer, 0);
        return before + tasks <= most
                ? Optional.empty()
                : Optional.of(new Reply.Full(
                        "expected at most %d waiting tasks %s project %s, found %d, and %d more asked for; submit again when some have started"
                                .formatted(most, whose, payer.project(), before, tasks),
                        RETRY));
    }

    private void allow(JobSpec job, int tasks) {
        for (ProjectPath path : tally.path(job.project())) {
            if (!tree.get(path).caps().equals(Caps.NONE)) {
                allowed.merge(Payer.of(path), tasks, Integer::sum);
                allowed.merge(Payer.of(path, job.user()), tasks, Integer::sum);
            }
        }
    }
}
