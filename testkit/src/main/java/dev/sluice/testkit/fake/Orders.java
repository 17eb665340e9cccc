package dev.sluice.testkit.fake;

import dev.sluice.cluster.Alteration;
import dev.sluice.cluster.Change;
import dev.sluice.cluster.Grant;
import dev.sluice.cluster.Parking;
import dev.sluice.cluster.Release;
import dev.sluice.cluster.Sighting.Holder;
import dev.sluice.cluster.Stopping;
import dev.sluice.job.Attempt;
import dev.sluice.job.AttemptEnd;
import dev.sluice.job.AttemptId;
import dev.sluice.job.Binding;
import dev.sluice.job.Refusal;
import dev.sluice.job.TaskSet;
import dev.sluice.spec.JobSpec;
import dev.sluice.testkit.fake.FakeSettings.Claims;
import dev.sluice.testkit.fake.FakeSettings.ReleaseBy;
import dev.sluice.testkit.fake.TaskState.Then;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What requests of ours do when they get there: park, release, stop, alter. */
final class Orders {
    /** A cluster of a few nodes has none that is larger. */
    private static final int LARGEST_JOB_CPUS = 1 << 16;

    private final FakeSettings settings;
    private final Agenda agenda;
    private final Outages outages;
    private final Queue queue;
    private final AccountingBook accounting;
    private final ClaimDirectory claims;
    private final Controller controller;
    private final RandomGenerator random;
    private final Ledger ledger;
    private final FaultCounts faults;
    private final History history;

    Orders(
            FakeSettings settings,
            Agenda agenda,
            Outages outages,
            Queue queue,
            AccountingBook accounting,
            ClaimDirectory claims,
            Controller controller,
            RandomGenerator random,
            Ledger ledger,
            FaultCounts faults,
            History history) {
        this.settings = settings;
        this.agenda = agenda;
        this.outages = outages;
        this.queue = queue;
        this.accounting = accounting;
        this.claims = claims;
        this.controller = controller;
        this.random = random;
        this.ledger = ledger;
        this.faults = faults;
        this.history = history;
    }

    List<Refusal> cannot(JobSpec spec) {
        long cpus = spec.ask().resources().cpus();
        return cpus <= LARGEST_JOB_CPUS
                ? List.of()
                : List.of(Refusal.never("too-large", "at most " + LARGEST_JOB_CPUS + " cpus, found " + cpus));
    }

    Parking park(Attempt attempt, JobSpec spec) {
        List<Refusal> refusals = cannot(spec);
        if (!refusals.isEmpty()) {
            return new Parking.Refused(refusals.getFirst());
        }
        if (outages.parks > agenda.now()) {
            faults.count(Fault.PARK_REFUSED);
            return new Parking.Refused(Refusal.later("queue-full", "the cluster takes no more jobs for now"));
        }
        if (settings.flavour() == Flavour.KUBERNETES) {
            NativeJob there = queue.byId(attempt.id().toString());
            if (there != null) {
                return sameName(there, attempt, spec);
            }
        }
        return parked(attempt, spec);
    }

    private Parking sameName(NativeJob there, Attempt attempt, JobSpec spec) {
        faults.count(Fault.ALREADY_EXISTS);
        boolean same = there.ours
                .filter(ours ->
                        ours.spec().equals(spec) && ours.attempt().tasks().equals(attempt.tasks()))
                .isPresent();
        return same
                ? new Parking.Parked(there.binding(there.states[0].incarnation()), List.of("already exists"))
                : new Parking.Refused(Refusal.never("already-exists", "an object of this name has another spec"));
    }

    private Parking parked(Attempt attempt, JobSpec spec) {
        long number = queue.nextNumber();
        String nativeId = settings.flavour() == Flavour.SLURM
                ? Long.toString(number)
                : attempt.id().toString();
        boolean limited = outages.limitedParks > agenda.now();
        Holder by = limited ? Holder.LIMIT : settings.flavour() == Flavour.KUBERNETES ? Holder.UNRELEASED : Holder.US;
        String incarnation = controller.incarnation(number);
        NativeJob job =
                NativeJob.ours(number, nativeId, attempt, spec, new TaskState.Held(0, incarnation, by, Then.HELD));
        if (!queue.byKey(attempt.id()).isEmpty()) {
            faults.count(Fault.TWINS);
        }
        if (limited) {
            faults.count(Fault.HELD_BY_LIMIT);
        }
        queue.add(job, agenda.now());
        history.tell(agenda, () -> "parked", job);
        return new Parking.Parked(
                job.binding(incarnation),
                limited ? List.of("the job is held by a limit: AssocMaxSubmitJobLimit") : List.of());
    }

    Release release(Grant grant) {
        NativeJob job = queue.byId(grant.binding().nativeId());
        if (job == null || !job.owner.equals(grant.binding().owner())) {
            return new Release.Absent();
        }
        AttemptId attempt = grant.attempt().id();
        boolean verified = carries(job, attempt);
        if (settings.release() == ReleaseBy.ID && settings.flavour() == Flavour.SLURM) {
            boolean right = verified
                    && !slots(job, attempt, grant.binding(), grant.tasks()).isEmpty();
            return right
                    ? letGo(job, slots(job, attempt, grant.binding(), grant.tasks()))
                    : letGoBlindly(job, attempt, verified);
        }
        return letGo(job, slots(job, attempt, grant.binding(), grant.tasks()));
    }

    /** It hits whatever has that id: a stranger, or a later run of what was meant. */
    private Release letGoBlindly(NativeJob job, AttemptId meant, boolean verified) {
        if (!verified) {
            faults.count(Fault.FOREIGN_TOUCHED);
            ledger.touched(new Ledger.Touch(
                    "release",
                    job.nativeId,
                    job.owner,
                    "meant for " + meant + ", hit "
                            + job.key.map(AttemptId::toString).orElse("a foreign job"),
                    Instant.ofEpochMilli(agenda.now())));
        }
        List<Integer> all = new ArrayList<>();
        for (int slot = 0; slot < job.states.length; slot++) {
            all.add(slot);
        }
        return letGo(job, all);
    }

    private Release letGo(NativeJob job, List<Integer> slots) {
        Optional<Refusal> refusal = Optional.empty();
        boolean live = false;
        for (int slot : slots) {
            TaskState state = job.states[slot];
            live |= state.live();
            if (state instanceof TaskState.Held held) {
                if (held.isByUs()) {
                    pend(job, slot, held);
                } else {
                    refusal = Optional.of(Refusal.later("held", "held by " + held.by()));
                }
            }
        }
        if (refusal.isPresent()) {
            return new Release.Refused(refusal.get());
        }
        return live ? new Release.Released() : new Release.Absent();
    }

    void pend(NativeJob job, int slot, TaskState.Held held) {
        queue.set(job, slot, new TaskState.Pending(held.run(), held.incarnation(), 0), agenda.now());
        history.tell(agenda, () -> "task " + job.indices[slot] + " is released", job);
        controller.schedule();
    }

    private static boolean carries(NativeJob job, AttemptId attempt) {
        return job.ours.isPresent() && job.key.filter(attempt::equals).isPresent();
    }

    /** The slots of the tasks that are this attempt's and this binding's. */
    private static List<Integer> slots(NativeJob job, AttemptId attempt, Binding binding, TaskSet tasks) {
        List<Integer> slots = new ArrayList<>();
        if (carries(job, attempt)) {
            for (int slot = 0; slot < job.states.length; slot++) {
                if (tasks.contains(job.indices[slot]) && job.is(binding, slot)) {
                    slots.add(slot);
                }
            }
        }
        return slots;
    }

    private List<Integer> slots(AttemptId attempt, Binding binding, TaskSet tasks) {
        @Nullable NativeJob job = queue.byId(binding.nativeId());
        return job == null ? List.of() : slots(job, attempt, binding, tasks);
    }

    Stopping stop(AttemptId attempt, Binding binding, TaskSet tasks, Duration grace) {
        List<Stopping> each = new ArrayList<>();
        for (int slot : slots(attempt, binding, tasks)) {
            each.add(stop(job(binding), slot, grace));
        }
        if (each.stream().allMatch(Stopping.Absent.class::isInstance)) {
            each = ended(attempt, binding, tasks);
        }
        if (each.isEmpty()) {
            return new Stopping.Absent();
        }
        if (each.size() < tasks.size()) {
            return new Stopping.Asked();
        }
        // Ends that differ do not fit into one answer: each is seen by observing.
        return each.stream().allMatch(each.getFirst()::equals) ? each.getFirst() : new Stopping.Asked();
    }

    private NativeJob job(Binding binding) {
        NativeJob job = queue.byId(binding.nativeId());
        if (job == null) {
            throw new IllegalStateException("no object " + binding);
        }
        return job;
    }

    private List<Stopping> ended(AttemptId attempt, Binding binding, TaskSet tasks) {
        List<Stopping> ends = new ArrayList<>();
        if (accounting.answers()) {
            for (AccountingBook.Row row : accounting.rows(attempt)) {
                NativeJob job = row.job();
                boolean meant = job.binding(row.over().incarnation()).equals(binding);
                if (meant && tasks.contains(job.indices[row.slot()])) {
                    ends.add(told(row.over()));
                }
            }
        }
        return ends;
    }

    private Stopping told(TaskState.Over over) {
        if (over.run() == 0 && over.end() instanceof AttemptEnd.Stopped && over.started() == over.at()) {
            return new Stopping.NeverRan();
        }
        long skew = settings.skew().toMillis();
        return new Stopping.Ended(
                over.end(), Instant.ofEpochMilli(over.started() + skew), Instant.ofEpochMilli(over.at() + skew));
    }

    private Stopping stop(NativeJob job, int slot, Duration grace) {
        return switch (job.states[slot]) {
            case TaskState.Held held -> cancelled(job, slot, held);
            case TaskState.Pending pending -> cancelled(job, slot, pending);
            case TaskState.Started started -> {
                long in = grace.isZero() ? 1 : 1 + (long) (random.nextDouble() * grace.toMillis());
                controller.nodes().force(started.launch(), agenda.now() + in, new AttemptEnd.Stopped());
                yield new Stopping.Asked();
            }
            case TaskState.Completing completing -> new Stopping.Asked();
            case TaskState.Over over -> told(over);
            case TaskState.Gone gone ->
                accounting.answers()
                        ? accounting
                                .end(job, slot, gone.incarnation())
                                .map(this::told)
                                .orElse(new Stopping.Absent())
                        : new Stopping.Absent();
        };
    }

    /** A task that is not on a node, as the controller has it: where claims can be seen they tell whether it was. */
    private Stopping cancelled(NativeJob job, int slot, TaskState state) {
        controller.over(job, slot, endOfWaiting(job, slot, state), agenda.now(), agenda.now());
        return told((TaskState.Over) job.states[slot]);
    }

    AttemptEnd endOfWaiting(NativeJob job, int slot, TaskState state) {
        boolean readable = settings.claims() == Claims.SEEN && outages.claims <= agenda.now();
        boolean started = readable
                && job.key
                        .filter(key -> claims.heldBy(ClaimDirectory.Holder.LAUNCH, key, job.indices[slot], state.run()))
                        .isPresent();
        return started
                ? new AttemptEnd.Interrupted("it had started, and its cluster forgot it")
                : new AttemptEnd.Stopped();
    }

    Alteration alter(AttemptId attempt, Binding binding, TaskSet tasks, Change change) {
        List<Integer> slots = slots(attempt, binding, tasks);
        if (slots.stream().noneMatch(slot -> job(binding).states[slot].live())) {
            return new Alteration.Absent();
        }
        NativeJob job = job(binding);
        return switch (change) {
            case Change.Hold order -> hold(job, slots);
            case Change.Unhold order -> unhold(job, slots);
            case Change.Limit order -> limit(job, order.limit());
        };
    }

    private Alteration hold(NativeJob job, List<Integer> slots) {
        boolean conditioned = settings.flavour() == Flavour.KUBERNETES;
        if (conditioned && slots.stream().anyMatch(slot -> job.states[slot].occupies())) {
            return new Alteration.Refused(Refusal.never("started", "a container of it has started"));
        }
        for (int slot : slots) {
            switch (job.states[slot]) {
                case TaskState.Pending pending -> {
                    TaskState.Held held =
                            new TaskState.Held(pending.run(), pending.incarnation(), Holder.US, Then.HELD);
                    queue.set(job, slot, held, agenda.now());
                }
                case TaskState.Started started -> {
                    faults.count(Fault.HOLD_TOO_LATE);
                    queue.set(job, slot, with(started, Then.HELD), agenda.now());
                }
                case TaskState.Held held -> {}
                case TaskState.Completing over -> {}
                case TaskState.Over over -> {}
                case TaskState.Gone over -> {}
            }
        }
        history.tell(agenda, () -> "held by us", job);
        return new Alteration.Altered();
    }

    private Alteration unhold(NativeJob job, List<Integer> slots) {
        boolean refused = false;
        for (int slot : slots) {
            switch (job.states[slot]) {
                case TaskState.Held held -> {
                    refused |= !held.isByUs();
                    if (held.isByUs()) {
                        pend(job, slot, held);
                    }
                }
                case TaskState.Started started -> queue.set(job, slot, with(started, Then.PENDING), agenda.now());
                case TaskState.Pending pending -> {}
                case TaskState.Completing over -> {}
                case TaskState.Over over -> {}
                case TaskState.Gone over -> {}
            }
        }
        return refused ? new Alteration.Refused(Refusal.later("held", "held by others")) : new Alteration.Altered();
    }

    private static TaskState with(TaskState.Started started, Then next) {
        return switch (started) {
            case TaskState.Running s -> new TaskState.Running(s.run(), s.incarnation(), s.launch(), next);
            case TaskState.Paused s -> new TaskState.Paused(s.run(), s.incarnation(), s.launch(), next);
        };
    }

    private Alteration limit(NativeJob job, Duration limit) {
        boolean started = false;
        for (TaskState state : job.states) {
            started |= state instanceof TaskState.Started;
        }
        if (started && limit.toMillis() > job.limitMs) {
            return new Alteration.Refused(
                    Refusal.never("limit", "only an administrator raises the limit of what runs"));
        }
        limitBy(job, limit.toMillis());
        return new Alteration.Altered();
    }

    void limitBy(NativeJob job, long limitMs) {
        job.limitMs = Math.clamp(limitMs, 1_000, Agenda.NEVER / 8);
        queue.touch(job);
        for (TaskState state : job.states) {
            if (state instanceof TaskState.Started started && started.launch().alive) {
                controller.nodes().plan(started.launch());
            }
        }
    }
}
