package dev.sluice.slurm;

import dev.sluice.cluster.Alteration;
import dev.sluice.cluster.Change;
import dev.sluice.cluster.Doubt;
import dev.sluice.cluster.Sighting;
import dev.sluice.cluster.Stopping;
import dev.sluice.job.AttemptEnd;
import dev.sluice.job.AttemptId;
import dev.sluice.job.Binding;
import dev.sluice.job.TaskSet;
import dev.sluice.slurm.Standing.Part;
import dev.sluice.slurm.door.Answer;
import dev.sluice.slurm.door.Door;
import dev.sluice.slurm.door.Owner;
import dev.sluice.slurm.door.Target;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Stop and alter (DISPATCH.md, "Stopping"): read and verify, ask, read again. The time between SIGTERM and SIGKILL is the
 * cluster's own KillWait.
 */
final class Stops {
    private static final int LOOKS_AFTER = 4;
    private static final long BETWEEN_MILLIS = 250;

    private final SlurmSettings settings;
    private final Doors doors;
    private final Standing standing;

    Stops(SlurmSettings settings, Doors doors, Standing standing) {
        this.settings = settings;
        this.doors = doors;
        this.standing = standing;
    }

    Stopping stop(AttemptId attempt, Binding binding, TaskSet tasks, Instant fence) {
        standing.stopping(attempt, binding, tasks);
        try {
            return switch (standing.read(attempt, binding)) {
                case Answer.Said<List<Part>> said -> stop(attempt, binding, tasks, said.value(), fence);
                case Answer.Refused<List<Part>> refused ->
                    new Stopping.Unknown(new Doubt(refused.refusal().message()));
                case Answer.Unknown<List<Part>> unknown -> new Stopping.Unknown(unknown.doubt());
            };
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Stopping.Unknown(new Doubt("interrupted while it was stopped"));
        }
    }

    private Stopping stop(AttemptId attempt, Binding binding, TaskSet tasks, List<Part> parts, Instant fence)
            throws InterruptedException {
        TaskSet live = live(parts, tasks);
        if (live.isEmpty()) {
            return summary(parts, tasks);
        }
        if (!settings.clock().instant().isBefore(fence)) {
            return new Stopping.Unknown(new Doubt("its fence has passed; nothing was sent"));
        }
        Target target = Releases.target(live, entries(parts)).only(attempt);
        Answer<Door.Done> answer = doors.reading().cancel(new Owner(binding.owner()), target, fence);
        if (answer instanceof Answer.Unknown<Door.Done> unknown) {
            return new Stopping.Unknown(unknown.doubt());
        }
        // Success says nothing, and so does a refusal: what became of it is read.
        for (int look = 0; look < LOOKS_AFTER; look++) {
            if (!(standing.read(attempt, binding) instanceof Answer.Said<List<Part>> said)) {
                return new Stopping.Unknown(new Doubt("cancelled, and then its cluster could not be read"));
            }
            if (live(said.value(), tasks).isEmpty()) {
                return waitedAndGone(parts, said.value(), tasks)
                        ? new Stopping.NeverRan()
                        : summary(said.value(), tasks);
            }
            TimeUnit.MILLISECONDS.sleep(BETWEEN_MILLIS);
        }
        return answer instanceof Answer.Refused<Door.Done> refused
                ? new Stopping.Unknown(new Doubt(refused.refusal().message()))
                : new Stopping.Asked();
    }

    /**
     * Tasks of an array that are cancelled before their start leave no entry of their own in the queue: those of them that waited
     * a moment ago, and are missing while the array is there, never ran. What had started would have one for MinJobAge.
     */
    private static boolean waitedAndGone(List<Part> before, List<Part> after, TaskSet tasks) {
        boolean waited = before.stream()
                .filter(part -> part.tasks().intersects(tasks))
                .allMatch(part -> part.seen() instanceof Sighting.Held || part.seen() instanceof Sighting.Pending);
        return waited
                && !after.isEmpty()
                && after.stream().noneMatch(part -> part.tasks().intersects(tasks));
    }

    /** Whether nothing of it is left that could run. */
    static boolean isOver(Stopping stopping) {
        return switch (stopping) {
            case Stopping.NeverRan n -> true;
            case Stopping.Ended e -> true;
            case Stopping.Absent a -> true;
            case Stopping.Asked a -> false;
            case Stopping.Unknown u -> false;
        };
    }

    private static TaskSet live(List<Part> parts, TaskSet tasks) {
        TaskSet live = TaskSet.EMPTY;
        for (Part part : parts) {
            if (!(part.seen() instanceof Sighting.Ended)) {
                live = live.union(part.tasks().intersect(tasks));
            }
        }
        return live;
    }

    private static List<Entry> entries(List<Part> parts) {
        return parts.stream().map(Part::entry).toList();
    }

    /** One answer for all tasks; where they differ a look tells them apart. */
    private static Stopping summary(List<Part> parts, TaskSet tasks) {
        List<Stopping> all = new ArrayList<>();
        for (Part part : parts) {
            if (part.tasks().intersects(tasks) && part.seen() instanceof Sighting.Ended ended) {
                boolean never = ended.end() instanceof AttemptEnd.Stopped
                        && ended.started().equals(ended.at());
                Stopping one =
                        never ? new Stopping.NeverRan() : new Stopping.Ended(ended.end(), ended.started(), ended.at());
                if (!all.contains(one)) {
                    all.add(one);
                }
            }
        }
        return switch (all.size()) {
            case 0 -> new Stopping.Absent();
            case 1 -> all.getFirst();
            default -> new Stopping.Asked();
        };
    }

    Alteration alter(AttemptId attempt, Binding binding, TaskSet tasks, Change change, Instant fence) {
        try {
            return switch (standing.read(attempt, binding)) {
                case Answer.Said<List<Part>> said -> alter(attempt, binding, tasks, change, said.value(), fence);
                case Answer.Refused<List<Part>> refused ->
                    new Alteration.Unknown(new Doubt(refused.refusal().message()));
                case Answer.Unknown<List<Part>> unknown -> new Alteration.Unknown(unknown.doubt());
            };
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Alteration.Unknown(new Doubt("interrupted while it was changed"));
        }
    }

    private Alteration alter(
            AttemptId attempt, Binding binding, TaskSet tasks, Change change, List<Part> parts, Instant fence) {
        TaskSet live = live(parts, tasks);
        if (live.isEmpty()) {
            return new Alteration.Absent();
        }
        if (!settings.clock().instant().isBefore(fence)) {
            return new Alteration.Unknown(new Doubt("its fence has passed; nothing was sent"));
        }
        Owner owner = new Owner(binding.owner());
        Target target = Releases.target(live, entries(parts)).only(attempt);
        Answer<Door.Done> answer = switch (change) {
            case Change.Hold hold -> doors.reading().hold(owner, target, fence);
            case Change.Unhold unhold ->
                doors.reading().release(owner, List.of(target), fence).getFirst();
            case Change.Limit limit -> doors.reading().limit(owner, target, limit.limit(), fence);
        };
        return switch (answer) {
            case Answer.Said<Door.Done> said -> new Alteration.Altered();
            case Answer.Refused<Door.Done> refused ->
                Releases.isGone(refused.refusal())
                        ? new Alteration.Absent()
                        : new Alteration.Refused(refused.refusal());
            case Answer.Unknown<Door.Done> unknown -> new Alteration.Unknown(unknown.doubt());
        };
    }
}
