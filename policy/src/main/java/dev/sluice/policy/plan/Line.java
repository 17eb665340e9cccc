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
import java.util.TreeMap;
import java.util.stream.Stream;

/** The queue: candidates in buckets of one class, project, user and fit each, so that a blocked bucket is skipped as a whole. */
final class Line {
    private final Shape.Register shapes;
    /** Of each job the part that came first of those that wait. */
    private final Map<JobId, Entry> byJob = new HashMap<>();
    /** Its other parts, where it has any. */
    private final Map<JobId, List<Entry>> otherParts = new HashMap<>();

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
        Fit fit = shape.fit(candidate.refusedBy().clusters());
        Bucket bucket = buckets.computeIfAbsent(
                new Bucket.Kind(candidate.priorityClass(), candidate.project(), candidate.user(), fit), Bucket::new);
        Entry entry = new Entry(candidate, bucket);
        if (byJob.putIfAbsent(candidate.job(), entry) != null) {
            otherParts
                    .computeIfAbsent(candidate.job(), job -> new ArrayList<>(1))
                    .add(entry);
        }
        boolean leads = bucket.isEmpty() || Entry.ORDER.compare(entry, bucket.first()) < 0;
        if (leads) {
            unlist(bucket);
        }
        bucket.add(entry);
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
        if (bucket.isEmpty()) {
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
        for (Entry entry : parts(job)) {
            if (entry.tasks.intersects(tasks)) {
                leave(job, entry);
                TaskSet rest = entry.tasks.minus(tasks);
                if (!rest.isEmpty()) {
                    enter(entry.candidate().withTasks(rest));
                }
            }
        }
    }

    private void leave(JobId job, Entry entry) {
        List<Entry> others = new ArrayList<>(parts(job));
        others.remove(entry);
        byJob.remove(job);
        otherParts.remove(job);
        if (!others.isEmpty()) {
            byJob.put(job, others.removeFirst());
            if (!others.isEmpty()) {
                otherParts.put(job, others);
            }
        }
        Bucket bucket = entry.bucket;
        boolean leads = bucket.first() == entry;
        if (leads) {
            unlist(bucket);
        }
        bucket.remove(entry);
        if (bucket.isEmpty()) {
            buckets.remove(bucket.kind);
        } else if (leads) {
            list(bucket);
        }
        entry.fit().shape.letGo(entry.fit());
        shapes.letGo(entry.fit().shape);
    }

    /** A copy. */
    private List<Entry> parts(JobId job) {
        Entry one = byJob.get(job);
        if (one == null) {
            return List.of();
        }
        List<Entry> others = otherParts.get(job);
        if (others == null) {
            return List.of(one);
        }
        List<Entry> all = new ArrayList<>(others);
        all.add(one);
        return all;
    }

    boolean has(JobId job) {
        return byJob.containsKey(job);
    }

    /** The parts of a job that wait alike, by lowest task. */
    List<Entry> of(JobId job) {
        List<Entry> entries = new ArrayList<>(parts(job));
        entries.sort(Comparator.comparingInt(entry -> entry.tasks.first()));
        return entries;
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
        return Stream.concat(
                        byJob.values().stream(), otherParts.values().stream().flatMap(List::stream))
                .map(Entry::candidate)
                .toList();
    }
}
