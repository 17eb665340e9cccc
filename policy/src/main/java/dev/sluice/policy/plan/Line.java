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
import java.util.Optional;
import java.util.TreeMap;

/** The queue: candidates in buckets of one class, project, user and fit each, so that a blocked bucket is skipped as a whole. */
final class Line {
    private final Shape.Register shapes;
    private final Map<JobId, List<Entry>> byJob = new HashMap<>();
    private final Map<Bucket.Kind, Bucket> buckets = new HashMap<>();
    private final TreeMap<ProjectPath, Waiting> byProject = new TreeMap<>();

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
        Bucket bucket = buckets.computeIfAbsent(Bucket.Kind.of(entry), Bucket::new);
        boolean leads = bucket.entries.isEmpty() || Entry.ORDER.compare(entry, bucket.entries.first()) < 0;
        if (leads) {
            unlist(bucket);
        }
        bucket.entries.add(entry);
        if (leads) {
            list(bucket);
        }
    }

    private void list(Bucket bucket) {
        byProject
                .computeIfAbsent(bucket.kind.project(), project -> new Waiting())
                .add(bucket);
    }

    private void unlist(Bucket bucket) {
        if (bucket.entries.isEmpty()) {
            return;
        }
        Waiting ofProject = byProject.get(bucket.kind.project());
        if (ofProject != null) {
            ofProject.remove(bucket);
            if (ofProject.isEmpty()) {
                byProject.remove(bucket.kind.project());
            }
        }
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
        Bucket.Kind kind = Bucket.Kind.of(entry);
        Bucket bucket = buckets.get(kind);
        if (bucket != null) {
            boolean leads = bucket.entries.first() == entry;
            if (leads) {
                unlist(bucket);
            }
            bucket.entries.remove(entry);
            if (bucket.entries.isEmpty()) {
                buckets.remove(kind);
            } else if (leads) {
                list(bucket);
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

    Optional<Bucket> bucket(Entry entry) {
        return Optional.ofNullable(buckets.get(Bucket.Kind.of(entry)));
    }

    /** In no order that means anything. */
    Collection<Bucket> buckets() {
        return buckets.values();
    }

    /** All projects of which something waits, with that. */
    Map<ProjectPath, Waiting> projects() {
        return byProject;
    }

    /** How many numbers {@linkplain Fit#index fits} have so far. */
    int fits() {
        return shapes.fits();
    }

    List<Candidate> candidates() {
        return byJob.values().stream()
                .flatMap(List::stream)
                .map(Entry::candidate)
                .toList();
    }
}
