package dev.sluice.testkit.fake;

import dev.sluice.cluster.PastRun;
import dev.sluice.cluster.Sighting.Holder;
import dev.sluice.job.AttemptEnd;
import dev.sluice.testkit.fake.FakeSettings.NativeRequeue;
import dev.sluice.testkit.fake.TaskState.Then;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/** The daemon that moves jobs through its queue: starts them, hears of their ends, requeues and forgets them. */
final class Controller implements Nodes.Listener {
    private static final long REQUEUE_DELAY_MS = 30_000;
    private static final int TIDY_UP_MS = 3_000;

    private final FakeSettings settings;
    private final Fate.Fates fates;
    private final Agenda agenda;
    private final Outages outages;
    private final Queue queue;
    private final AccountingBook accounting;
    private final RandomGenerator random;
    private final FaultCounts faults;
    private final History history;
    private final Nodes nodes;
    private final List<Launch> unheard = new ArrayList<>();
    private int cpus;
    private boolean passComing;

    Controller(
            FakeSettings settings,
            Fate.Fates fates,
            Agenda agenda,
            Outages outages,
            Queue queue,
            AccountingBook accounting,
            ClaimDirectory claims,
            RandomGenerator random,
            Ledger ledger,
            FaultCounts faults,
            History history) {
        this.settings = settings;
        this.fates = fates;
        this.agenda = agenda;
        this.outages = outages;
        this.queue = queue;
        this.accounting = accounting;
        this.random = random;
        this.faults = faults;
        this.history = history;
        this.cpus = settings.cpus();
        this.nodes = new Nodes(settings, agenda, outages, claims, ledger, faults, history, this);
    }

    Nodes nodes() {
        return nodes;
    }

    int cpus() {
        return cpus;
    }

    void cpus(int next) {
        cpus = next;
        schedule();
    }

    boolean active() {
        return outages.active(agenda.now());
    }

    /** What a new object, or a new run, is told from others of its id by. */
    String incarnation(long number) {
        return settings.flavour() == Flavour.SLURM
                ? Long.toString((agenda.now() + settings.skew().toMillis()) / 1000)
                : "uid-" + number;
    }

    /** Something may be able to start: soon the scheduler looks. */
    void schedule() {
        if (!passComing) {
            passComing = true;
            agenda.in(settings.schedule().toMillis(), this::pass);
        }
    }

    private void pass() {
        passComing = false;
        if (!active()) {
            return;
        }
        for (NativeJob job : new ArrayList<>(queue.jobs())) {
            for (int slot = 0; slot < job.states.length && fits(job); slot++) {
                if (job.states[slot] instanceof TaskState.Pending pending && pending.notBefore() <= agenda.now()) {
                    start(job, slot, pending);
                }
            }
        }
    }

    private boolean fits(NativeJob job) {
        return job.pending > 0 && job.started < job.atOnce && queue.usedCpus() + job.cpus <= cpus;
    }

    private void start(NativeJob job, int slot, TaskState.Pending pending) {
        boolean again = job.launchedRun[slot] == pending.run();
        if (again) {
            faults.count(Fault.LAUNCHED_TWICE);
        }
        job.launchedRun[slot] = pending.run();
        history.tell(agenda, () -> "task " + job.indices[slot] + (again ? " starts again by itself" : " starts"), job);
        Launch launch = nodes.start(job, slot, pending, fate(job, slot, pending.run()));
        queue.set(
                job,
                slot,
                new TaskState.Running(pending.run(), pending.incarnation(), launch, Then.PENDING),
                agenda.now());
    }

    private Fate fate(NativeJob job, int slot, int run) {
        return job.ours.isPresent()
                ? fates.of(job.ours.get().attempt().job(), job.indices[slot], run)
                : Fate.succeedsAfter(Duration.ofSeconds(1 + random.nextInt(600)));
    }

    @Override
    public void passedGate(Launch launch) {
        if (launch.job.queued) {
            queue.touch(launch.job, launch.slot);
        }
    }

    @Override
    public void ended(Launch launch) {
        if (active()) {
            settle(launch);
        } else {
            unheard.add(launch);
        }
    }

    /** What ended while nobody listened; heard of once the controller listens again. */
    List<Launch> takeUnheard() {
        List<Launch> all = List.copyOf(unheard);
        unheard.clear();
        return all;
    }

    void settle(Launch launch) {
        if (!launch.job.queued || launch.end.isEmpty()) {
            return;
        }
        if (launch.job.states[launch.slot] instanceof TaskState.Started started && started.launch() == launch) {
            AttemptEnd end = launch.end.get();
            if (random.nextInt(4) == 0 && settings.flavour() == Flavour.SLURM) {
                TaskState.Completing tidying = new TaskState.Completing(
                        started.run(), started.incarnation(), end, launch.started, launch.endedAt);
                queue.set(launch.job, launch.slot, tidying, agenda.now());
                tidied(launch.job, launch.slot, tidying, 1 + random.nextInt(TIDY_UP_MS));
            } else {
                over(launch.job, launch.slot, end, launch.started, launch.endedAt);
            }
        }
    }

    void tidied(NativeJob job, int slot, TaskState.Completing tidying, long inMs) {
        agenda.in(inMs, () -> {
            if (job.queued && job.states[slot] == tidying) {
                if (active()) {
                    over(job, slot, tidying.end(), tidying.started(), tidying.at());
                } else {
                    tidied(job, slot, tidying, TIDY_UP_MS);
                }
            }
        });
    }

    /** A task is over, here and in accounting. */
    void over(NativeJob job, int slot, AttemptEnd end, long started, long at) {
        TaskState before = job.states[slot];
        TaskState.Over over = new TaskState.Over(before.run(), before.incarnation(), end, started, at);
        history.tell(agenda, () -> "task " + job.indices[slot] + " is over: " + end, job);
        queue.set(job, slot, over, agenda.now());
        accounting.ended(job, slot, over);
        forgetLater(job, slot, over);
        schedule();
    }

    void forgetLater(NativeJob job, int slot, TaskState.Over over) {
        settings.minJobAge().ifPresent(age -> agenda.in(age.toMillis(), () -> forget(job, slot, over)));
    }

    private void forget(NativeJob job, int slot, TaskState.Over over) {
        if (!job.queued || job.states[slot] != over) {
            return;
        }
        if (!active()) {
            agenda.in(TIDY_UP_MS, () -> forget(job, slot, over));
            return;
        }
        queue.set(job, slot, new TaskState.Gone(over.run(), over.incarnation()), agenda.now());
        accounting.lost(job, slot, over, queue.changes());
        if (job.gone()) {
            queue.remove(job, agenda.now());
        }
    }

    /** A task that was started cannot go on: it ends so, or waits again where cluster and spec want that. */
    void breakOff(NativeJob job, int slot, TaskState.Started started, AttemptEnd end) {
        nodes.kill(started.launch());
        boolean requeues = settings.nativeRequeue() == NativeRequeue.BY_SPEC
                && job.ours.isPresent()
                && job.ours.get().spec().rules().requeues();
        if (requeues) {
            requeue(job, slot, started);
        } else {
            over(job, slot, end, started.launch().started, agenda.now());
        }
    }

    private void requeue(NativeJob job, int slot, TaskState.Started started) {
        faults.count(Fault.REQUEUED_THERE);
        history.tell(agenda, () -> "task " + job.indices[slot] + " is requeued", job);
        long skewMs = settings.skew().toMillis();
        PastRun broken = new PastRun(
                started.run(),
                Instant.ofEpochMilli(started.launch().started + skewMs),
                Instant.ofEpochMilli(agenda.now() + skewMs));
        job.past.computeIfAbsent(slot, each -> new TreeMap<>()).put(started.run(), broken);
        int run = started.run() + 1;
        String incarnation = settings.flavour() == Flavour.SLURM ? incarnation(job.number) : started.incarnation();
        if (started.next() == Then.HELD) {
            faults.count(Fault.HOLD_BIT);
            queue.set(job, slot, new TaskState.Held(run, incarnation, Holder.US, Then.HELD), agenda.now());
        } else {
            long notBefore = agenda.now() + REQUEUE_DELAY_MS;
            queue.set(job, slot, new TaskState.Pending(run, incarnation, notBefore), agenda.now());
            agenda.at(notBefore, this::schedule);
        }
        schedule();
    }
}
