package dev.sluice.policy.trace;

import dev.sluice.job.AttemptId;
import dev.sluice.job.ClusterName;
import dev.sluice.job.JobId;
import dev.sluice.job.Refusals;
import dev.sluice.job.TaskSet;
import dev.sluice.policy.load.Load;
import dev.sluice.policy.plan.Charge;
import dev.sluice.policy.plan.Move;
import dev.sluice.policy.plan.Plan;
import dev.sluice.policy.plan.Planner;
import dev.sluice.policy.plan.Snapshot;
import dev.sluice.policy.trace.Item.Owner;
import dev.sluice.spec.Ask;
import dev.sluice.spec.Gpus;
import dev.sluice.spec.Memory;
import dev.sluice.spec.Resources;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Replays a trace on virtual time: the same planner as the gateway's decides, modelled clusters carry it out. Time goes from event
 * to event, in whole seconds, and a plan is made only where something has changed since the last one.
 *
 * <p>Deterministic: the same trace and scenario make the same report. What is not modelled: how long starting takes, nodes that
 * fail, and that a pool is made of nodes.
 */
public final class Simulation {
    private static final int BUDGET = 1_000;
    private static final long REALM = 1;
    /** Seconds between two plans for what waits in clusters' queues, at least. */
    private static final long SELDOM = 60;

    /** Events between two words to the watcher. */
    private static final int STRIDE = 256;

    /** Hears how far it is. */
    public interface Watcher {
        Watcher NONE = (over, jobs, second) -> {};

        /**
         * Is called every few hundred events, on the simulation's thread.
         *
         * @param over how many jobs of the trace are over, whosever they are
         * @param jobs how many there are
         * @param second of virtual time
         */
        void at(long over, long jobs, long second);
    }

    /** An end of a run, or of the grace of one that is taken back. */
    private record Event(long at, Kind kind, long number, Try of) {
        enum Kind {
            END,
            GRACE_OVER
        }

        static final Comparator<Event> ORDER =
                Comparator.comparingLong(Event::at).thenComparing(Event::kind).thenComparingLong(Event::number);
    }

    private final Scenario scenario;
    private final Trace trace;
    private final Instant base;
    private final Planner planner;
    private final SortedMap<ClusterName, Pool> pools = new TreeMap<>();
    private final Owners owners;
    private final List<Tally> tallies = new ArrayList<>();
    private final Map<Pool, Tally> natives = new HashMap<>();
    private final Map<JobId, Item> waiting = new HashMap<>();
    private final Map<AttemptId, Try> live = new HashMap<>();
    private final Map<Ask, Ask> asks = new HashMap<>();
    private final PriorityQueue<Event> events = new PriorityQueue<>(Event.ORDER);
    private final Recorder recorder;
    private int arrived;
    private long over;
    private long nobodys;
    private long attempts;
    private long numbers;
    private long now;
    /** When to plan again though nothing happens: what waits in a cluster's queue may have done so for too long by then. */
    private long wake = Long.MAX_VALUE;

    /** Whether something is different from what the last plan knew. */
    private boolean hasChanged;
    /** Whether carrying out the last plan made something wait again. */
    private boolean requeued;

    private Simulation(Scenario scenario, Trace trace) {
        this.scenario = scenario;
        this.trace = trace;
        this.base = trace.began().orElse(Instant.EPOCH);
        this.planner = Planner.of(Snapshot.EMPTY, scenario.policy());
        for (ModelCluster model : scenario.clusters()) {
            Pool pool = new Pool(model, scenario.policy().halfLife());
            pools.put(model.name(), pool);
            natives.put(pool, new Tally(scenario.policy().halfLife()));
            planner.see(pool.view());
        }
        this.owners = new Owners(scenario, pools.values(), trace.jobs());
        owners.projects()
                .forEach(project -> tallies.add(new Tally(scenario.policy().halfLife())));
        this.recorder = new Recorder(scenario, owners.projects(), tallies, List.copyOf(pools.values()));
    }

    public static Report run(Scenario scenario, Trace trace, Watcher watcher) {
        return new Simulation(scenario, trace).run(watcher);
    }

    private Report run(Watcher watcher) {
        List<TraceJob> jobs = trace.jobs();
        long start = jobs.isEmpty() ? 0 : jobs.getFirst().submit();
        long stop = scenario.until().map(until -> start + until.toSeconds()).orElse(Long.MAX_VALUE);
        recorder.start(start);
        now = start;
        for (long steps = 0; arrived < jobs.size() || !events.isEmpty(); steps++) {
            long next = next();
            if (next > stop) {
                break;
            }
            recorder.upTo(next);
            now = next;
            instant();
            if (steps % STRIDE == 0) {
                watcher.at(over, jobs.size(), now - start);
            }
        }
        now = scenario.until().isPresent() ? stop : now;
        recorder.end(now);
        watcher.at(over, jobs.size(), now - start);
        return recorder.report(base.plusSeconds(start), now, nobodys, natives);
    }

    private long next() {
        long event = events.isEmpty() ? Long.MAX_VALUE : events.element().at();
        boolean isLast = arrived == trace.jobs().size();
        long arrival = isLast ? Long.MAX_VALUE : trace.jobs().get(arrived).submit();
        return Math.min(wake, Math.min(event, arrival));
    }

    /** All that happens in this second, then what follows from it. */
    private void instant() {
        while (!events.isEmpty() && events.element().at() == now) {
            Event event = events.remove();
            switch (event.kind()) {
                case END -> ended(event.of());
                case GRACE_OVER -> graceOver(event.of());
            }
        }
        while (arrived < trace.jobs().size() && trace.jobs().get(arrived).submit() == now) {
            arrive(trace.jobs().get(arrived++));
        }
        pools.values().forEach(this::begin);
        if (wake <= now) {
            wake = Long.MAX_VALUE;
            hasChanged = true;
        }
        if (hasChanged) {
            plan();
        }
    }

    private void arrive(TraceJob job) {
        Optional<Owner> owner = owners.of(job);
        if (owner.isEmpty()) {
            nobodys++;
            over++;
            return;
        }
        Item item = new Item(job, new JobId(arrived), ask(job), owner.get());
        switch (item.owner) {
            case Owner.Native(Pool pool) -> arriveAt(pool, item);
            case Owner.Ours ours -> arrive(item, ours);
        }
    }

    private void arriveAt(Pool pool, Item item) {
        Load need = planner.size(pool.model.name(), Optional.empty(), item.ask);
        Tally tally = tally(pool);
        if (pool.takes(need, item.job.limit().orElse(60))) {
            tally.unfinished++;
            pool.enqueue(new Try(item, attempt(), pool, need, limit(item, pool)));
        } else {
            tally.refused++;
            over++;
        }
    }

    private void arrive(Item item, Owner.Ours ours) {
        Tally tally = tallies.get(ours.index());
        if (!planner.hasPlace(item.candidate(ours, now()))) {
            tally.refused++;
            over++;
            return;
        }
        tally.unfinished++;
        enqueue(item, ours);
    }

    private void enqueue(Item item, Owner.Ours ours) {
        Tally tally = tallies.get(ours.index());
        tally.waiting++;
        tally.waitingCpus += item.job.cpus();
        waiting.put(item.id, item);
        planner.queue(item.candidate(ours, at(item.job.submit())));
        hasChanged = true;
    }

    private Tally tally(Pool pool) {
        return natives.computeIfAbsent(pool, key -> new Tally(scenario.policy().halfLife()));
    }

    private AttemptId attempt() {
        return new AttemptId(REALM, ++attempts);
    }

    private static long limit(Item item, Pool pool) {
        return item.job.limit().orElse(pool.model.maxTime().toSeconds());
    }

    private Ask ask(TraceJob job) {
        Resources resources = Resources.DEFAULTS.withTasks(job.cpus());
        if (job.memoryPerCpu() > 0) {
            resources = resources.withMemory(new Memory.PerCpu(job.memoryPerCpu()));
        }
        if (job.gpus() > 0) {
            resources = resources.withGpus(Gpus.of(Gpus.Per.JOB, Gpus.ANY_TYPE, job.gpus()));
        }
        Ask ask = Ask.DEFAULTS.withResources(resources);
        if (job.limit().isPresent()) {
            Duration limit = Duration.ofSeconds(job.limit().getAsLong());
            ask = ask.withLimit(limit.compareTo(Ask.UNLIMITED) > 0 ? Ask.UNLIMITED : limit);
        }
        Ask known = asks.putIfAbsent(ask, ask);
        return known == null ? ask : known;
    }

    private Instant at(long second) {
        return base.plusSeconds(second);
    }

    /** Lets begin what its own queue gives room to. */
    private void begin(Pool pool) {
        for (Try begun : pool.begin(now)) {
            long length = Math.min(begun.item.job.run(), begun.limit);
            events.add(new Event(now + length, Event.Kind.END, ++numbers, begun));
            if (begun.item.owner instanceof Owner.Ours ours) {
                planner.started(begun.attempt, TaskSet.SOLE, now());
                Tally tally = tallies.get(ours.index());
                tally.cpus.add(begun.need.cpus(), now);
                hasChanged = true;
            }
        }
        if (pool.hasNews()) {
            planner.see(pool.view());
            hasChanged = true;
        }
    }

    private Instant now() {
        return at(now);
    }

    private void ended(Try ended) {
        if (ended.over) {
            return;
        }
        ended.pool.end(ended, now);
        over++;
        boolean limited = now - ended.started >= ended.limit && ended.item.job.run() > ended.limit;
        Tally tally = switch (ended.item.owner) {
            case Owner.Ours ours -> {
                release(ended, ours);
                yield tallies.get(ours.index());
            }
            case Owner.Native(Pool pool) -> tally(pool);
        };
        tally.done(ended.item.job, ended.started, now);
        tally.limited += limited ? 1 : 0;
    }

    /** What ran holds nothing any more, and is paid for. */
    private void release(Try ended, Owner.Ours ours) {
        live.remove(ended.attempt);
        tallies.get(ours.index()).cpus.add(-ended.need.cpus(), now);
        planner.release(ended.attempt, TaskSet.SOLE);
        planner.used(ours.project(), ours.user(), ended.pool.model.name(), ended.need, 1, at(ended.started), now());
        hasChanged = true;
    }

    private void graceOver(Try victim) {
        if (victim.over || !(victim.item.owner instanceof Owner.Ours ours)) {
            return;
        }
        victim.pool.end(victim, now);
        release(victim, ours);
        Tally tally = tallies.get(ours.index());
        tally.preemptions++;
        tally.lostCpuSeconds += (double) victim.need.cpus() * (now - victim.started);
        victim.item.preemptions++;
        if (victim.item.preemptions > scenario.requeues()) {
            tally.givenUp++;
            tally.unfinished--;
            over++;
        } else {
            enqueue(victim.item, ours);
        }
    }

    private void plan() {
        boolean isMore = true;
        while (isMore) {
            requeued = false;
            Plan plan = planner.plan(now(), BUDGET);
            plan.moves().forEach(this::apply);
            pools.values().forEach(this::begin);
            isMore = requeued || plan.moves().size() == BUDGET;
        }
        hasChanged = false;
        if (wake == Long.MAX_VALUE && pools.values().stream().anyMatch(Pool::hasOursWaiting)) {
            wake = now + Math.max(SELDOM, scenario.policy().withdrawAfter().toSeconds());
        }
    }

    private void apply(Move move) {
        switch (move) {
            case Move.Start start -> start(start);
            case Move.Reclaim reclaim -> reclaim(reclaim);
            case Move.Withdraw withdraw -> withdraw(withdraw);
            case Move.Reserve reserve -> planner.reserve(reserve);
        }
    }

    private void start(Move.Start start) {
        Item item = waiting.remove(start.job());
        Pool pool = pools.get(start.cluster());
        if (item == null || pool == null || !(item.owner instanceof Owner.Ours ours)) {
            throw new IllegalStateException("a plan starts what does not wait, or where nothing is: " + start);
        }
        Load need = planner.size(start.cluster(), start.partition(), item.ask);
        Try fresh = new Try(item, attempt(), pool, need, limit(item, pool));
        planner.leave(item.id, TaskSet.SOLE);
        planner.charge(Charge.placed(
                fresh.attempt,
                item.id,
                start.cluster(),
                start.partition(),
                TaskSet.SOLE,
                item.ask,
                ours.project(),
                ours.user(),
                0,
                true,
                Refusals.NONE,
                now()));
        live.put(fresh.attempt, fresh);
        Tally tally = tallies.get(ours.index());
        tally.waiting--;
        tally.waitingCpus -= item.job.cpus();
        pool.enqueue(fresh);
    }

    private void reclaim(Move.Reclaim reclaim) {
        Try victim = live.get(reclaim.victim());
        if (victim == null || victim.claimed) {
            return;
        }
        victim.claimed = true;
        planner.leaving(victim.attempt, TaskSet.SOLE);
        if (victim.isRunning()) {
            events.add(new Event(now + scenario.grace().toSeconds(), Event.Kind.GRACE_OVER, ++numbers, victim));
        } else {
            takeBack(victim);
        }
    }

    private void withdraw(Move.Withdraw withdraw) {
        Try handed = live.get(withdraw.attempt());
        if (handed != null && !handed.isRunning()) {
            takeBack(handed);
        }
    }

    /** Takes back what has not begun. */
    private void takeBack(Try handed) {
        if (handed.item.owner instanceof Owner.Ours ours) {
            handed.over = true;
            handed.pool.withdraw(handed);
            live.remove(handed.attempt);
            planner.release(handed.attempt, TaskSet.SOLE);
            enqueue(handed.item, ours);
            requeued = true;
        }
    }
}
