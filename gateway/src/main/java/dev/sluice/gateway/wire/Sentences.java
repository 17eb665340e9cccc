package dev.sluice.gateway.wire;

import dev.sluice.engine.JobHead;
import dev.sluice.engine.Reply;
import dev.sluice.job.Gate;
import dev.sluice.job.JobState;
import dev.sluice.job.Phase;
import dev.sluice.job.Slice;
import dev.sluice.job.TaskSet;
import dev.sluice.job.Wish;
import dev.sluice.policy.plan.Explanation;
import dev.sluice.policy.plan.Move;
import dev.sluice.policy.plan.Reason;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Says in sentences what an explanation says in data: what is the matter, and what would change it. */
final class Sentences {
    private static final int MOST_GROUPS = 20;
    private static final int MOST_PROJECTS = 5;

    private final JobHead job;
    private final List<String> lines = new ArrayList<>();

    private Sentences(JobHead job) {
        this.job = job;
    }

    static List<String> of(Reply.Explained reply) {
        Sentences sentences = new Sentences(reply.job());
        List<Slice> slices = reply.slices();
        for (Slice slice : slices.subList(0, Math.min(MOST_GROUPS, slices.size()))) {
            sentences.standing(slice);
        }
        if (slices.size() > MOST_GROUPS) {
            sentences.lines.add("And %d more groups of tasks.".formatted(slices.size() - MOST_GROUPS));
        }
        reply.queue().ifPresent(queue -> queue.waits().forEach(sentences::wait));
        return sentences.lines;
    }

    static List<String> of(Reply.Tried reply) {
        Sentences sentences = new Sentences(reply.job());
        for (Move.Start start : reply.starts()) {
            sentences.lines.add("%s would start at once on %s: %s."
                    .formatted(sentences.subject(start.tasks()), place(start), start.reason()));
        }
        if (!reply.waiting().gates().isEmpty()) {
            sentences.waiting("It", reply.waiting());
        }
        reply.queue().waits().forEach(sentences::wait);
        return sentences.lines;
    }

    private static String place(Move.Start start) {
        return start.partition()
                .map(p -> start.cluster() + ", partition " + p)
                .orElse(start.cluster().value());
    }

    /** Subjects are followed by a verb that is alike for one and for many. */
    private String subject(TaskSet tasks) {
        if (job.tasks().size() == 1) {
            return "It";
        }
        return (tasks.size() == 1 ? "Task " : "Each of the tasks ") + shortened(tasks);
    }

    private static String shortened(TaskSet tasks) {
        String text = tasks.toString();
        return text.length() <= 60
                ? text
                : text.substring(0, text.lastIndexOf(',', 60) + 1) + "… (" + tasks.size() + " in all)";
    }

    private void standing(Slice slice) {
        String subject = subject(slice.tasks());
        switch (slice.state()) {
            case JobState.Waiting waiting -> waiting(subject, waiting);
            case JobState.Live live -> live(subject, live);
            case JobState.Ended ended -> lines.add(subject + " is over: " + Phrases.verdict(ended.verdict()) + ".");
        }
    }

    // ---- waiting ----

    private void waiting(String subject, JobState.Waiting waiting) {
        for (Gate gate : waiting.gates()) {
            lines.add(subject + " " + gate(gate));
        }
        waiting.last()
                .ifPresent(end -> lines.add("%s has been tried %d of at most %d times; the last time %s."
                        .formatted(subject, waiting.tries(), job.rules().maxAttempts(), Phrases.end(end))));
        if (waiting.notBefore().isAfter(Instant.EPOCH)) {
            lines.add("%s is not tried again before %s.".formatted(subject, waiting.notBefore()));
        }
        if (!waiting.refusedBy().isEmpty()) {
            lines.add("%s was refused for good by %s."
                    .formatted(
                            subject,
                            waiting.refusedBy().clusters().stream()
                                    .map(Object::toString)
                                    .collect(Collectors.joining(", "))));
        }
    }

    private String gate(Gate gate) {
        return switch (gate) {
            case DEPENDENCY -> "waits for other jobs (" + job.after() + ").";
            case BEGIN_TIME ->
                "begins not before " + job.begin().map(Instant::toString).orElse("its time") + ", as it was asked to.";
            case HELD_BY_USER -> "is held by its user; releasing it lets it go on.";
            case HELD_BY_OPERATOR -> "is held by an operator, and only an operator can release it.";
            case PINNING_IMAGE ->
                "waits for the registry to tell the digest of " + job.image().orElse("its image") + ".";
            case BUDGET -> "waits because the budget of project " + job.project() + " is closed.";
        };
    }

    private void wait(Explanation.Wait wait) {
        String subject = subject(wait.tasks());
        lines.add(
                switch ((int) Math.min(wait.entriesAhead(), 2)) {
                    case 0 -> subject + " is first in the queue.";
                    case 1 -> subject + " waits in the queue behind one other entry.";
                    default -> subject + " waits in the queue behind " + wait.entriesAhead() + " others.";
                });
        who(wait);
        if (!wait.everywhere().isEmpty()) {
            lines.add("Nowhere: " + texts(wait.everywhere()) + ".");
        }
        if (wait.places().isEmpty()) {
            lines.add("There is no cluster to run it.");
        }
        for (Explanation.Place place : wait.places()) {
            String where = place.partition()
                    .map(p -> place.cluster() + ", partition " + p)
                    .orElse(place.cluster().value());
            lines.add(
                    place.reasons().isEmpty()
                            ? "On " + where + ": it fits now, and waits for its turn."
                            : "On " + where + ": " + texts(place.reasons()) + ".");
        }
        expected(wait);
    }

    /** Whose those are whose turn comes before, and why theirs does: what each has of the federation. */
    private void who(Explanation.Wait wait) {
        List<String> whose = new ArrayList<>();
        wait.ahead()
                .forEach(ahead -> whose.add(ahead.entries()
                        + ahead.project().map(name -> " of project " + name).orElse(" of other projects")));
        if (!whose.isEmpty()) {
            List<String> shown = whose.subList(0, Math.min(MOST_PROJECTS, whose.size()));
            lines.add("Before it: " + String.join(", ", shown) + (shown.size() < whose.size() ? " and others." : "."));
        }
        wait.shares().stream()
                .filter(share -> share.user().isEmpty())
                .forEach(share -> lines.add(
                        share.share() < 0
                                ? "Project %s is within what it is guaranteed.".formatted(share.project())
                                : "Project %s has %.1f %% of the federation for each unit of its weight, %d."
                                        .formatted(share.project(), 100 * share.share(), share.weight())));
    }

    private void expected(Explanation.Wait wait) {
        wait.expected().ifPresent(expected -> {
            String where = expected.partition()
                    .map(p -> expected.cluster() + ", partition " + p)
                    .orElse(expected.cluster().value());
            lines.add(
                    switch (expected.basis()) {
                        case NOW -> "It is about to start on " + where + ".";
                        case KEPT ->
                            "It starts on " + where + " by " + expected.at()
                                    + ": room is kept for it, and nothing is started that would delay it.";
                        case ENDS ->
                            "By " + expected.at() + " enough has ended on " + where
                                    + ", by time limits; it starts then unless somebody's turn comes before.";
                    });
        });
        wait.changes().forEach(change -> lines.add("It would start now " + change.text() + "."));
    }

    private static String texts(List<Reason> reasons) {
        return reasons.stream().map(Reason::text).collect(Collectors.joining("; "));
    }

    // ---- on a cluster ----

    private void live(String subject, JobState.Live live) {
        String cluster = live.attempt().cluster().value();
        lines.add(subject + " " + phase(cluster, live.phase()));
        switch (live.wish()) {
            case Wish.Run run -> {}
            case Wish.Stop stop ->
                lines.add("%s is %s, since %s.".formatted(subject, Phrases.stop(stop.why()), stop.asked()));
        }
        if (!(live.phase() instanceof Phase.Missing)) {
            Phrases.why(live).ifPresent(why -> lines.add("There: " + why + (why.endsWith(".") ? "" : ".")));
        }
    }

    private static String phase(String cluster, Phase phase) {
        return switch (phase) {
            case Phase.Intended p -> "is on its way to " + cluster + ".";
            case Phase.Parked p -> "is on " + cluster + " as " + id(p) + ", and not released there yet.";
            case Phase.Releasing p -> "is on " + cluster + " as " + id(p) + ", and is being released.";
            case Phase.Pending p -> "waits in the queue of " + cluster + " as " + id(p) + ".";
            case Phase.Withdrawing p -> "waits in the queue of " + cluster + " as " + id(p) + ".";
            case Phase.Running p -> "has been running on " + cluster + " as " + id(p) + " since " + p.started() + ".";
            case Phase.Paused p -> "is paused on " + cluster + " as " + id(p) + "; it started " + p.started() + ".";
            case Phase.Completing p -> "is over on " + cluster + ", which tidies up behind it.";
            case Phase.Missing p ->
                "is not known to %s any more since %s: %s."
                        .formatted(cluster, p.since(), Phrases.missing(p.certainty()));
        };
    }

    private static String id(Phase.Bound phase) {
        return phase.binding().nativeId();
    }
}
