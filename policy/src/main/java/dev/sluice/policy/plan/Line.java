package dev.sluice.policy.plan;

import dev.sluice.job.JobId;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.TaskSet;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** The queue: candidates in buckets of one class, project and fit each, so that a blocked bucket is skipped as a whole. */
final class Line {
    /** What the entries of a bucket have in common. */
    record Kind(int priorityClass, ProjectPath project, Fit fit) {}

    private final Shape.Register shapes;
    private final Map<JobId, List<Entry>> byJob = new HashMap<>();
    private final Map<Kind, TreeSet<Entry>> buckets = new HashMap<>();

    Line(Shape.Register shapes) {
        this.shapes = shapes;
    }

    void add(Candidate candidate) {
        remove(candidate.job(), candidate.tasks());
        enter(candidate);
    }

    private void enter(Candidate candidate) {
        Shape shape = shapes.hold(candidate.ask());
        Entry entry = new Entry(candidate, shape.fit(candidate.refusedBy().clusters()));
        List<Entry> entries = byJob.get(candidate.job());
        if (entries == null) {
            byJob.put(candidate.job(), List.of(entry));
        } else {
            List<Entry> more = new ArrayList<>(entries);
            more.add(entry);
            byJob.put(candidate.job(), List.copyOf(more));
        }
        buckets.computeIfAbsent(kind(entry), kind -> new TreeSet<>(Entry.ORDER)).add(entry);
    }

    private static Kind kind(Entry entry) {
        return new Kind(entry.candidate().priorityClass(), entry.candidate().project(), entry.fit());
    }

    void remove(JobId job, TaskSet tasks) {
        for (Entry entry : byJob.getOrDefault(job, List.of())) {
            if (entry.candidate().tasks().intersects(tasks)) {
                leave(entry);
                TaskSet rest = entry.candidate().tasks().minus(tasks);
                if (!rest.isEmpty()) {
                    enter(entry.candidate().withTasks(rest));
                }
            }
        }
    }

    private void leave(Entry entry) {
        JobId job = entry.candidate().job();
        List<Entry> others = byJob.getOrDefault(job, List.of()).stream()
                .filter(other -> other != entry)
                .toList();
        if (others.isEmpty()) {
            byJob.remove(job);
        } else {
            byJob.put(job, others);
        }
        Kind kind = kind(entry);
        TreeSet<Entry> bucket = buckets.get(kind);
        if (bucket != null) {
            bucket.remove(entry);
            if (bucket.isEmpty()) {
                buckets.remove(kind);
            }
        }
        entry.fit().shape.letGo(entry.fit());
        shapes.letGo(entry.fit().shape);
    }

    /** The parts of a job that wait alike, by lowest task. */
    List<Entry> of(JobId job) {
        List<Entry> entries = new ArrayList<>(byJob.getOrDefault(job, List.of()));
        entries.sort(Comparator.comparingInt(entry -> entry.candidate().tasks().first()));
        return entries;
    }

    /** In no order that means anything. */
    Collection<TreeSet<Entry>> buckets() {
        return buckets.values();
    }

    /** How many entries come before this one. */
    long ahead(Entry entry) {
        long ahead = 0;
        for (TreeSet<Entry> bucket : buckets.values()) {
            ahead += bucket.headSet(entry, false).size();
        }
        return ahead;
    }

    List<Candidate> candidates() {
        return byJob.values().stream()
                .flatMap(List::stream)
                .map(Entry::candidate)
                .toList();
    }
}
