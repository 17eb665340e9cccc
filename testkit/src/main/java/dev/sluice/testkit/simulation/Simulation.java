package dev.sluice.testkit.simulation;

import dev.sluice.engine.JobStore;
import dev.sluice.job.JobId;
import dev.sluice.job.JobState;
import dev.sluice.job.Slice;
import dev.sluice.testkit.fake.Weather;
import dev.sluice.testkit.fake.Wire;
import dev.sluice.testkit.store.MemoryStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * One life of a federation in virtual time, drawn from a seed: gateways that die, freeze and come back, clusters that do
 * whatever real ones were seen to do, people who submit, cancel and try again. Everything is promised to be well in the end.
 */
final class Simulation {
    private static final Duration PATIENCE = Duration.ofHours(48);
    private static final Duration RECOVERY = Duration.ofHours(1);

    private final long seed;
    private final SplittableRandom random;
    private final Plot plot;
    private final CrashPlan crashes;
    private final Federation federation;
    private final Timeline timeline;
    private final People people;
    private boolean quiet;

    /** @param told is told what happens, line by line */
    Simulation(long seed, Mutation mutation, Optional<Consumer<String>> told) {
        this(seed, mutation, told, Optional.empty());
    }

    /**
     * @param told is told what happens, line by line
     * @param kept an empty store; none: one in memory
     */
    Simulation(long seed, Mutation mutation, Optional<Consumer<String>> told, Optional<JobStore> kept) {
        this.seed = seed;
        this.random = new SplittableRandom(seed);
        List<CrashPoint> points = CrashPoint.points();
        CrashPoint aim = points.get((int) Math.floorMod(seed, (long) points.size()));
        this.plot = new Plot(random.split(), aim);
        int skip = plot.contrived() ? 0 : random.nextInt(1 + random.nextInt(4));
        this.crashes = new CrashPlan(random.split(), Optional.of(aim), skip, random.nextDouble() * 0.004);
        Mutator mutator = new Mutator(mutation);
        this.federation = new Federation(
                plot.clusters,
                plot.settings,
                plot::fate,
                Plot.START,
                mutator,
                random,
                fate,
                told,
                kept.orElseGet(() -> Federation.inMemory(mutator)));
        this.timeline = federation.timeline;
        this.people = new People(federation, plot, random.split());
    }

    /** What becomes of gateways: by the plan of crashes, and for as long as chance has it. */
    private final Federation.Director fate = new Federation.Director() {
        @Override
        public Gateway.Turn passes(Gateway gateway, CrashPoint point) {
            if (!crashes.dies(point)) {
                return Gateway.Turn.DONE;
            }
            boolean freezes = point.name().contains(" commit of ") && !federation.anyHangs() && random.nextInt(3) == 0;
            return freezes ? Gateway.Turn.FROZE : Gateway.Turn.DIED;
        }

        @Override
        public Duration downtime() {
            return Duration.ofMillis(500 + random.nextInt(random.nextInt(8) == 0 ? 1_800_000 : 20_000));
        }

        @Override
        public Duration takeover() {
            return Duration.ofSeconds(5 + random.nextInt(30));
        }

        @Override
        public Duration hang() {
            return Duration.ofMillis(random.nextInt(180_000));
        }
    };

    /** Runs it to its end. @throws Violation when a promise is broken */
    Report run() {
        federation.start();
        script();
        while (!timeline.isEmpty() && !over()) {
            federation.step();
        }
        conclude();
        return new Report(
                seed,
                federation.faults,
                crashes.passed(),
                crashes.died(),
                federation.transitions,
                federation.lives(),
                federation.commits(),
                people.accepted().size(),
                federation.auditor.settled());
    }

    private boolean over() {
        if (timeline.now().isAfter(plot.healing.plus(PATIENCE))) {
            throw new Violation("after two days in good health not all has ended: " + unfinished() + explained());
        }
        return quiet;
    }

    /** Why the first that has not ended waits. */
    private String explained() {
        return federation
                .leader()
                .flatMap(gateway -> unfinished().keySet().stream()
                        .findFirst()
                        .map(job -> "; the first: " + gateway.engine.planner().explain(job, timeline.now())))
                .orElse("");
    }

    private void script() {
        for (Wire wire : federation.wires.values()) {
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
                federation.store.failNextCommit(random.nextBoolean() ? MemoryStore.Fate.LOST : MemoryStore.Fate.KEPT);
            });
        }
    }

    /** Everything that lasts ends; what people shut they open again. */
    private void heal() {
        crashes.disarm();
        for (Wire wire : federation.wires.values()) {
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
        federation.wires.values().forEach(wire -> wire.cluster().mischief().heal(timeline.now()));
    }

    /** Looks every few minutes whether all is over. */
    private void checkEnd() {
        boolean idle = federation.leader().isPresent()
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
        return federation.wires.values().stream()
                .allMatch(wire -> wire.cluster().liveObjects(timeline.now()).isEmpty());
    }

    /** Jobs that have not ended, and need not wait for ever. */
    private Map<JobId, List<Slice>> unfinished() {
        Map<JobId, List<Slice>> unfinished = new TreeMap<>();
        for (JobId job : people.accepted()) {
            List<Slice> open = federation.auditor.folded().slices(job).stream()
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
        federation.leader().ifPresent(gateway -> federation.auditor.compare(gateway.engine, federation.store.load()));
        people.conclude(federation.store);
    }
}
