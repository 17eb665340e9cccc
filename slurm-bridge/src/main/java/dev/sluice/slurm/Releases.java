package dev.sluice.slurm;

import dev.sluice.cluster.Doubt;
import dev.sluice.cluster.Grant;
import dev.sluice.cluster.Release;
import dev.sluice.cluster.Sighting;
import dev.sluice.cluster.Sighting.Holder;
import dev.sluice.job.Refusal;
import dev.sluice.job.TaskSet;
import dev.sluice.slurm.Standing.Part;
import dev.sluice.slurm.door.Answer;
import dev.sluice.slurm.door.Door;
import dev.sluice.slurm.door.JobRow;
import dev.sluice.slurm.door.Owner;
import dev.sluice.slurm.door.Target;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Release (DISPATCH.md, "Going out"): after a read, always, for an id may be somebody else's as soon as its controller can die and come
 * back, which takes less than 200 ms (docs/decisions/0003); one request for many of an owner's.
 */
final class Releases {
    private final SlurmSettings settings;
    private final Doors doors;
    private final Standing standing;

    Releases(SlurmSettings settings, Doors doors, Standing standing) {
        this.settings = settings;
        this.doors = doors;
        this.standing = standing;
    }

    List<Release> release(List<Grant> grants) {
        @Nullable Release[] answers = new @Nullable Release[grants.size()];
        Map<Integer, Target> targets = new LinkedHashMap<>();
        Set<Integer> meant = new LinkedHashSet<>();
        for (int i = 0; i < grants.size(); i++) {
            answers[i] = before(grants.get(i));
            if (answers[i] == null) {
                meant.add(i);
            }
        }
        read(grants, meant, answers, targets);
        Map<String, List<Integer>> byOwner = new LinkedHashMap<>();
        targets.keySet()
                .forEach(which -> byOwner.computeIfAbsent(
                                grants.get(which).binding().owner(), owner -> new ArrayList<>())
                        .add(which));
        Instant fence = settings.clock().instant().plus(settings.life());
        letGo(byOwner, targets, fence).forEach((which, answer) -> answers[which] = after(answer));
        List<Release> all = new ArrayList<>();
        for (Release answer : answers) {
            all.add(answer == null ? new Release.Unknown(new Doubt("interrupted")) : answer);
        }
        return all;
    }

    /** A request an owner, all at once: one whose login is slow keeps none of the others waiting for their turn. */
    private Map<Integer, Answer<Door.Done>> letGo(
            Map<String, List<Integer>> byOwner, Map<Integer, Target> targets, Instant fence) {
        Map<Integer, Answer<Door.Done>> all = new ConcurrentHashMap<>();
        List<Callable<Void>> calls = new ArrayList<>();
        byOwner.forEach((owner, which) -> calls.add(() -> {
            List<Answer<Door.Done>> said = doors.release(
                    new Owner(owner), which.stream().map(targets::get).toList(), fence);
            for (int i = 0; i < which.size(); i++) {
                all.put(which.get(i), said.get(i));
            }
            return null;
        }));
        try (ExecutorService each = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Void> call : each.invokeAll(calls)) {
                call.get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new IllegalStateException("a door that answers does not throw", e.getCause());
        }
        return all;
    }

    /** The answer that needs no request; none where the job is to be read. */
    private @Nullable Release before(Grant grant) {
        if (settings.clock().instant().isAfter(grant.notAfter())) {
            return new Release.TooLate();
        }
        return Entry.jobId(grant.binding()).isEmpty() ? new Release.Absent() : null;
    }

    /** One read for all, right before what rests on it. */
    private void read(
            List<Grant> grants, Set<Integer> meant, @Nullable Release[] answers, Map<Integer, Target> targets) {
        Set<Long> ids = new LinkedHashSet<>();
        meant.forEach(which -> Entry.jobId(grants.get(which).binding()).ifPresent(ids::add));
        Answer<List<JobRow>> rows = standing.queued(ids);
        for (int which : meant) {
            Grant grant = grants.get(which);
            answers[which] = switch (standing.told(rows, grant.attempt().id(), grant.binding())) {
                case Answer.Said<List<Part>> said -> read(grant, said.value(), which, targets);
                case Answer.Refused<List<Part>> refused ->
                    new Release.Unknown(new Doubt(refused.refusal().message()));
                case Answer.Unknown<List<Part>> unknown -> new Release.Unknown(unknown.doubt());
            };
        }
    }

    private @Nullable Release read(Grant grant, List<Part> parts, int which, Map<Integer, Target> targets) {
        TaskSet.Builder held = new TaskSet.Builder();
        TaskSet.Builder others = new TaskSet.Builder();
        boolean alive = false;
        String why = "";
        for (Part part : parts) {
            TaskSet meant = part.tasks().intersect(grant.tasks());
            if (meant.isEmpty() || part.seen() instanceof Sighting.Ended) {
                continue;
            }
            alive = true;
            if (part.seen() instanceof Sighting.Held by) {
                (by.by() == Holder.US ? held : others).add(meant);
                why = by.by() == Holder.US ? why : by.why();
            }
        }
        if (!alive) {
            return new Release.Absent();
        }
        TaskSet ours = held.build();
        if (ours.isEmpty()) {
            return others.build().isEmpty()
                    ? new Release.Released()
                    : new Release.Refused(
                            Refusal.later("held", "held by others on " + settings.cluster() + ": " + why));
        }
        Part first = parts.getFirst();
        if (first.entry().isSystems()) {
            return new Release.Refused(first.entry().forbidden(settings));
        }
        targets.put(which, target(first, ours, parts));
        return null;
    }

    /** All of the object, or the tasks that are meant, by SLURM's own indices. */
    static Target target(Part any, TaskSet meant, List<Part> parts) {
        long id = any.entry().row().jobId();
        TaskSet all = TaskSet.EMPTY;
        for (Part part : parts) {
            all = all.union(part.tasks());
        }
        return meant.equals(all)
                ? Target.of(id)
                : new Target(id, Optional.of(any.entry().tag().map().toNative(meant)));
    }

    /** Whether there is nothing left to act on. */
    static boolean isGone(Refusal refusal) {
        return refusal.code().equals(Door.ABSENT) || refusal.code().equals(Door.ENDED);
    }

    private Release after(Answer<Door.Done> answer) {
        return switch (answer) {
            case Answer.Said<Door.Done> said -> new Release.Released();
            case Answer.Refused<Door.Done> refused ->
                isGone(refused.refusal()) ? new Release.Absent() : new Release.Refused(refused.refusal());
            case Answer.Unknown<Door.Done> unknown -> new Release.Unknown(unknown.doubt());
        };
    }
}
