package dev.sluice.testkit.fake;

import dev.sluice.cluster.Sighting.Holder;
import dev.sluice.job.AttemptEnd;
import dev.sluice.job.AttemptId;
import dev.sluice.testkit.fake.TaskState.Then;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/**
 * Everything a chaos script can do to a fake cluster. What needs a victim draws one among those that fit, and says whether
 * there was one; {@link Fault} counts what really happened.
 */
public final class Mischief {
    /** What becomes of the requests that lie in a frozen controller. */
    public enum Thaw {
        /** Carried out and answered. */
        ANSWERS,
        /** Carried out, and nobody is there to be told. */
        ACTS,
        /** Thrown away. */
        DROPS
    }

    /** Who meddles. */
    public enum Who {
        OWNER,
        ADMINISTRATOR,
        LIMIT
    }

    /** How another's job comes. */
    public enum Held {
        HELD,
        RELEASED
    }

    /** Whose another's job is. */
    public enum Account {
        /** Of an account that objects of ours have too. */
        OURS,
        ANOTHER
    }

    private record Victim(NativeJob job, int slot) {}

    private final FakeCluster cluster;
    private final Agenda agenda;
    private final Outages outages;
    private final Queue queue;
    private final AccountingBook accounting;
    private final Controller controller;
    private final Recovery recovery;
    private final Orders orders;
    private final Others others;
    private final RandomGenerator random;
    private final FaultCounts faults;
    private final History history;

    Mischief(
            FakeCluster cluster,
            Agenda agenda,
            Outages outages,
            Queue queue,
            AccountingBook accounting,
            Controller controller,
            Recovery recovery,
            Orders orders,
            Others others,
            RandomGenerator random,
            FaultCounts faults,
            History history) {
        this.cluster = cluster;
        this.agenda = agenda;
        this.outages = outages;
        this.queue = queue;
        this.accounting = accounting;
        this.controller = controller;
        this.recovery = recovery;
        this.orders = orders;
        this.others = others;
        this.random = random;
        this.faults = faults;
        this.history = history;
    }

    /**
     * The controller is killed and comes back.
     *
     * @param forgets all that it acknowledged within so long before, at most a minute (SLURM: about a second was seen;
     *     Kubernetes forgets nothing)
     * @param down a second at least
     */
    public void crash(Instant now, Duration forgets, Duration down) {
        cluster.advanceTo(now);
        recovery.crash(Math.min(forgets.toMillis(), Queue.MEMORY_MS), down.toMillis());
    }

    /**
     * The controller is killed shortly after the next such moment of an object of ours: what it has just acknowledged, started
     * or heard of is what it forgets. One ambush at a time; {@link #heal} calls it off.
     *
     * @param delay after the moment; less than {@code forgets} to hit it
     */
    public void ambush(Instant now, Moment moment, Duration delay, Duration forgets, Duration down) {
        cluster.advanceTo(now);
        queue.watch(seen -> {
            if (seen == moment) {
                queue.watchNoMore();
                agenda.in(delay.toMillis(), () -> recovery.crash(forgets.toMillis(), down.toMillis()));
            }
        });
    }

    /** Nothing gets there, and nothing comes back. */
    public void unreachable(Instant now, Duration time) {
        cluster.advanceTo(now);
        outages.unreachable = until(time);
        tell("unreachable for " + time);
    }

    /** The controller takes connections and does nothing; not while it is down. */
    public void freeze(Instant now, Duration time, Thaw thaw) {
        cluster.advanceTo(now);
        if (outages.down > agenda.now()) {
            return;
        }
        outages.frozen = until(time);
        outages.thaw = thaw;
        agenda.at(outages.frozen, recovery::listenAgain);
        tell("frozen for " + time + ", then " + thaw);
    }

    /** Searches and looks at everything fail; other requests go on. */
    public void searchesFail(Instant now, Duration time) {
        cluster.advanceTo(now);
        outages.searches = until(time);
    }

    /** Parks are refused with {@link dev.sluice.job.Refusal.Retry#LATER}. */
    public void refuseParks(Instant now, Duration time) {
        cluster.advanceTo(now);
        outages.parks = until(time);
    }

    /** Parks are taken with a note, and are held by a limit (F5). */
    public void limitParks(Instant now, Duration time) {
        cluster.advanceTo(now);
        outages.limitedParks = until(time);
    }

    public void accountingAway(Instant now, Duration time) {
        cluster.advanceTo(now);
        if (accounting.kept()) {
            faults.count(Fault.ACCOUNTING_AWAY);
            outages.accounting = until(time);
        }
    }

    /** From now on accounting learns of an end so much later; zero heals it. */
    public void accountingLag(Instant now, Duration lag) {
        cluster.advanceTo(now);
        outages.lagMs = lag.toMillis();
    }

    /** Neither launches nor the gateway reach it. */
    public void claimsAway(Instant now, Duration time) {
        cluster.advanceTo(now);
        faults.count(Fault.CLAIMS_AWAY);
        outages.claims = until(time);
    }

    public void capacity(Instant now, int cpus) {
        cluster.advanceTo(now);
        faults.count(Fault.CAPACITY_CHANGED);
        controller.cpus(cpus);
    }

    private long until(Duration time) {
        return agenda.now() + time.toMillis();
    }

    private void tell(String what) {
        history.tell(agenda, () -> what);
    }

    /** One object's tasks that have not started are held. */
    public boolean hold(Instant now, Who who) {
        Holder by = switch (who) {
            case OWNER -> Holder.OWNER;
            case ADMINISTRATOR -> Holder.ADMINISTRATOR;
            case LIMIT -> Holder.LIMIT;
        };
        Fault fault = switch (who) {
            case OWNER -> Fault.HELD_BY_OWNER;
            case ADMINISTRATOR -> Fault.HELD_BY_ADMINISTRATOR;
            case LIMIT -> Fault.HELD_BY_LIMIT;
        };
        return toObject(
                now, fault, state -> state instanceof TaskState.Pending || state instanceof TaskState.Held, v -> {
                    TaskState state = v.job().states[v.slot()];
                    Then then = state instanceof TaskState.Held held ? held.then() : Then.PENDING;
                    queue.set(
                            v.job(),
                            v.slot(),
                            new TaskState.Held(state.run(), state.incarnation(), by, then),
                            agenda.now());
                });
    }

    /**
     * Whoever holds tasks, other than us, lets one object's go. What was parked before is held by us again, or, one time in
     * four, let go altogether.
     */
    public boolean unhold(Instant now) {
        boolean altogether = random.nextInt(4) == 0;
        return toObject(now, Fault.UNHELD, Mischief::heldByOthers, v -> {
            if (v.job().states[v.slot()] instanceof TaskState.Held held) {
                if (altogether || held.then() == Then.PENDING) {
                    letGo(v, held);
                } else {
                    TaskState.Held parked = new TaskState.Held(held.run(), held.incarnation(), Holder.US, Then.HELD);
                    queue.set(v.job(), v.slot(), parked, agenda.now());
                }
            }
        });
    }

    private void letGo(Victim victim, TaskState.Held held) {
        NativeJob job = victim.job();
        job.key.ifPresent(attempt -> cluster.ledger().releasedByOthers(attempt, job.indices[victim.slot()]));
        orders.pend(job, victim.slot(), held);
    }

    private static boolean heldByOthers(TaskState state) {
        return state instanceof TaskState.Held held && !held.isByUs();
    }

    /** Its owner releases what we parked. */
    public boolean releaseByOwner(Instant now) {
        return toObject(
                now, Fault.RELEASED_BY_OWNER, state -> state instanceof TaskState.Held held && held.isByUs(), v -> {
                    if (v.job().states[v.slot()] instanceof TaskState.Held held) {
                        letGo(v, held);
                    }
                });
    }

    /** Its owner or an administrator cancels a whole object. */
    public boolean cancel(Instant now) {
        return toObject(now, Fault.CANCELLED_BY_OTHERS, TaskState::live, v -> {
            switch (v.job().states[v.slot()]) {
                case TaskState.Held held -> cancelWaiting(v, held);
                case TaskState.Pending pending -> cancelWaiting(v, pending);
                case TaskState.Started started ->
                    controller.nodes().force(started.launch(), agenda.now() + 1, new AttemptEnd.Stopped());
                case TaskState.Completing over -> {}
                case TaskState.Over over -> {}
                case TaskState.Gone over -> {}
            }
        });
    }

    private void cancelWaiting(Victim v, TaskState state) {
        controller.over(v.job(), v.slot(), orders.endOfWaiting(v.job(), v.slot(), state), agenda.now(), agenda.now());
    }

    /** The object is gone, its processes too, and nothing has a record of it. */
    public boolean delete(Instant now) {
        Optional<Victim> victim = victim(now, TaskState::live);
        victim.ifPresent(v -> {
            faults.count(Fault.DELETED_BY_OTHERS);
            history.tell(agenda, () -> "deleted", v.job());
            for (TaskState state : v.job().states) {
                if (state instanceof TaskState.Started started) {
                    controller.nodes().kill(started.launch());
                }
            }
            queue.remove(v.job(), agenda.now());
            accounting.erase(v.job());
            controller.schedule();
        });
        return victim.isPresent();
    }

    /**
     * The history of one object is set back to before its release, as by an etcd that is restored from a snapshot: it stands there
     * parked, and what ran of it is gone.
     */
    public boolean setBack(Instant now) {
        return toObject(now, Fault.SET_BACK, state -> state.live() && !(state instanceof TaskState.Held), v -> {
            TaskState state = v.job().states[v.slot()];
            if (state instanceof TaskState.Started started) {
                controller.nodes().kill(started.launch());
            }
            TaskState.Held parked = new TaskState.Held(state.run(), state.incarnation(), Holder.UNRELEASED, Then.HELD);
            queue.set(v.job(), v.slot(), parked, agenda.now());
        });
    }

    /** An administrator halves or doubles its time limit. */
    public boolean alter(Instant now) {
        Optional<Victim> victim = victim(now, TaskState::live);
        victim.ifPresent(v -> {
            faults.count(Fault.ALTERED_BY_ADMINISTRATOR);
            orders.limitBy(v.job(), random.nextBoolean() ? v.job().limitMs / 2 : v.job().limitMs * 2);
        });
        return victim.isPresent();
    }

    public boolean preempt(Instant now) {
        return breakOff(now, Fault.PREEMPTED, new AttemptEnd.Preempted());
    }

    public boolean loseNode(Instant now) {
        return breakOff(now, Fault.NODE_LOST, new AttemptEnd.NodeLost());
    }

    private boolean breakOff(Instant now, Fault fault, AttemptEnd end) {
        // Those that a hold of ours hit too late are few, and the ones to watch.
        Optional<Victim> bitten = victim(now, s -> s instanceof TaskState.Started t && t.next() == Then.HELD);
        Optional<Victim> victim =
                bitten.isPresent() && random.nextBoolean() ? bitten : victim(now, TaskState.Started.class::isInstance);
        victim.ifPresent(v -> {
            faults.count(fault);
            if (v.job().states[v.slot()] instanceof TaskState.Started started) {
                controller.breakOff(v.job(), v.slot(), started, end);
            }
        });
        return victim.isPresent();
    }

    /** Suspends a task that runs for a while. */
    public boolean pause(Instant now, Duration time) {
        Optional<Victim> victim = victim(now, state -> state instanceof TaskState.Running r && r.launch().pastGate);
        victim.ifPresent(v -> {
            faults.count(Fault.PAUSED);
            if (v.job().states[v.slot()] instanceof TaskState.Running r) {
                controller.nodes().pause(r.launch());
                queue.set(
                        v.job(),
                        v.slot(),
                        new TaskState.Paused(r.run(), r.incarnation(), r.launch(), r.next()),
                        agenda.now());
                agenda.in(time.toMillis(), () -> resume(v, r.launch()));
            }
        });
        return victim.isPresent();
    }

    private void resume(Victim v, Launch launch) {
        if (launch.alive) {
            controller.nodes().resume(launch);
        }
        if (v.job().queued && v.job().states[v.slot()] instanceof TaskState.Paused p && p.launch() == launch) {
            queue.set(
                    v.job(), v.slot(), new TaskState.Running(p.run(), p.incarnation(), launch, p.next()), agenda.now());
        }
    }

    /** The next look at one object has a state in words that nobody knows. */
    public boolean strangeWord(Instant now) {
        Optional<Victim> victim = victim(now, TaskState::live);
        victim.ifPresent(v -> {
            faults.count(Fault.STRANGE_WORD);
            v.job().strange = true;
            queue.touch(v.job());
        });
        return victim.isPresent();
    }

    /** Another's job comes. */
    public void foreignJob(Instant now, Held held, Account account) {
        cluster.advanceTo(now);
        if (controller.active()) {
            others.submit(held, account, Optional.empty());
        }
    }

    /** Somebody else's job comes that copies a key of ours. Not among {@link #anything}. */
    public void copyKey(Instant now, AttemptId key) {
        cluster.advanceTo(now);
        if (controller.active()) {
            others.submit(Held.HELD, Account.ANOTHER, Optional.of(key));
        }
    }

    /** Ends every lasting fault: reachable, thawed, accounting back without lag, claims and nodes back, holds by others gone. */
    public void heal(Instant now) {
        cluster.advanceTo(now);
        queue.watchNoMore();
        outages.heal(agenda.now());
        controller.cpus(cluster.settings().cpus());
        recovery.listenAgain();
        accounting.catchUp();
        while (unhold(now)) {
            // one object after another
        }
    }

    private boolean toObject(Instant now, Fault fault, Predicate<TaskState> fits, Consumer<Victim> act) {
        Optional<Victim> victim = victim(now, fits);
        victim.ifPresent(v -> {
            faults.count(fault);
            history.tell(agenda, fault::toString, v.job());
            for (int slot = 0; slot < v.job().states.length; slot++) {
                if (fits.test(v.job().states[slot])) {
                    act.accept(new Victim(v.job(), slot));
                }
            }
        });
        return victim.isPresent();
    }

    /** A task of ours in a state that fits; none while the controller does nothing. */
    private Optional<Victim> victim(Instant now, Predicate<TaskState> fits) {
        cluster.advanceTo(now);
        if (!controller.active()) {
            return Optional.empty();
        }
        List<Victim> all = new ArrayList<>();
        for (NativeJob job : queue.jobs()) {
            for (int slot = 0; slot < job.states.length && job.ours.isPresent(); slot++) {
                if (fits.test(job.states[slot])) {
                    all.add(new Victim(job, slot));
                }
            }
        }
        return all.isEmpty() ? Optional.empty() : Optional.of(all.get(random.nextInt(all.size())));
    }

    /** Does one thing of the above, drawn with its parameters; whether it found something to do it to. */
    public boolean anything(Instant now) {
        return new Chance(this, random, cluster.settings()).strike(now);
    }
}
