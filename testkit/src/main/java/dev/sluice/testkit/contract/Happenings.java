package dev.sluice.testkit.contract;

import dev.sluice.engine.Batch;
import dev.sluice.engine.Breaker;
import dev.sluice.engine.Event;
import dev.sluice.engine.IdempotencyKey;
import dev.sluice.engine.Image;
import dev.sluice.engine.JobHead;
import dev.sluice.engine.JobQuery;
import dev.sluice.engine.KeyUse;
import dev.sluice.engine.Leftover;
import dev.sluice.job.Attempt;
import dev.sluice.job.AttemptEnd;
import dev.sluice.job.AttemptId;
import dev.sluice.job.Binding;
import dev.sluice.job.ClusterName;
import dev.sluice.job.Gate;
import dev.sluice.job.JobId;
import dev.sluice.job.JobState;
import dev.sluice.job.Phase;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.Refusals;
import dev.sluice.job.Slice;
import dev.sluice.job.Status;
import dev.sluice.job.StopReason;
import dev.sluice.job.TaskSet;
import dev.sluice.job.UserName;
import dev.sluice.job.Verdict;
import dev.sluice.job.Wish;
import dev.sluice.policy.load.Dimension;
import dev.sluice.policy.load.Load;
import dev.sluice.policy.plan.Budget;
import dev.sluice.policy.project.Payer;
import dev.sluice.policy.project.Resource;
import dev.sluice.policy.project.Usage;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Labels;
import dev.sluice.testkit.SpecGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * A source of batches that no engine decided: whatever a store may be given, in any order that keeps rows of a job together.
 * What it asks for as a query is made of the same few names, so that some of it is found.
 */
final class Happenings {
    private static final List<ClusterName> CLUSTERS =
            List.of(new ClusterName("hpc"), new ClusterName("k8s"), new ClusterName("east"));
    private static final Duration KEY_LIFE = Duration.ofHours(1);

    private final RandomGenerator random;
    private final long epoch;
    private final Map<JobId, Known> jobs = new LinkedHashMap<>();
    private final Deque<Map.Entry<IdempotencyKey, KeyUse>> keys = new ArrayDeque<>();
    private final List<Event.Recorded> events = new ArrayList<>();
    private final Map<Image.Key, Optional<Image>> rows = new LinkedHashMap<>();
    private Instant now = Instant.parse("2026-03-01T00:00:00.000000001Z");
    private int next = JobId.FIRST;

    private static final class Known {
        JobHead head;
        JobSpec spec;
        final TreeMap<Integer, Slice> slices = new TreeMap<>();

        Known(JobHead head, JobSpec spec) {
            this.head = head;
            this.spec = spec;
        }
    }

    Happenings(RandomGenerator random, long epoch) {
        this.random = random;
        this.epoch = epoch;
    }

    /** The lowest id that no job has. */
    int next() {
        return next;
    }

    Batch batch() {
        now = now.plusNanos(random.nextLong(2_000_000_000_000L));
        for (int i = 1 + random.nextInt(6); i > 0; i--) {
            happen();
        }
        List<Image.Row> all = new ArrayList<>();
        rows.forEach((key, image) -> all.add(new Image.Row(key, image)));
        Batch batch = new Batch(epoch, now, events, all);
        events.clear();
        rows.clear();
        return batch;
    }

    private void happen() {
        if (jobs.isEmpty() || random.nextInt(3) == 0) {
            accept();
            return;
        }
        Known job = any(List.copyOf(jobs.values()));
        JobId id = job.head.id();
        TaskSet tasks =
                job.head.tasks().lowest(1 + random.nextInt(job.head.tasks().size()));
        switch (random.nextInt(11)) {
            case 0 -> alter(job);
            case 1 -> {
                Attempt attempt = attempt(job, tasks);
                JobState.Live to = new JobState.Live(attempt, new Phase.Intended(epoch, now), Wish.RUN);
                change(new Event.Placed(id, tasks, to, "its turn \ud800"), job, tasks, to);
            }
            case 2, 3 -> move(job, tasks);
            case 4 -> {
                JobState.Waiting to = waiting();
                change(new Event.Waited(id, tasks, to), job, tasks, to);
            }
            case 5 -> {
                JobState.Ended to = new JobState.Ended(verdict());
                change(new Event.Ended(id, tasks, to), job, tasks, to);
            }
            case 6 -> {
                JobState to = random.nextBoolean() ? waiting() : new JobState.Ended(verdict());
                change(new Event.Closed(id, tasks, attemptId(), end(), to), job, tasks, to);
            }
            case 7 ->
                events.add(new Event.Charged(
                        id,
                        tasks,
                        attemptId(),
                        random.nextInt(3),
                        job.head.project(),
                        5,
                        Instant.EPOCH,
                        now,
                        random.nextBoolean() ? Optional.empty() : Optional.of(paid(job.head))));
            case 8 -> events.add(new Event.Labelled(id, labels()));
            case 9 -> forget(job);
            default -> beside(id);
        }
    }

    private void accept() {
        JobSpec spec = SpecGenerator.random(random);
        JobHead head = new JobHead(
                new JobId(next),
                spec.tasks(),
                spec.user(),
                spec.project(),
                random.nextBoolean() ? spec.priorityClass() : random.nextInt(9),
                random.nextInt(4) > 0 ? now : now.minusNanos(1),
                spec.ask(),
                spec.rules(),
                random.nextInt(3),
                spec.after(),
                spec.begin(),
                random.nextBoolean() ? Refusals.NONE : refusals(2),
                spec.container().map(container -> container.image().toString()),
                random.nextLong());
        next += spec.tasks().size();
        Known job = new Known(head, spec);
        jobs.put(head.id(), job);
        JobState.Waiting to = random.nextBoolean() ? JobState.Waiting.FRESH : waiting();
        events.add(new Event.Accepted(head, spec, to));
        rows.put(new Image.Key.OfJob(head.id()), Optional.of(new Image.OfJob(head)));
        set(job, head.tasks(), to);
        Image.OfIds ids = new Image.OfIds(next);
        rows.put(ids.key(), Optional.of(ids));
        if (random.nextBoolean()) {
            IdempotencyKey key = new IdempotencyKey(random.nextLong(), random.nextLong());
            List<JobId> named = random.nextInt(4) == 0 ? List.of(head.id(), new JobId(7)) : List.of(head.id());
            KeyUse use = new KeyUse(random.nextLong(), named, now.plus(KEY_LIFE));
            keys.add(Map.entry(key, use));
            events.add(new Event.KeyUsed(key, use));
            rows.put(new Image.Key.OfUse(key), Optional.of(new Image.OfUse(key, use)));
        }
    }

    private void alter(Known job) {
        JobHead old = job.head;
        job.head = new JobHead(
                old.id(),
                old.tasks(),
                old.user(),
                old.project(),
                random.nextInt(100),
                old.submitted(),
                random.nextBoolean() ? old.ask() : old.ask().withLimit(Duration.ofMinutes(1 + random.nextInt(90))),
                old.rules(),
                old.atOnce(),
                old.after(),
                old.begin(),
                old.barred(),
                random.nextBoolean() ? old.image() : Optional.of("pinned@" + random.nextInt()),
                old.twin());
        events.add(new Event.Altered(job.head));
        rows.put(new Image.Key.OfJob(job.head.id()), Optional.of(new Image.OfJob(job.head)));
    }

    private void move(Known job, TaskSet tasks) {
        JobState known = job.slices.values().iterator().next().state();
        Attempt attempt =
                known instanceof JobState.Live live && random.nextInt(4) > 0 ? live.attempt() : attempt(job, tasks);
        Wish wish = random.nextInt(3) == 0 ? Wish.Stop.wanted(any(List.of(StopReason.values())), now) : Wish.RUN;
        JobState.Live to = new JobState.Live(attempt, phase(), wish);
        change(
                random.nextInt(5) == 0
                        ? new Event.Adopted(job.head.id(), tasks, to)
                        : new Event.Moved(job.head.id(), tasks, to, any(List.of(Event.Cause.values()))),
                job,
                tasks,
                to);
    }

    private void change(Event.OfTasks event, Known job, TaskSet tasks, JobState to) {
        events.add(event);
        set(job, tasks, to);
    }

    /** Gives tasks a state, and keeps the rows of their slices. */
    private void set(Known job, TaskSet tasks, JobState to) {
        TreeMap<Integer, Slice> after = new TreeMap<>();
        for (Slice slice : job.slices.values()) {
            TaskSet rest = slice.tasks().minus(tasks);
            if (!rest.isEmpty()) {
                after.put(rest.first(), new Slice(rest, slice.state()));
            }
        }
        after.put(tasks.first(), new Slice(tasks, to));
        JobId id = job.head.id();
        job.slices.keySet().forEach(lowest -> rows.put(new Image.Key.OfSlice(id, lowest), Optional.empty()));
        after.forEach((lowest, slice) -> rows.put(
                new Image.Key.OfSlice(id, lowest), Optional.of(new Image.OfSlice(id, slice.tasks(), slice.state()))));
        job.slices.clear();
        job.slices.putAll(after);
    }

    private void forget(Known job) {
        JobId id = job.head.id();
        // As an engine has it: a row changes once a batch, and a job that leaves has not changed in the same.
        if (rows.keySet().stream().anyMatch(key -> belongs(key, id))) {
            return;
        }
        jobs.remove(id);
        events.add(new Event.Forgotten(id));
        rows.put(new Image.Key.OfJob(id), Optional.empty());
        job.slices.keySet().forEach(lowest -> rows.put(new Image.Key.OfSlice(id, lowest), Optional.empty()));
    }

    private static boolean belongs(Image.Key key, JobId job) {
        return key instanceof Image.Key.OfJob of && of.job().equals(job)
                || key instanceof Image.Key.OfSlice slice && slice.job().equals(job);
    }

    /** What concerns no job, or only by the way. */
    private void beside(JobId job) {
        ClusterName cluster = any(CLUSTERS);
        switch (random.nextInt(8)) {
            case 0 -> {
                if (!keys.isEmpty() && !keys.peek().getValue().expires().isAfter(now)) {
                    IdempotencyKey key = keys.remove().getKey();
                    events.add(new Event.KeysExpired(List.of(key)));
                    rows.put(new Image.Key.OfUse(key), Optional.empty());
                }
            }
            case 1 -> {
                events.add(new Event.DrainSet(cluster, Event.Drain.ON, new UserName("olga")));
                Image row = new Image.OfCluster(cluster, Event.Drain.ON, Breaker.CLOSED);
                rows.put(row.key(), Optional.of(row));
            }
            case 2 -> {
                Breaker open = new Breaker.Open(now, now.plusMillis(1), Duration.ofMillis(1500));
                events.add(new Event.BreakerSet(cluster, open));
                Image row = new Image.OfCluster(cluster, Event.Drain.OFF, open);
                rows.put(row.key(), random.nextBoolean() ? Optional.of(row) : Optional.empty());
            }
            case 3 -> {
                ProjectPath project = new ProjectPath("physics");
                events.add(new Event.BudgetSet(project, Budget.CLOSED, new UserName("olga")));
                Image row = new Image.OfProject(project, Budget.CLOSED, random.nextLong(1L << 50), 3);
                rows.put(row.key(), Optional.of(row));
                Image used = new Image.OfUsage(
                        random.nextBoolean() ? Payer.of(project) : Payer.of(project, new UserName("olga")), usage());
                rows.put(used.key(), Optional.of(used));
            }
            case 4 -> {
                Leftover leftover = new Leftover(
                        attemptId(),
                        cluster,
                        Optional.empty(),
                        random.nextBoolean() ? Optional.of(binding()) : Optional.empty(),
                        TaskSet.range(1, 9, 2),
                        now,
                        now.plusSeconds(5),
                        "why");
                events.add(new Event.LeftBehind(leftover));
                Image row = new Image.OfLeftover(leftover);
                rows.put(row.key(), Optional.of(row));
                events.add(new Event.SweptUp(leftover.key()));
            }
            case 5 ->
                events.add(new Event.NativesCharged(
                        cluster,
                        now.minusSeconds(61),
                        now,
                        List.of(
                                new Event.NativeUse(new ProjectPath("physics"), load()),
                                new Event.NativeUse(new ProjectPath("physics/lattice"), Load.NONE))));
            case 6 -> events.add(new Event.Alerted(cluster, Optional.of(job), "attempt", "look at it \ud800\n"));
            default ->
                events.add(new Event.Settled(job, TaskSet.SOLE, new UserName("olga"), verdict(), "looked at by hand"));
        }
    }

    // Values

    private Event.Paid paid(JobHead head) {
        return new Event.Paid(head.user(), any(CLUSTERS), load());
    }

    private Load load() {
        return new Load(random.nextInt(9), random.nextLong(1L << 40), 2, new TreeMap<>(Map.of("a100", 2L)));
    }

    /** Doubles of every kind: they come back to the last bit. */
    private Usage usage() {
        SortedMap<Resource, Double> amounts = new TreeMap<>();
        amounts.put(Resource.on(CLUSTERS.getFirst(), Dimension.Plain.CPUS), random.nextDouble() * 1e9);
        amounts.put(Resource.on(CLUSTERS.getFirst(), Dimension.Plain.MEMORY), Math.scalb(random.nextDouble(), 60));
        amounts.put(
                Resource.on(CLUSTERS.getFirst(), new Dimension.GpusOf("a100")), Math.scalb(random.nextDouble(), -60));
        return new Usage(now, amounts);
    }

    /** The first so many of the clusters. */
    private static Refusals refusals(int clusters) {
        Refusals refusals = Refusals.NONE;
        for (ClusterName cluster : CLUSTERS.subList(0, clusters)) {
            refusals = refusals.and(cluster, "no default image");
        }
        return refusals;
    }

    private Attempt attempt(Known job, TaskSet tasks) {
        return new Attempt(
                attemptId(),
                job.head.id(),
                job.head.user(),
                any(CLUSTERS),
                random.nextBoolean() ? Optional.of("debug") : Optional.empty(),
                tasks,
                random.nextInt(3),
                random.nextBoolean() ? Optional.of(Duration.ofMinutes(1 + random.nextInt(100))) : Optional.empty(),
                refusals(random.nextInt(2)));
    }

    private AttemptId attemptId() {
        return AttemptId.random(7, random);
    }

    private Binding binding() {
        return any(List.of(new Binding("1", "2026-03-01T00:00:00Z", "ada"), new Binding("\ud800", "", "é")));
    }

    private Phase phase() {
        return switch (random.nextInt(9)) {
            case 0 -> new Phase.Intended(epoch, now);
            case 1 -> new Phase.Parked(binding(), Optional.of(new Phase.Blocked("full", now)));
            case 2 -> new Phase.Releasing(binding(), epoch, now, now);
            case 3 -> new Phase.Pending(binding(), 1, "");
            case 4 -> new Phase.Running(binding(), 1, now);
            case 5 -> new Phase.Paused(binding(), 0, now);
            case 6 -> new Phase.Completing(binding(), 0, now);
            case 7 -> new Phase.Withdrawing(binding(), 0, Phase.Step.READ, Phase.NOBODY, now);
            default -> new Phase.Missing(binding(), 2, Optional.of(now), now, any(List.of(Phase.Certainty.values())));
        };
    }

    private JobState.Waiting waiting() {
        EnumSet<Gate> gates = EnumSet.noneOf(Gate.class);
        for (Gate gate : Gate.values()) {
            if (random.nextInt(5) == 0) {
                gates.add(gate);
            }
        }
        return new JobState.Waiting(
                gates,
                random.nextInt(2),
                random.nextBoolean() ? Instant.EPOCH : now,
                refusals(random.nextInt(2)),
                random.nextBoolean() ? Optional.empty() : Optional.of(end()));
    }

    private Verdict verdict() {
        return any(List.of(
                Verdict.SUCCEEDED,
                Verdict.CANCELLED,
                new Verdict.Failed(3, 9, ""),
                new Verdict.TimedOut(),
                new Verdict.OutOfMemory(),
                new Verdict.NodeLost(),
                new Verdict.Interrupted("why"),
                new Verdict.Refused("no"),
                new Verdict.Cancelled(Verdict.Outcome.UNSEEN),
                new Verdict.DependencyNeverSatisfied()));
    }

    private AttemptEnd end() {
        return any(List.of(
                new AttemptEnd.Finished(verdict()),
                new AttemptEnd.Preempted(),
                new AttemptEnd.NeverStarted(),
                new AttemptEnd.Settled(verdict(), "by hand")));
    }

    private Labels labels() {
        return Labels.of(
                any(List.of(Map.of(), Map.of("team", "x"), Map.of("team", "", "example.org/Cost-Center", "A.b-C_1"))));
    }

    JobQuery query() {
        Set<Status> statuses = EnumSet.noneOf(Status.class);
        int some = random.nextInt(3);
        for (int i = 0; i < some; i++) {
            statuses.add(any(List.of(Status.values())));
        }
        TreeMap<String, String> labels = new TreeMap<>();
        if (random.nextInt(4) == 0) {
            labels.putAll(labels().values());
        }
        JobQuery.Scope scope = random.nextInt(3) > 0
                ? new JobQuery.Scope.Everything()
                : new JobQuery.Scope.Of(
                        any(List.of(new UserName("alice"), new UserName("nobody"))),
                        any(List.of(
                                Set.of(),
                                Set.of(new ProjectPath("0")),
                                Set.of(new ProjectPath("0"), new ProjectPath("physics"), new ProjectPath("none")))));
        return new JobQuery(
                scope,
                maybe(new UserName(any(List.of("alice", "bob", "zoe")))),
                maybe(new ProjectPath(any(List.of("physics", "0", "none")))),
                maybe(any(List.of("fit", "'\"\\", "日本語", "none"))),
                statuses,
                maybe(any(List.of(CLUSTERS.getFirst(), CLUSTERS.getLast(), new ClusterName("none")))),
                labels,
                maybe(now.minusSeconds(random.nextInt(200_000))),
                maybe(random.nextInt(9) == 0 ? Instant.MAX : now.minusSeconds(random.nextInt(200_000))),
                maybe(new JobId(JobId.FIRST + random.nextInt(next + 5 - JobId.FIRST))),
                1 + random.nextInt(12));
    }

    private <T> Optional<T> maybe(T value) {
        return random.nextInt(6) == 0 ? Optional.of(value) : Optional.empty();
    }

    private <T> T any(List<? extends T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}
