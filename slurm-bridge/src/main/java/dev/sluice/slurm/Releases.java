package dev.sluice.slurm;

import dev.sluice.cluster.Doubt;
import dev.sluice.cluster.Grant;
import dev.sluice.cluster.Release;
import dev.sluice.cluster.Sighting;
import dev.sluice.cluster.Sighting.Claimed;
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
import java.util.HashMap;
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
        int atOnce = doors.reading().releasesAtOnce();
        List<Release> all = new ArrayList<>(grants.size());
        for (int from = 0; from < grants.size(); from += atOnce) {
            all.addAll(together(grants.subList(from, from + Math.min(atOnce, grants.size() - from))));
        }
        return all;
    }

    private List<Release> together(List<Grant> grants) {
        Map<Integer, Release> answers = new HashMap<>();
        Map<Integer, List<Entry>> queued = queued(grants, answers);
        Map<Integer, Target> targets = new LinkedHashMap<>();
        queued.forEach((which, entries) -> {
            TaskSet held = heldByUs(grants.get(which), entries);
            if (held.isEmpty()) {
                return;
            }
            if (settings.clock().instant().isAfter(grants.get(which).notAfter())) {
                answers.put(which, new Release.TooLate());
            } else if (entries.getFirst().isSystems()) {
                answers.put(which, new Release.Refused(entries.getFirst().forbidden(settings)));
            } else {
                targets.put(
                        which,
                        target(held, entries).only(grants.get(which).attempt().id()));
            }
        });
        Instant fence = settings.clock().instant().plus(settings.life());
        letGo(grants, targets, fence).forEach((which, answer) -> answers.put(which, after(answer)));
        // What needs a look at marks or at accounting has nothing to release, and keeps nobody waiting.
        queued.keySet().removeAll(answers.keySet());
        queued.keySet().removeAll(targets.keySet());
        answers.putAll(others(grants, queued));
        List<Release> all = new ArrayList<>();
        for (int i = 0; i < grants.size(); i++) {
            all.add(answers.getOrDefault(i, new Release.Unknown(new Doubt("interrupted"))));
        }
        return all;
    }

    /** A request an owner, all at once: one whose login is slow keeps none of the others waiting for their turn. */
    private Map<Integer, Answer<Door.Done>> letGo(List<Grant> grants, Map<Integer, Target> targets, Instant fence) {
        Map<String, List<Integer>> byOwner = new LinkedHashMap<>();
        targets.keySet()
                .forEach(which -> byOwner.computeIfAbsent(
                                grants.get(which).binding().owner(), owner -> new ArrayList<>())
                        .add(which));
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

    /**
     * One read for all, right before what rests on it.
     *
     * @param answers gets those that are known by then
     * @return for each of the others what the queue has of it, which may be nothing
     */
    private Map<Integer, List<Entry>> queued(List<Grant> grants, Map<Integer, Release> answers) {
        Instant now = settings.clock().instant();
        Map<Integer, Long> ids = new LinkedHashMap<>();
        for (int i = 0; i < grants.size(); i++) {
            Optional<Long> id = Entry.jobId(grants.get(i).binding());
            if (now.isAfter(grants.get(i).notAfter())) {
                answers.put(i, new Release.TooLate());
            } else if (id.isEmpty()) {
                answers.put(i, new Release.Absent());
            } else {
                ids.put(i, id.get());
            }
        }
        Map<Integer, List<Entry>> queued = new LinkedHashMap<>();
        switch (read(new LinkedHashSet<>(ids.values()))) {
            case Answer.Said<List<JobRow>> said ->
                ids.keySet().forEach(which -> {
                    Grant grant = grants.get(which);
                    queued.put(
                            which, standing.mine(said.value(), grant.attempt().id(), grant.binding()));
                });
            case Answer.Refused<List<JobRow>> refused -> {
                Doubt doubt = new Doubt(refused.refusal().message());
                ids.keySet().forEach(which -> answers.put(which, new Release.Unknown(doubt)));
            }
            case Answer.Unknown<List<JobRow>> unknown ->
                ids.keySet().forEach(which -> answers.put(which, new Release.Unknown(unknown.doubt())));
        }
        return queued;
    }

    private Answer<List<JobRow>> read(Set<Long> ids) {
        try {
            return standing.queued(ids);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Answer.unknown("interrupted before the queue was read");
        }
    }

    /** Nobody's marks are asked for: they tell nothing of what waits. */
    private TaskSet heldByUs(Grant grant, List<Entry> entries) {
        TaskSet.Builder held = new TaskSet.Builder();
        for (Entry entry : entries) {
            Sighting seen =
                    States.of(entry.row(), Claimed.UNKNOWN, settings.clock().instant());
            if (seen instanceof Sighting.Held by && by.by() == Holder.US) {
                held.add(entry.tasks().intersect(grant.tasks()));
            }
        }
        return held.build();
    }

    /** What we do not hold: one look at the marks of all, and one question for all that the queue does not have. */
    private Map<Integer, Release> others(List<Grant> grants, Map<Integer, List<Entry>> queued) {
        Map<Integer, Release> answers = new HashMap<>();
        Set<Long> absent = new LinkedHashSet<>();
        queued.forEach((which, entries) -> {
            if (entries.isEmpty()) {
                Entry.jobId(grants.get(which).binding()).ifPresent(absent::add);
            }
        });
        Answer<List<JobRow>> records = standing.records(absent);
        Map<Integer, List<Entry>> known = new LinkedHashMap<>();
        queued.forEach((which, entries) -> {
            Grant grant = grants.get(which);
            Answer<List<Entry>> told = entries.isEmpty()
                    ? standing.ended(records, grant.attempt().id(), grant.binding())
                    : Answer.said(entries);
            switch (told) {
                case Answer.Said<List<Entry>> said -> known.put(which, said.value());
                case Answer.Refused<List<Entry>> refused ->
                    answers.put(
                            which,
                            new Release.Unknown(new Doubt(refused.refusal().message())));
                case Answer.Unknown<List<Entry>> unknown -> answers.put(which, new Release.Unknown(unknown.doubt()));
            }
        });
        List<Part> parts =
                standing.parts(known.values().stream().flatMap(List::stream).toList());
        int from = 0;
        for (Map.Entry<Integer, List<Entry>> each : known.entrySet()) {
            int to = from + each.getValue().size();
            answers.put(each.getKey(), other(grants.get(each.getKey()), parts.subList(from, to)));
            from = to;
        }
        return answers;
    }

    private Release other(Grant grant, List<Part> parts) {
        boolean alive = false;
        Optional<String> why = Optional.empty();
        for (Part part : parts) {
            if (part.tasks().intersects(grant.tasks()) && !(part.seen() instanceof Sighting.Ended)) {
                alive = true;
                why = part.seen() instanceof Sighting.Held held ? Optional.of(held.why()) : why;
            }
        }
        if (!alive) {
            return new Release.Absent();
        }
        return why.<Release>map(word -> new Release.Refused(
                        Refusal.later("held", "held by others on " + settings.cluster() + ": " + word)))
                .orElseGet(Release.Released::new);
    }

    /** All of the object, or the tasks that are meant, by SLURM's own indices. */
    static Target target(TaskSet meant, List<Entry> object) {
        Entry any = object.getFirst();
        TaskSet all = TaskSet.EMPTY;
        for (Entry entry : object) {
            all = all.union(entry.tasks());
        }
        return meant.equals(all)
                ? Target.of(any.row().jobId())
                : new Target(any.row().jobId(), Optional.of(any.tag().map().toNative(meant)));
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
