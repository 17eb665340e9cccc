package dev.sluice.engine;

import dev.sluice.image.ImageReference;
import dev.sluice.job.ClusterName;
import dev.sluice.job.Gate;
import dev.sluice.job.JobId;
import dev.sluice.job.JobState;
import dev.sluice.job.Refusal;
import dev.sluice.job.Refusals;
import dev.sluice.job.Slice;
import dev.sluice.job.TaskSet;
import dev.sluice.job.Verdict;
import dev.sluice.policy.plan.Move;
import dev.sluice.policy.plan.Planner;
import dev.sluice.policy.project.ProjectTree;
import dev.sluice.spec.Ask;
import dev.sluice.spec.JobSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The stage at the door: jobs are taken whole or refused with a reason, and wait behind their gates. */
final class Intake {
    private static final Duration RETRY = Duration.ofSeconds(10);
    /** The last id that SLURM's tools can take. */
    private static final long LAST_ID = Integer.MAX_VALUE - 1;

    private static final int BATCH = 256;

    private final Book book;
    private final Ancestry ancestry;

    Intake(Book book, Ancestry ancestry) {
        this.book = book;
        this.ancestry = ancestry;
    }

    Decision submit(Input.Submit submit, Instant now) {
        if (submit.token().isPresent()) {
            Input.Token token = submit.token().get();
            KeyUse use = book.registers.use(token.key());
            if (use != null && use.expires().isAfter(now)) {
                return Decision.only(
                        use.fingerprint() == token.fingerprint()
                                ? new Reply.Accepted(use.jobs())
                                : new Reply.KeyConflict("the idempotency key stands for another request body; "
                                        + "use a new key for a new request"));
            }
            if (use == null && book.registers.uses() >= book.settings.maxKeys()) {
                return Decision.only(new Reply.Busy("the table of idempotency keys is full", RETRY));
            }
        }
        long tasks = submit.jobs().stream()
                .mapToLong(job -> job.spec().tasks().size())
                .sum();
        if (book.tally.open() + tasks > book.settings.maxTasks()) {
            return Decision.only(new Reply.Busy(
                    "%d tasks are unfinished and %d are the limit"
                            .formatted(book.tally.open(), book.settings.maxTasks()),
                    RETRY));
        }
        if (book.nextId() + tasks > LAST_ID) {
            return Decision.only(noIds());
        }
        return accept(submit, now);
    }

    private static Reply noIds() {
        return new Reply.Busy("no job ids are left below 2^31", Duration.ofDays(1));
    }

    private Decision accept(Input.Submit submit, Instant now) {
        List<Event> events = new ArrayList<>();
        List<JobId> ids = new ArrayList<>();
        int next = book.nextId();
        Admission admission = new Admission(book.tally, book.settings.policy().projects());
        for (Input.Submission job : submit.jobs()) {
            Optional<String> objection = objection(job);
            if (objection.isPresent()) {
                return Decision.only(new Reply.Invalid(objection.get()));
            }
            Optional<Reply> refusal = admission.refusal(job.spec());
            if (refusal.isPresent()) {
                return Decision.only(refusal.get());
            }
            JobId id = new JobId(next);
            JobHead head = head(id, job, now);
            events.add(new Event.Accepted(head, job.spec(), gates(head, job.spec(), now)));
            ids.add(id);
            next += head.tasks().size();
        }
        submit.token()
                .ifPresent(token -> events.add(new Event.KeyUsed(
                        token.key(), new KeyUse(token.fingerprint(), ids, now.plus(book.settings.keyLife())))));
        return new Decision(events, new Reply.Accepted(ids));
    }

    /** Why this job can never run. */
    private Optional<String> objection(Input.Submission job) {
        Optional<String> dependency = ancestry.unknown(job);
        if (dependency.isPresent()) {
            return dependency;
        }
        for (ClusterName named : job.spec().ask().routing().allowed()) {
            if (!book.clusters.containsKey(named)) {
                return Optional.of("cluster: expected one of %s, found %s".formatted(book.clusters.keySet(), named));
            }
        }
        List<String> reasons = new ArrayList<>();
        for (ClusterName cluster : book.clusters.keySet()) {
            if (!job.spec().ask().routing().permits(cluster)) {
                reasons.add(cluster + ": not among the clusters that the job allows");
            } else {
                Optional<String> cannot = never(job, cluster);
                if (cannot.isEmpty()) {
                    return Optional.empty();
                }
                reasons.add(cluster + ": " + cannot.get());
            }
        }
        return Optional.of("no cluster can run the job. " + String.join(". ", reasons));
    }

    /** Why this cluster will never take it; empty where it may. */
    private static Optional<String> never(Input.Submission job, ClusterName cluster) {
        List<String> all = job.cannot().getOrDefault(cluster, List.of()).stream()
                .filter(refusal -> refusal.retry() == Refusal.Retry.NEVER)
                .map(Refusal::message)
                .toList();
        return all.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", all));
    }

    private JobHead head(JobId id, Input.Submission job, Instant now) {
        JobSpec spec = job.spec();
        Refusals barred = Refusals.NONE;
        for (ClusterName cluster : job.cannot().keySet()) {
            Optional<String> words = never(job, cluster);
            barred = words.isPresent() ? barred.and(cluster, words.get()) : barred;
        }
        return new JobHead(
                id,
                spec.tasks(),
                spec.user(),
                spec.project(),
                spec.priorityClass(),
                now,
                spec.ask(),
                spec.rules(),
                spec.array().map(array -> array.atOnce()).orElse(0),
                ancestry.remaining(job),
                spec.begin().filter(begin -> begin.isAfter(now)),
                barred,
                spec.container().map(container -> container.image()).map(ImageReference::toString),
                twin(spec));
    }

    /** FNV-1a over user and name: stable over restarts and releases. */
    private static long twin(JobSpec spec) {
        String text = spec.user() + "\n" + spec.name();
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
        }
        return hash;
    }

    private static JobState.Waiting gates(JobHead head, JobSpec spec, Instant now) {
        JobState.Waiting waiting = JobState.Waiting.FRESH;
        if (head.begin().isPresent()) {
            waiting = waiting.shut(Gate.BEGIN_TIME);
        }
        if (!head.after().isNone()) {
            waiting = waiting.shut(Gate.DEPENDENCY);
        }
        boolean tag =
                spec.container().map(container -> !container.image().isPinned()).orElse(false);
        return tag ? waiting.shut(Gate.PINNING_IMAGE) : waiting;
    }

    /** Gates that time and other jobs open, keys that expire, jobs that leave the heap. */
    void wake(Instant now, List<Event> events) {
        for (JobId id : book.wakes.due(now, BATCH)) {
            Job job = book.job(id);
            if (job != null) {
                begin(job, now, events);
            }
            events.add(new Event.Queued(
                    id, job == null ? TaskSet.EMPTY : job.head().tasks()));
            if (job != null && waits(job, Gate.DEPENDENCY)) {
                ancestry.check(job, now, events);
            }
        }
        for (JobId id : List.copyOf(book.unchecked)) {
            Job job = book.job(id);
            if (job == null) {
                events.add(new Event.DependenciesChecked(id, Optional.empty(), Optional.empty()));
            } else {
                ancestry.check(job, now, events);
            }
        }
        List<IdempotencyKey> expired = book.registers.expired(now, BATCH);
        if (!expired.isEmpty()) {
            events.add(new Event.KeysExpired(expired));
        }
        for (JobId id : book.wakes.endedBefore(now.minus(book.settings.heapRetention()), BATCH)) {
            if (!book.awaited(id)) {
                events.add(new Event.Forgotten(id));
            }
        }
    }

    private static boolean waits(Job job, Gate gate) {
        return job.slices().stream()
                .anyMatch(slice -> slice.state() instanceof JobState.Waiting waiting
                        && waiting.gates().contains(gate));
    }

    private static void begin(Job job, Instant now, List<Event> events) {
        boolean begun = job.head().begin().map(begin -> !begin.isAfter(now)).orElse(false);
        if (begun) {
            open(job, Gate.BEGIN_TIME, events);
        }
    }

    /** Opens a gate for all waiting tasks of a job. */
    static void open(Job job, Gate gate, List<Event> events) {
        for (Slice slice : job.slices()) {
            if (slice.state() instanceof JobState.Waiting waiting
                    && waiting.gates().contains(gate)) {
                events.add(new Event.Waited(job.id(), slice.tasks(), waiting.open(gate)));
            }
        }
    }

    void pinned(Input.DonePin done, Instant now, List<Event> events) {
        Job job = book.job(done.effect().job());
        if (job == null) {
            return;
        }
        switch (done.outcome()) {
            case Input.Pinning.Pinned pinned -> {
                events.add(new Event.Altered(job.head().withImage(pinned.reference())));
                open(job, Gate.PINNING_IMAGE, events);
            }
            case Input.Pinning.Refused refused -> {
                for (Slice slice : job.slices()) {
                    if (slice.state() instanceof JobState.Waiting) {
                        events.add(new Event.Ended(
                                job.id(),
                                slice.tasks(),
                                new JobState.Ended(
                                        new Verdict.Refused(refused.refusal().message()))));
                    }
                }
            }
            case Input.Pinning.Unknown unknown ->
                events.add(new Event.PinDeferred(job.id(), now.plus(book.settings.backoff())));
        }
    }

    /** What would become of a job, without taking it. */
    Decision attempt(Input.Try attempt, Instant now) {
        Optional<String> objection = objection(attempt.job());
        if (objection.isPresent()) {
            return Decision.only(new Reply.Invalid(objection.get()));
        }
        ProjectTree projects = book.settings.policy().projects();
        Optional<Reply> refusal =
                new Admission(book.tally, projects).refusal(attempt.job().spec());
        if (refusal.isPresent()) {
            return Decision.only(refusal.get());
        }
        if (book.nextId() + (long) attempt.job().spec().tasks().size() > LAST_ID) {
            return Decision.only(noIds());
        }
        JobHead head = head(new JobId(book.nextId()), attempt.job(), now);
        JobState.Waiting waiting = gates(head, attempt.job().spec(), now);
        Planner.Trial trial = book.planner.attempt(Feed.candidate(head, head.tasks(), waiting), room(head), now);
        List<Move.Start> starts = waiting.gates().isEmpty() ? trial.starts() : List.of();
        return Decision.only(new Reply.Tried(head, waiting, starts, trial.explanation()));
    }

    private static int room(JobHead head) {
        return head.atOnce() == 0 ? Planner.NO_LIMIT : head.atOnce();
    }

    Decision alter(Input.Alter alter, Job job) {
        JobHead head = job.head();
        if (alter.priorityClass().isPresent()) {
            int most = book.settings.policy().projects().mostPriority(head.project());
            if (alter.priorityClass().getAsInt() > most) {
                return Decision.only(new Reply.Invalid(Admission.tooHigh(
                        head.project(), most, alter.priorityClass().getAsInt())));
            }
            head = head.withPriorityClass(alter.priorityClass().getAsInt());
        }
        if (alter.limit().isPresent()) {
            Ask ask = head.ask().withLimit(alter.limit().get());
            head = head.withAsk(ask);
        }
        List<Event> events = new ArrayList<>();
        if (!head.equals(job.head())) {
            events.add(new Event.Altered(head));
        }
        alter.labels().ifPresent(labels -> events.add(new Event.Labelled(job.id(), labels)));
        return new Decision(events, Reply.DONE);
    }
}
