package dev.sluice.engine;

import dev.sluice.engine.EngineSettings.ClusterSettings;
import dev.sluice.job.AttemptId;
import dev.sluice.job.ClusterName;
import dev.sluice.job.Gate;
import dev.sluice.job.JobId;
import dev.sluice.job.JobState;
import dev.sluice.job.Lifecycle;
import dev.sluice.job.Phase;
import dev.sluice.job.Slice;
import dev.sluice.job.TaskSet;
import dev.sluice.policy.plan.Planner;
import dev.sluice.policy.plan.Snapshot;
import dev.sluice.spec.Dependency;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Everything the engine knows. The handlers read it; {@link #apply} is the only thing that changes it, but for the flights
 * that {@link Departures} enters.
 */
final class Book {
    final long epoch;
    EngineSettings settings;
    Planner planner;
    final Registers registers;
    final SortedMap<ClusterName, ClusterRecord> clusters = new TreeMap<>();
    final Flights flights = new Flights();
    final JobClock wakes = new JobClock();
    final Twins twins = new Twins();
    final Shared shared = new Shared();
    final Tally tally = new Tally();
    /** Jobs whose dependencies are to be looked at. */
    final Set<JobId> unchecked = new LinkedHashSet<>();
    /** Jobs whose image waits for its digest, and when to ask the registry. */
    final Map<JobId, Instant> unpinned = new LinkedHashMap<>();

    private final Map<JobId, Job> jobs = new HashMap<>();
    private final IdBlocks ids;
    private final Map<AttemptId, Tracked> attempts = new LinkedHashMap<>();
    private final Dependents dependents = new Dependents();
    private final Set<Image.Key> touched = new LinkedHashSet<>();
    private final Transitions transitions;
    private Feed feed;

    Book(EngineSettings settings, long epoch, Transitions transitions) {
        this.settings = settings;
        this.epoch = epoch;
        this.transitions = transitions;
        this.ids = new IdBlocks(settings.firstJob(), touched);
        this.planner = Planner.of(Snapshot.EMPTY, settings.policy());
        this.feed = new Feed(planner, wakes);
        this.registers = new Registers(touched);
        for (ClusterSettings cluster : settings.clusters().values()) {
            clusters.put(cluster.name(), new ClusterRecord(cluster));
        }
        clusters.values().forEach(feed::see);
    }

    @Nullable
    Job job(JobId id) {
        return jobs.get(id);
    }

    Collection<Job> jobs() {
        return jobs.values();
    }

    /** The job that has this id, or the array one of whose tasks has it. */
    Optional<Target> target(JobId id) {
        Job job = jobs.get(id);
        return job == null ? ids.task(id) : Optional.of(new Target(job, OptionalInt.empty()));
    }

    /** A job, and which task of it is meant; empty for all. */
    record Target(Job job, OptionalInt task) {}

    @Nullable
    Tracked attempt(AttemptId id) {
        return attempts.get(id);
    }

    Collection<Tracked> attempts() {
        return attempts.values();
    }

    ClusterRecord cluster(ClusterName name) {
        ClusterRecord cluster = clusters.get(name);
        if (cluster == null) {
            throw new IllegalStateException("no cluster " + name + " in the settings");
        }
        return cluster;
    }

    int nextId() {
        return ids.next();
    }

    /** Whether a job of the heap waits for this one. */
    boolean awaited(JobId id) {
        return dependents.has(id);
    }

    void apply(Event event, Instant at) {
        switch (event) {
            case Event.Accepted e -> {
                enter(e.head(), at);
                place(jobs.get(e.job()), new Slice(e.head().tasks(), e.to()), at);
                touched.add(new Image.Key.OfJob(e.job()));
            }
            case Event.Closed e -> {
                feed.closed(e, attempts.get(e.attempt()), at);
                change(e.job(), e.tasks(), e.to(), at);
            }
            case Event.OfTasks e -> change(e.job(), e.tasks(), e.to(), at);
            case Event.Altered e -> alter(e.head(), at);
            case Event.Forgotten e -> forget(e.job());
            case Event.Charged e -> registers.charge(e, planner);
            case Event.NativesCharged e -> registers.charge(e, planner);
            case Event.Reserved e -> planner.reserve(e.reserve());
            case Event.Settled e -> {}
            // The store's alone: no decision rests on labels.
            case Event.Labelled e -> {}
            case Event.Alerted e -> registers.alerted(e);
            case Event.LeftBehind e -> leave(e.leftover(), at);
            case Event.SweptUp e -> sweepUp(e.key());
            case Event.SweptDown e -> {
                Watch watch = registers.watch(e.key());
                if (watch != null) {
                    watch.over = true;
                    cluster(watch.leftover.cluster()).agenda.now(new AgendaKey.OfLeftover(e.key()));
                }
            }
            case Event.KeyUsed e -> registers.use(e.key(), e.use());
            case Event.KeysExpired e -> e.keys().forEach(registers::expire);
            case Event.BudgetSet e -> {
                registers.budget(e.project(), e.budget());
                planner.budget(e.project(), e.budget());
            }
            case Event.DrainSet e -> {
                cluster(e.cluster()).drain = e.drain();
                changed(cluster(e.cluster()));
            }
            case Event.BreakerSet e -> {
                cluster(e.cluster()).set(e.breaker());
                changed(cluster(e.cluster()));
            }
            case Event.Measured e -> {
                ClusterRecord cluster = cluster(e.cluster());
                cluster.measured(
                        e.capacity(),
                        settings.policy().placement().of(e.cluster()).natives());
                feed.see(cluster);
            }
            case Event.Looked e -> cluster(e.cluster()).looked(e);
            case Event.Landed e -> land(e);
            case Event.Deferred e -> defer(e);
            case Event.Queued e -> requeue(e, at);
            case Event.DependenciesChecked e -> {
                unchecked.remove(e.job());
                e.again().ifPresent(again -> wakes.put(e.job(), again));
                e.twin().ifPresent(twin -> dependents.add(twin, e.job()));
            }
            case Event.PinDeferred e -> unpinned.replace(e.job(), e.until());
            case Event.Reconfigured e -> {
                settings = settings.withPolicy(e.policy());
                planner = Planner.of(planner.snapshot(), e.policy());
                feed = new Feed(planner, wakes);
            }
        }
    }

    private void changed(ClusterRecord cluster) {
        touched.add(new Image.Key.OfCluster(cluster.name()));
        feed.see(cluster);
    }

    // Jobs and tasks

    /** Puts a job on the heap, its tasks yet without a state. */
    private void enter(JobHead own, Instant at) {
        JobHead head = shared.of(own);
        Job job = new Job(head);
        jobs.put(head.id(), job);
        if (!head.tasks().equals(TaskSet.SOLE)) {
            ids.add(job);
        }
        twins.enter(job);
        ids.reserve(head.id().value() + head.tasks().size());
        for (Dependency dependency : head.after().list()) {
            if (dependency instanceof Dependency.OnJob on) {
                target(on.job()).ifPresent(target -> dependents.add(target.job().id(), head.id()));
            }
        }
        head.begin().ifPresent(begin -> wakes.put(head.id(), begin));
        feed.room(job);
    }

    /** Gives tasks without a state their first. */
    private void place(@Nullable Job job, Slice slice, Instant at) {
        if (job == null) {
            throw new IllegalStateException("a state of no job");
        }
        job.set(slice.tasks(), slice.state(), lowest -> touch(job, lowest));
        tally.enter(job.head(), slice.tasks().size(), slice.state());
        entered(job, slice.tasks(), slice.state(), at);
    }

    private void change(JobId id, TaskSet tasks, JobState to, Instant at) {
        Job job = jobs.get(id);
        if (job == null) {
            throw new IllegalStateException("an event of job " + id + ", which is not on the heap");
        }
        for (Slice slice : job.slices(tasks)) {
            Lifecycle.check(slice.state(), to);
            transitions.seen(slice.state(), to);
            left(job, slice, to, at);
        }
        job.set(tasks, to, lowest -> touch(job, lowest));
        entered(job, tasks, to, at);
        unchecked.addAll(dependents.of(id));
        if (to instanceof JobState.Ended && job.ended()) {
            wakes.ended(id, at);
        }
    }

    private void touch(Job job, int lowest) {
        touched.add(new Image.Key.OfSlice(job.id(), lowest));
    }

    private void left(Job job, Slice slice, JobState to, Instant at) {
        switch (slice.state()) {
            case JobState.Waiting w -> feed.leave(job, slice.tasks());
            case JobState.Live live -> {
                boolean stays = to instanceof JobState.Live next
                        && next.attempt().id().equals(live.attempt().id());
                feed.changes(job, live, slice.tasks(), stays, at);
                if (!stays) {
                    letGo(live, slice.tasks());
                }
            }
            case JobState.Ended e -> {}
        }
        tally.move(job.head(), slice.tasks().size(), slice.state(), to);
    }

    private void letGo(JobState.Live live, TaskSet tasks) {
        Tracked tracked = attempts.get(live.attempt().id());
        if (tracked == null) {
            return;
        }
        tracked.tasks = tracked.tasks.minus(tasks);
        if (!tracked.tasks.isEmpty()) {
            return;
        }
        attempts.remove(live.attempt().id());
        cluster(live.attempt().cluster()).left(live.attempt().id());
    }

    private void entered(Job job, TaskSet tasks, JobState state, Instant at) {
        switch (state) {
            case JobState.Waiting waiting -> {
                feed.wait(job, tasks, waiting, at);
                if (waiting.gates().contains(Gate.DEPENDENCY)) {
                    unchecked.add(job.id());
                }
                if (waiting.gates().contains(Gate.PINNING_IMAGE)) {
                    unpinned.putIfAbsent(job.id(), Instant.EPOCH);
                } else {
                    unpinned.remove(job.id());
                }
            }
            case JobState.Live live -> {
                AttemptId id = live.attempt().id();
                Tracked tracked = attempts.computeIfAbsent(id, key -> new Tracked(live, job, at));
                tracked.changed(live.phase(), at);
                TaskSet fresh = tasks.minus(tracked.tasks);
                tracked.tasks = tracked.tasks.union(tasks);
                feed.live(job, live, tasks, fresh, at);
                cluster(live.attempt().cluster()).entered(live, epoch);
            }
            case JobState.Ended e -> {
                if (unpinned.containsKey(job.id()) && !job.waitsAt(Gate.PINNING_IMAGE)) {
                    unpinned.remove(job.id());
                }
            }
        }
        feed.room(job);
    }

    private void alter(JobHead own, Instant at) {
        JobHead head = shared.of(own);
        Job job = jobs.get(head.id());
        if (job == null) {
            throw new IllegalStateException("no job " + head.id());
        }
        job.head(head);
        for (Slice slice : job.slices()) {
            if (slice.state() instanceof JobState.Waiting waiting) {
                feed.leave(job, slice.tasks());
                feed.wait(job, slice.tasks(), waiting, at);
            } else if (slice.state() instanceof JobState.Live live && live.phase() instanceof Phase.Released) {
                // Nothing else may happen to it before its end, and its object is to get the new time limit.
                cluster(live.attempt().cluster()).entered(live, epoch);
            }
        }
        touched.add(new Image.Key.OfJob(head.id()));
    }

    private void forget(JobId id) {
        Job job = jobs.remove(id);
        if (job == null) {
            return;
        }
        ids.remove(id);
        wakes.forget(id);
        unchecked.remove(id);
        twins.leave(job.head());
        for (Dependency dependency : job.head().after().list()) {
            if (dependency instanceof Dependency.OnJob on) {
                target(on.job())
                        .ifPresent(target -> dependents.remove(target.job().id(), id));
            }
        }
        touched.add(new Image.Key.OfJob(id));
        job.slices().forEach(slice -> touch(job, slice.tasks().first()));
    }

    private void requeue(Event.Queued e, Instant at) {
        wakes.woke(e.job(), at);
        Job job = jobs.get(e.job());
        if (job == null) {
            return;
        }
        for (Slice slice : job.slices(e.tasks())) {
            if (slice.state() instanceof JobState.Waiting waiting) {
                feed.wait(job, slice.tasks(), waiting, at);
            }
        }
    }

    // Leftovers and flights

    private void leave(Leftover leftover, Instant at) {
        registers.leave(leftover);
        cluster(leftover.cluster()).agenda.now(new AgendaKey.OfLeftover(leftover.key()));
    }

    private void sweepUp(Leftover.Key key) {
        Leftover leftover = registers.sweepUp(key);
        if (leftover != null) {
            cluster(leftover.cluster()).agenda.remove(new AgendaKey.OfLeftover(key));
        }
    }

    private void land(Event.Landed e) {
        flights.land(e.effect());
        if (e.effect() instanceof Effect.OnCluster on) {
            ClusterRecord cluster = cluster(on.cluster());
            cluster.land(e);
            for (AgendaKey key : AgendaKey.of(on)) {
                landed(cluster, key, e);
            }
        }
    }

    private void landed(ClusterRecord cluster, AgendaKey key, Event.Landed e) {
        switch (key) {
            case AgendaKey.OfAttempt of -> {
                Tracked tracked = attempts.get(of.attempt());
                if (tracked != null && tracked.flight == e.effect().flight()) {
                    tracked.flight = 0;
                    tracked.doubts = e.inDoubt().contains(key) ? tracked.doubts + 1 : 0;
                    cluster.agenda.now(key);
                }
            }
            case AgendaKey.OfLeftover of -> {
                Watch watch = registers.watch(of.leftover());
                if (watch != null && watch.flight == e.effect().flight()) {
                    watch.flight = 0;
                    watch.doubts = e.inDoubt().contains(key) ? watch.doubts + 1 : 0;
                    cluster.agenda.now(key);
                }
            }
        }
    }

    private void defer(Event.Deferred e) {
        switch (e.key()) {
            case AgendaKey.OfAttempt of -> {
                Tracked tracked = attempts.get(of.attempt());
                if (tracked != null) {
                    tracked.notBefore = e.until();
                    cluster(tracked.attempt.cluster()).agenda.put(of, e.until());
                }
            }
            case AgendaKey.OfLeftover of -> {
                Watch watch = registers.watch(of.leftover());
                if (watch != null) {
                    watch.notBefore = e.until();
                    cluster(watch.leftover.cluster()).agenda.put(of, e.until());
                }
            }
        }
    }

    // Rows

    /** Takes in one row of a store, which is not written again. Jobs come before their slices. */
    void load(Image image, Instant at) {
        touched.clear();
        switch (image) {
            case Image.OfJob row -> enter(row.head(), at);
            case Image.OfSlice row -> place(jobs.get(row.job()), new Slice(row.tasks(), row.state()), at);
            case Image.OfCluster row -> {
                ClusterRecord cluster = clusters.get(row.cluster());
                if (cluster != null) {
                    cluster.drain = row.drain();
                    cluster.breaker = row.breaker();
                    feed.see(cluster);
                }
            }
            case Image.OfLeftover row -> leave(row.leftover(), at);
            case Image.OfUse row -> registers.use(row.idempotency(), row.use());
            case Image.OfIds row -> ids.reserve(row.next());
            case Image.OfProject row -> registers.load(row, planner);
            case Image.OfUsage row -> planner.usage(row.payer(), row.usage());
        }
    }

    void loaded(Instant at) {
        jobs.values().stream().filter(Job::ended).forEach(job -> wakes.ended(job.id(), at));
        touched.clear();
    }

    /** The rows that changed since the last call. */
    List<Image.Row> takeTouched() {
        List<Image.Row> rows = new ArrayList<>(touched.size());
        // Not clear(): that goes over the whole table, which one large batch leaves large.
        for (Iterator<Image.Key> keys = touched.iterator(); keys.hasNext(); keys.remove()) {
            Image.Key key = keys.next();
            rows.add(new Image.Row(key, Optional.ofNullable(image(key))));
        }
        return rows;
    }

    /** All rows, in no order that means anything but jobs before their slices. */
    List<Image> images() {
        List<Image> all = new ArrayList<>();
        for (Job job : jobs.values()) {
            all.add(new Image.OfJob(job.head()));
            job.slices().forEach(slice -> all.add(new Image.OfSlice(job.id(), slice.tasks(), slice.state())));
        }
        for (ClusterRecord cluster : clusters.values()) {
            Image image = cluster.image();
            if (image != null) {
                all.add(image);
            }
        }
        all.addAll(registers.images(planner));
        if (ids.used()) {
            all.add(ids.image());
        }
        return all;
    }

    private @Nullable Image image(Image.Key key) {
        return switch (key) {
            case Image.Key.OfJob of -> {
                Job job = jobs.get(of.job());
                yield job == null ? null : new Image.OfJob(job.head());
            }
            case Image.Key.OfSlice of -> {
                Job job = jobs.get(of.job());
                Slice slice = job == null ? null : job.sliceAt(of.lowest());
                yield slice == null ? null : new Image.OfSlice(of.job(), slice.tasks(), slice.state());
            }
            case Image.Key.OfCluster of -> cluster(of.cluster()).image();
            case Image.Key.OfLeftover of -> registers.image(of);
            case Image.Key.OfUse of -> registers.image(of);
            case Image.Key.OfProject of -> registers.image(of);
            case Image.Key.OfUsage of -> new Image.OfUsage(of.payer(), planner.usage(of.payer()));
            case Image.Key.OfIds of -> ids.image();
        };
    }
}
