package dev.sluice.testkit.fake;

import dev.sluice.cluster.Sighting.Holder;
import dev.sluice.job.AttemptId;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** The cluster's other users: their jobs take ids and CPUs, and no request of ours may touch them. */
final class Others {
    private static final String SOMEBODY = "mallory";

    private final FakeSettings settings;
    private final Queue queue;
    private final Controller controller;
    private final Agenda agenda;
    private final RandomGenerator random;
    private final FaultCounts faults;
    private final History history;

    Others(
            FakeSettings settings,
            Queue queue,
            Controller controller,
            Agenda agenda,
            RandomGenerator random,
            FaultCounts faults,
            History history) {
        this.settings = settings;
        this.queue = queue;
        this.controller = controller;
        this.agenda = agenda;
        this.random = random;
        this.faults = faults;
        this.history = history;
    }

    /** Somebody's job, drawn; mostly held, and of an account of ours, which is what could be mistaken for ours. */
    void submitAfterCrash() {
        if (controller.active()) {
            submit(
                    random.nextInt(3) > 0 ? Mischief.Held.HELD : Mischief.Held.RELEASED,
                    random.nextInt(3) > 0 ? Mischief.Account.OURS : Mischief.Account.ANOTHER,
                    Optional.empty());
        }
    }

    void submit(Mischief.Held held, Mischief.Account account, Optional<AttemptId> copiedKey) {
        faults.count(Fault.FOREIGN_JOB);
        long number = queue.nextNumber();
        String nativeId = settings.flavour() == Flavour.SLURM ? Long.toString(number) : "other-" + number;
        String incarnation = controller.incarnation(number);
        TaskState first = switch (held) {
            case HELD -> new TaskState.Held(0, incarnation, Holder.US, TaskState.Then.HELD);
            case RELEASED -> new TaskState.Pending(0, incarnation, 0);
        };
        NativeJob job = NativeJob.foreign(number, nativeId, owner(account), copiedKey, 1 + random.nextInt(4), first);
        queue.add(job, agenda.now());
        history.tell(agenda, () -> "somebody else's job", job);
        controller.schedule();
    }

    private String owner(Mischief.Account account) {
        return switch (account) {
            case ANOTHER -> SOMEBODY;
            case OURS -> {
                List<String> accounts = queue.ourAccounts();
                yield accounts.isEmpty() ? SOMEBODY : accounts.get(random.nextInt(accounts.size()));
            }
        };
    }
}
