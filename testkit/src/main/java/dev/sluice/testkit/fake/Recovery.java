package dev.sluice.testkit.fake;

import dev.sluice.job.AttemptEnd;
import dev.sluice.job.Verdict;
import dev.sluice.testkit.fake.FakeSettings.Claims;
import dev.sluice.testkit.fake.TaskState.Then;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * What a controller's death takes with it, and what its next life makes of what it finds on the nodes (facts/slurm.md §5,
 * measured).
 */
final class Recovery {
    /** Of 14 jobs whose start was forgotten, 6 were launched again and 8 aborted. */
    private static final double LAUNCHED_AGAIN = 6.0 / 14;

    private static final int ABORT_MS = 3_000;
    private static final int LATEST_VERDICT_MS = 60_000;
    /** Of submits in mid-crash accounting had seen most already. */
    private static final double KNOWN_TO_ACCOUNTING = 0.8;

    private final FakeSettings settings;
    private final Agenda agenda;
    private final Outages outages;
    private final Queue queue;
    private final AccountingBook accounting;
    private final Controller controller;
    private final RandomGenerator random;
    private final FaultCounts faults;
    private final History history;
    private final Runnable othersSubmit;
    private int instance = 1;

    /** @param othersSubmit makes a job of somebody else's: it gets the next id */
    Recovery(
            FakeSettings settings,
            Agenda agenda,
            Outages outages,
            Queue queue,
            AccountingBook accounting,
            Controller controller,
            RandomGenerator random,
            FaultCounts faults,
            History history,
            Runnable othersSubmit) {
        this.settings = settings;
        this.agenda = agenda;
        this.outages = outages;
        this.queue = queue;
        this.accounting = accounting;
        this.controller = controller;
        this.random = random;
        this.faults = faults;
        this.history = history;
        this.othersSubmit = othersSubmit;
    }

    /** How many lives the controller has had. */
    int instance() {
        return instance;
    }

    void crash(long forgetsMs, long downMs) {
        if (outages.down > agenda.now()) {
            return;
        }
        faults.count(Fault.CONTROLLER_CRASH);
        history.tell(agenda, () -> "controller dies, forgets " + forgetsMs + " ms, is down " + downMs + " ms");
        instance++;
        outages.frozen = 0;
        outages.down = agenda.now() + Math.max(1_000, downMs);
        int forgotten = settings.flavour() == Flavour.SLURM ? forget(agenda.now() - forgetsMs) : 0;
        agenda.at(outages.down, () -> restart(forgotten));
    }

    /** Returns how many ids are free again. */
    private int forget(long since) {
        int freed = 0;
        for (Queue.Undone undone : queue.undoSince(since)) {
            boolean ours = undone.job().ours.isPresent();
            if (Queue.wasPark(undone)) {
                freed++;
            }
            if (ours) {
                countForgotten(undone);
            }
        }
        return freed;
    }

    private void countForgotten(Queue.Undone undone) {
        NativeJob job = undone.job();
        if (Queue.wasPark(undone)) {
            faults.count(Fault.PARK_FORGOTTEN);
            history.tell(agenda, () -> "park forgotten", job);
            haunt(job);
            return;
        }
        Optional<TaskState> before = undone.restored();
        if (before.isEmpty()) {
            return;
        }
        TaskState lost = undone.lost().orElseThrow();
        Fault fault = switch (before.get()) {
            case TaskState.Held s -> Fault.ORDER_FORGOTTEN;
            case TaskState.Pending s ->
                lost instanceof TaskState.Started ? Fault.START_FORGOTTEN : Fault.ORDER_FORGOTTEN;
            case TaskState.Started s ->
                lost instanceof TaskState.Started && lost.run() == s.run()
                        ? Fault.ORDER_FORGOTTEN
                        : Fault.END_FORGOTTEN;
            case TaskState.Completing s -> Fault.END_FORGOTTEN;
            case TaskState.Over s -> Fault.END_FORGOTTEN;
            case TaskState.Gone s -> Fault.END_FORGOTTEN;
        };
        faults.count(fault);
        history.tell(agenda, () -> "task " + job.indices[undone.slot()] + " is again " + before.get(), job);
    }

    private void haunt(NativeJob job) {
        if (!accounting.kept() || random.nextDouble() >= KNOWN_TO_ACCOUNTING) {
            return;
        }
        faults.count(Fault.GHOST);
        for (int slot = 0; slot < job.states.length; slot++) {
            accounting.lost(job, slot, job.states[slot], queue.changes());
        }
    }

    private void restart(int forgotten) {
        history.tell(agenda, () -> "controller is back");
        for (int i = forgotten > 0 ? random.nextInt(forgotten + 1) : 0; i > 0; i--) {
            agenda.in(random.nextInt(3_000), othersSubmit);
        }
        controller.nodes().alive().forEach(this::recognise);
        for (NativeJob job : List.copyOf(queue.jobs())) {
            for (int slot = 0; slot < job.states.length; slot++) {
                resume(job, slot);
            }
        }
        listenAgain();
    }

    /** Hears of what ended in the meantime, and looks for what may start. */
    void listenAgain() {
        for (Launch launch : controller.takeUnheard()) {
            agenda.in(1_000, () -> controller.ended(launch));
        }
        controller.schedule();
    }

    /** A process that the controller has no record of, or a record without its start. */
    private void recognise(Launch launch) {
        NativeJob job = launch.job;
        TaskState state = job.states[launch.slot];
        if (job.queued && state instanceof TaskState.Started started && started.launch() == launch) {
            return;
        }
        boolean forgottenStart = job.queued && state instanceof TaskState.Pending && state.run() == launch.run;
        if (!forgottenStart) {
            agenda.in(ABORT_MS, () -> controller.nodes().kill(launch));
        } else if (job.ours.isEmpty() || random.nextDouble() >= LAUNCHED_AGAIN) {
            queue.set(
                    job,
                    launch.slot,
                    new TaskState.Running(launch.run, state.incarnation(), launch, Then.PENDING),
                    agenda.now());
            agenda.in(ABORT_MS, () -> revoke(launch));
        } else if (random.nextBoolean()) {
            agenda.in(1 + random.nextInt(ABORT_MS), () -> controller.nodes().kill(launch));
        }
    }

    private void revoke(Launch launch) {
        if (launch.alive) {
            faults.count(Fault.CREDENTIAL_REVOKED);
            AttemptEnd end = settings.claims() == Claims.SEEN
                    ? new AttemptEnd.Interrupted(Nodes.REVOKED)
                    : new AttemptEnd.Finished(new Verdict.Failed(1, 0, Nodes.REVOKED));
            controller.nodes().force(launch, agenda.now(), end);
        }
    }

    /** Something of the queue whose next step was only in the dead controller's memory. */
    private void resume(NativeJob job, int slot) {
        switch (job.states[slot]) {
            case TaskState.Held s -> {}
            case TaskState.Pending pending -> agenda.at(pending.notBefore(), controller::schedule);
            case TaskState.Started started -> {
                if (!started.launch().alive) {
                    agenda.in(1_000 + random.nextInt(2_000), () -> missing(job, slot, started));
                }
            }
            case TaskState.Completing tidying -> controller.tidied(job, slot, tidying, 1_000);
            case TaskState.Over over -> controller.forgetLater(job, slot, over);
            case TaskState.Gone s -> {}
        }
    }

    /** It is believed to run and no node has it: either its end is told again, or it counts as lost with its node. */
    private void missing(NativeJob job, int slot, TaskState.Started started) {
        if (!believed(job, slot, started.launch())) {
            return;
        }
        if (!controller.active()) {
            agenda.in(ABORT_MS, () -> missing(job, slot, started));
            return;
        }
        Launch launch = started.launch();
        boolean told = launch.end.isPresent()
                && (random.nextBoolean()
                        || accounting.end(job, slot, started.incarnation()).isPresent());
        if (told) {
            controller.settle(launch);
            return;
        }
        agenda.in(random.nextInt(LATEST_VERDICT_MS), () -> giveUp(job, slot, started));
    }

    /** Whether it is on record as started, paused meanwhile or not. */
    private static boolean believed(NativeJob job, int slot, Launch launch) {
        return job.queued && job.states[slot] instanceof TaskState.Started started && started.launch() == launch;
    }

    private void giveUp(NativeJob job, int slot, TaskState.Started started) {
        if (believed(job, slot, started.launch())) {
            if (controller.active()) {
                controller.breakOff(job, slot, started, new AttemptEnd.NodeLost());
            } else {
                agenda.in(ABORT_MS, () -> giveUp(job, slot, started));
            }
        }
    }
}
