package dev.sluice.testkit.simulation;

import dev.sluice.engine.Effect;
import dev.sluice.engine.Engine;
import dev.sluice.engine.Event;
import dev.sluice.engine.Transitions;
import dev.sluice.job.ClusterName;
import dev.sluice.job.JobId;
import dev.sluice.job.JobState;
import dev.sluice.job.Lifecycle;
import dev.sluice.job.Slice;
import dev.sluice.testkit.fake.FakeCluster;
import dev.sluice.testkit.fake.FakeSettings;
import dev.sluice.testkit.fake.FaultCounts;
import dev.sluice.testkit.fake.Ledger;
import dev.sluice.testkit.fake.Sender;
import dev.sluice.testkit.fake.Weather;
import dev.sluice.testkit.fake.Wire;
import dev.sluice.testkit.store.MemoryStore;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One life of a federation in virtual time, drawn from a seed: gateways that die, freeze and come back, clusters that do
 * whatever real ones were seen to do, people who submit, cancel and try again. Everything is promised to be well in the end.
 */
public final class Simulation {
    private static final Duration PATIENCE = Duration.ofHours(48);
    private static final Duration RECOVERY = Duration.ofHours(1);
    private static final int MOST_TURNS = 900;
    private static final int SAMPLE = 40;

    private final long seed;
    private final SplittableRandom random;
    private final Plot plot;
    private final Timeline timeline = new Timeline(Plot.START);
    private final MemoryStore store;
    private final Mutator mutator;
    private final CrashPlan crashes;
    private final Ledger ledger = new Ledger();
    private final FaultCounts faults = new FaultCounts();
    private final Map<ClusterName, Wire> wires = new LinkedHashMap<>();
    private final Map<String, Long> transitions = new TreeMap<>();
    private final Auditor auditor;
    private final Carrier carrier;
    private final People people;
    private final Optional<Consumer<String>> history;
    private @Nullable Gateway leader;
    private @Nullable Gateway zombie;
    private Instant calm = Instant.EPOCH;
    private int turns;
    private long lives;
    private long commits;
    private boolean quiet;

    /** @param history is told what happens, line by line, when {@code told} */
    Simulation(long seed, Mutation mutation, Optional<Consumer<String>> told) {
        this.seed = seed;
        this.random = new SplittableRandom(seed);
        this.history = told;
        List<CrashPoint> points = CrashPoint.points();
        CrashPoint aim = points.get((int) Math.floorMod(seed, (long) points.size()));
        this.plot = new Plot(random.split(), aim);
        this.mutator = new Mutator(mutation);
        this.store =
                new MemoryStore(mutator.takesStaleEpochs() ? MemoryStore.Fencing.BROKEN : MemoryStore.Fencing.KEPT);
        int skip = plot.contrived() ? 0 : random.nextInt(1 + random.nextInt(4));
        this.crashes = new CrashPlan(random.split(), Optional.of(aim), skip, random.nextDouble() * 0.004);
        for (FakeSettings settings : plot.clusters) {
            FakeCluster cluster = new FakeCluster(settings, plot::fate, Plot.START, random.split(), ledger, faults);
            told.ifPresent(cluster::tellTo);
            wires.put(settings.name(), new Wire(cluster, random.split()));
        }
        this.auditor = new Auditor(plot, ledger, faults, this::visited);
        this.carrier = new Carrier(timeline, wires, store, random.split(), this::tell);
        this.people = new People(this, plot, timeline, random.split(), auditor);
    }

    private void visited(JobState from, JobState to) {
        transitions.merge(Lifecycle.Stage.of(from) + " " + Lifecycle.Stage.of(to), 1L, Long::sum);
    }

    /** Runs it to its end. @throws Violation when a promise is broken */
    Report run() {
        start();
        script();
        while (!timeline.isEmpty() && !over()) {
            step();
        }
        conclude();
        return new Report(
                seed,
                faults,
                crashes.passed(),
                crashes.died(),
                transitions,
                lives,
                commits,
                people.accepted().size(),
                auditor.settled());
    }

    // Time

    private void step() {
        Instant next = timeline.next();
        for (Wire wire : wires.values()) {
            Optional<Instant> event = wire.cluster().nextEventAt();
            while (event.isPresent() && !event.get().isAfter(next)) {
                wire.cluster().advanceTo(event.get());
                auditor.watch();
                event = wire.cluster().nextEventAt();
            }
        }
        timeline.step();
        auditor.watch();
    }

    private boolean over() {
        if (timeline.now().isAfter(plot.healing.plus(PATIENCE))) {
            throw new Violation("after two days in good health not all has ended: " + unfinished() + explained());
        }
        return quiet;
    }

    /** Why the first that has not ended waits. */
    private String explained() {
        return leader().flatMap(gateway -> unfinished().keySet().stream()
                        .findFirst()
                        .map(job -> "; the first: " + gateway.engine.planner().explain(job, timeline.now())))
                .orElse("");
    }

    private void script() {
        for (Wire wire : wires.values()) {
            weather(wire);
            mischief(wire);
            impatience(wire);
        }
        storeTrouble();
        people.script();
        timeline.at(plot.healing, this::heal);
    }

    private void weather(Wire wire) {
        if (timeline.now().isBefore(plot.healing)) {
            wire.weather(
                    switch (random.nextInt(plot.impatient ? 2 : 4)) {
                        case 0 -> Weather.STORM;
                        case 1 -> Weather.ROUGH;
                        default -> Weather.CALM;
                    });
            timeline.at(timeline.now().plusSeconds(60 + random.nextInt(900)), () -> weather(wire));
        }
    }

    private void mischief(Wire wire) {
        Instant next = timeline.now().plusSeconds(10 + random.nextInt(240));
        if (next.isBefore(plot.healing)) {
            timeline.at(next, () -> {
                wire.cluster().mischief().anything(timeline.now());
                mischief(wire);
            });
        }
    }

    /** An owner who releases what he finds held in his name. */
    private void impatience(Wire wire) {
        if (plot.impatient && timeline.now().isBefore(plot.healing)) {
            wire.cluster().mischief().releaseByOwner(timeline.now());
            timeline.at(timeline.now().plusMillis(500 + random.nextInt(8_000)), () -> impatience(wire));
        }
    }

    private void storeTrouble() {
        if (random.nextInt(3) == 0) {
            long span = Duration.between(Plot.START, plot.healing).toSeconds();
            timeline.at(Plot.START.plusSeconds(random.nextLong(span)), () -> {
                store.failNextCommit(random.nextBoolean() ? MemoryStore.Fate.LOST : MemoryStore.Fate.KEPT);
            });
        }
    }

    /** Everything that lasts ends; what people shut they open again. */
    private void heal() {
        crashes.disarm();
        for (Wire wire : wires.values()) {
            wire.weather(Weather.CALM);
            wire.cluster().mischief().heal(timeline.now());
            wire.cluster().mischief().capacity(timeline.now(), 32);
        }
        people.heal();
        timeline.at(timeline.now().plus(RECOVERY), this::healAgain);
        checkEnd();
    }

    /** What a controller that was down when all was healed brings back with it. */
    private void healAgain() {
        wires.values().forEach(wire -> wire.cluster().mischief().heal(timeline.now()));
    }

    /** Looks every few minutes whether all is over. */
    private void checkEnd() {
        boolean idle = leader != null
                && !timeline.now().isBefore(plot.longEnough())
                && people.content()
                && unfinished().isEmpty()
                && nothingLeft();
        if (idle) {
            quiet = true;
        } else {
            timeline.at(timeline.now().plusSeconds(300), this::checkEnd);
        }
    }

    private boolean nothingLeft() {
        for (Wire wire : wires.values()) {
            if (!wire.cluster().liveObjects(timeline.now()).isEmpty()) {
                return false;
            }
        }
        return true;
    }

    /** Jobs that have not ended, and need not wait for ever. */
    private Map<JobId, List<Slice>> unfinished() {
        Map<JobId, List<Slice>> unfinished = new TreeMap<>();
        for (JobId job : people.accepted()) {
            List<Slice> open = auditor.folded().slices(job).stream()
                    .filter(slice -> !(slice.state() instanceof JobState.Ended))
                    .filter(slice -> !people.mayWaitForEver(slice))
                    .toList();
            if (!open.isEmpty()) {
                unfinished.put(job, open);
            }
        }
        return unfinished;
    }

    private void conclude() {
        if (!quiet) {
            throw new Violation("nothing happens any more, and not all has ended: " + unfinished());
        }
        if (leader != null && leader.alive()) {
            auditor.compare(leader.engine, store.load());
        }
        people.conclude(store);
    }

    // Gateways

    private void start() {
        lives++;
        long epoch = store.lead();
        Engine engine = Engine.restore(store.load(), epoch, plot.settings, timeline.now(), Transitions.UNWATCHED);
        Gateway gateway = new Gateway(
                new Sender(lives), epoch, engine, world, store, mutator, new SplittableRandom(random.nextLong()));
        auditor.catchUp(store);
        auditor.compare(engine, store.load());
        leader = gateway;
        tell(() -> "gateway " + lives + " leads in epoch " + epoch);
        turn(gateway);
    }

    private final Gateway.World world = new Gateway.World() {
        @Override
        public void launch(Gateway from, Effect effect) {
            tell(() -> "gateway " + from.sender.number() + " calls " + effect);
            carrier.carry(from, effect, Simulation.this::mail);
        }

        @Override
        public void committed(Gateway by, Instant at, List<Event.Recorded> events, Engine engine) {
            commits++;
            events.forEach(event -> tell(() -> "gateway " + by.sender.number() + " commits " + event));
            auditor.catchUp(store);
            if (commits % SAMPLE == 0) {
                auditor.comparePlans(engine, timeline.now());
                auditor.compare(engine, store.load());
            }
        }

        @Override
        public Gateway.Turn passes(Gateway gateway, CrashPoint point) {
            if (!crashes.dies(point)) {
                return Gateway.Turn.DONE;
            }
            boolean freezes = point.name().contains(" commit of ") && zombie == null && random.nextInt(3) == 0;
            tell(() -> "gateway " + gateway.sender.number() + (freezes ? " freezes " : " dies ") + point);
            return freezes ? Gateway.Turn.FROZE : Gateway.Turn.DIED;
        }
    };

    /** Something came for a gateway. */
    void mail(Gateway gateway) {
        if (gateway.alive()) {
            timeline.at(timeline.now().plusMillis(1), () -> {
                if (gateway.alive() && gateway.hasMail()) {
                    turn(gateway);
                }
            });
        }
    }

    private void turn(Gateway gateway) {
        if (timeline.now().isBefore(calm)) {
            if (++turns > MOST_TURNS) {
                throw new Violation("the loop spins: %d turns within a second".formatted(turns));
            }
        } else {
            calm = timeline.now().plusSeconds(1);
            turns = 0;
        }
        after(gateway, gateway.turn(timeline.now()));
    }

    private void after(Gateway gateway, Gateway.Turn turn) {
        switch (turn) {
            case DONE -> wake(gateway);
            case DIED, DEPOSED -> {
                tell(() -> "gateway " + gateway.sender.number() + " is gone: " + turn);
                gateway.die();
                wires.values().forEach(wire -> wire.died(gateway.sender));
                if (gateway == leader) {
                    replace(Duration.ofMillis(500 + random.nextInt(random.nextInt(8) == 0 ? 1_800_000 : 20_000)));
                }
            }
            case FROZE -> {
                zombie = gateway;
                if (gateway == leader) {
                    replace(Duration.ofSeconds(5 + random.nextInt(30)));
                }
                timeline.at(timeline.now().plusMillis(random.nextInt(180_000)), () -> thaw(gateway));
            }
        }
    }

    private void thaw(Gateway gateway) {
        zombie = null;
        if (gateway.frozen()) {
            tell(() -> "gateway " + gateway.sender.number() + " thaws");
            after(gateway, gateway.thaw(timeline.now()));
            if (gateway.alive()) {
                mail(gateway);
            }
        }
    }

    private void replace(Duration downtime) {
        leader = null;
        timeline.at(timeline.now().plus(downtime), this::start);
    }

    private void wake(Gateway gateway) {
        Instant at = gateway.engine.wakeAt();
        if (at.equals(Instant.MAX)) {
            return;
        }
        Instant due = at.isAfter(timeline.now()) ? at : timeline.now().plusMillis(1);
        if (gateway.wake != null && !gateway.wake.isAfter(due) && gateway.wake.isAfter(timeline.now())) {
            return;
        }
        gateway.wake = due;
        timeline.at(due, () -> {
            if (gateway.alive() && due.equals(gateway.wake)) {
                turn(gateway);
            }
        });
    }

    // For the people

    Optional<Gateway> leader() {
        return leader != null && leader.alive() ? Optional.of(leader) : Optional.empty();
    }

    void tell(Supplier<String> what) {
        history.ifPresent(listener -> listener.accept("%s  %s".formatted(timeline.now(), what.get())));
    }

    MemoryStore store() {
        return store;
    }
}
