package dev.sluice.testkit.simulation;

import dev.sluice.engine.Effect;
import dev.sluice.engine.Engine;
import dev.sluice.engine.EngineSettings;
import dev.sluice.engine.Event;
import dev.sluice.engine.JobStore;
import dev.sluice.engine.Transitions;
import dev.sluice.job.ClusterName;
import dev.sluice.job.JobState;
import dev.sluice.job.Lifecycle;
import dev.sluice.testkit.fake.FakeCluster;
import dev.sluice.testkit.fake.FakeSettings;
import dev.sluice.testkit.fake.Fate;
import dev.sluice.testkit.fake.FaultCounts;
import dev.sluice.testkit.fake.Ledger;
import dev.sluice.testkit.fake.Sender;
import dev.sluice.testkit.fake.Wire;
import dev.sluice.testkit.store.MemoryStore;
import dev.sluice.testkit.store.TroubledStore;
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
 * Gateways, their store and their clusters on one timeline, under an auditor's eye. What goes wrong is up to whoever directs
 * it: a simulation draws it from a seed, a scenario writes it down. For one thread.
 */
final class Federation {
    private static final int MOST_TURNS = 900;
    private static final int SAMPLE = 40;

    /** What goes wrong with gateways. */
    interface Director {
        /** What becomes of a gateway that comes by a crash point. */
        Gateway.Turn passes(Gateway gateway, CrashPoint point);

        /** A call is about to leave. */
        default void leaves(Effect effect) {}

        /** For how long nobody leads when the leader has died. */
        Duration downtime();

        /** When another takes the lead from a leader that hangs. */
        Duration takeover();

        /** For how long a gateway hangs. */
        Duration hang();
    }

    final Timeline timeline;
    final TroubledStore store;
    final Map<ClusterName, Wire> wires = new LinkedHashMap<>();
    final Ledger ledger = new Ledger();
    final FaultCounts faults = new FaultCounts();
    final Map<String, Long> transitions = new TreeMap<>();
    final Auditor auditor;
    private final EngineSettings settings;
    private final Mutator mutator;
    private final SplittableRandom random;
    private final Carrier carrier;
    private final Director director;
    private final Optional<Consumer<String>> history;
    private @Nullable Gateway leader;
    private @Nullable Gateway hanging;
    private Instant calm = Instant.EPOCH;
    private int turns;
    private long lives;
    private long commits;

    /** @param told is told what happens, line by line */
    Federation(
            List<FakeSettings> clusters,
            EngineSettings settings,
            Fate.Fates fates,
            Instant start,
            Mutator mutator,
            SplittableRandom random,
            Director director,
            Optional<Consumer<String>> told) {
        this(clusters, settings, fates, start, mutator, random, director, told, inMemory(mutator));
    }

    static MemoryStore inMemory(Mutator mutator) {
        return new MemoryStore(mutator.takesStaleEpochs() ? MemoryStore.Fencing.BROKEN : MemoryStore.Fencing.KEPT);
    }

    /**
     * @param told is told what happens, line by line
     * @param kept an empty store
     */
    Federation(
            List<FakeSettings> clusters,
            EngineSettings settings,
            Fate.Fates fates,
            Instant start,
            Mutator mutator,
            SplittableRandom random,
            Director director,
            Optional<Consumer<String>> told,
            JobStore kept) {
        this.settings = settings;
        this.mutator = mutator;
        this.random = random;
        this.director = director;
        this.history = told;
        timeline = new Timeline(start);
        store = new TroubledStore(kept);
        for (FakeSettings cluster : clusters) {
            FakeCluster fake = new FakeCluster(cluster, fates, start, random.split(), ledger, faults);
            told.ifPresent(fake::tellTo);
            wires.put(cluster.name(), new Wire(fake, random.split()));
        }
        auditor = new Auditor(settings, clusters, start, ledger, faults, this::visited);
        carrier = new Carrier(timeline, wires, store, random.split(), this::tell);
    }

    private void visited(JobState from, JobState to) {
        transitions.merge(Lifecycle.Stage.of(from) + " " + Lifecycle.Stage.of(to), 1L, Long::sum);
    }

    /** How many gateways have led. */
    long lives() {
        return lives;
    }

    long commits() {
        return commits;
    }

    /** Whoever leads at present and is alive. */
    Optional<Gateway> leader() {
        return leader != null && leader.alive() ? Optional.of(leader) : Optional.empty();
    }

    void tell(Supplier<String> what) {
        history.ifPresent(listener -> listener.accept("%s  %s".formatted(timeline.now(), what.get())));
    }

    /** Moves on to the next thing that happens, on a cluster or between them. */
    void step() {
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

    /** A gateway takes the lead with what is on disk. */
    void start() {
        lives++;
        long epoch = store.lead();
        Engine engine = Engine.restore(store.load(), epoch, settings, timeline.now(), Transitions.UNWATCHED);
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
            tell(() -> "gateway " + from.sender.number() + " calls " + Narrator.of(effect));
            director.leaves(effect);
            carrier.carry(from, effect, Federation.this::mail);
        }

        @Override
        public void committed(Gateway by, Instant at, List<Event.Recorded> events, Engine engine) {
            commits++;
            events.forEach(event -> tell(() -> "gateway " + by.sender.number() + " commits " + Narrator.of(event)));
            auditor.catchUp(store);
            if (commits % SAMPLE == 0) {
                auditor.comparePlans(engine, timeline.now());
                auditor.compare(engine, store.load());
            }
        }

        @Override
        public Gateway.Turn passes(Gateway gateway, CrashPoint point) {
            Gateway.Turn turn = director.passes(gateway, point);
            if (turn != Gateway.Turn.DONE) {
                tell(() -> "gateway %d %s %s".formatted(gateway.sender.number(), turn, point));
            }
            return turn;
        }
    };

    /** Whether a gateway hangs at present. */
    boolean anyHangs() {
        return hanging != null;
    }

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
                    replace(director.downtime());
                }
            }
            case FROZE -> {
                hanging = gateway;
                if (gateway == leader) {
                    replace(director.takeover());
                }
                timeline.at(timeline.now().plus(director.hang()), () -> thaw(gateway));
            }
        }
    }

    private void thaw(Gateway gateway) {
        hanging = null;
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
}
