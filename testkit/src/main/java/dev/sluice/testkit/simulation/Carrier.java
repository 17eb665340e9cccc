package dev.sluice.testkit.simulation;

import dev.sluice.cluster.Doubt;
import dev.sluice.cluster.Sought;
import dev.sluice.engine.Effect;
import dev.sluice.engine.Input;
import dev.sluice.engine.JobStore;
import dev.sluice.engine.StoreLost;
import dev.sluice.job.ClusterName;
import dev.sluice.job.Refusal;
import dev.sluice.spec.JobSpec;
import dev.sluice.testkit.fake.Arrived;
import dev.sluice.testkit.fake.Call;
import dev.sluice.testkit.fake.Transit;
import dev.sluice.testkit.fake.Wire;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** The lanes of all gateways: takes each call to its cluster, and brings back one outcome, a doubt when none came in time. */
final class Carrier {
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    private final Timeline timeline;
    private final Map<ClusterName, Wire> wires;
    private final JobStore store;
    private final RandomGenerator random;
    private final Consumer<Supplier<String>> history;

    Carrier(
            Timeline timeline,
            Map<ClusterName, Wire> wires,
            JobStore store,
            RandomGenerator random,
            Consumer<Supplier<String>> history) {
        this.timeline = timeline;
        this.wires = wires;
        this.store = store;
        this.random = random;
        this.history = history;
    }

    void carry(Gateway from, Effect effect, Consumer<Gateway> mail) {
        switch (effect) {
            case Effect.Park e -> {
                Optional<JobSpec> spec = spec(e);
                if (spec.isEmpty()) {
                    throw new Violation("an attempt is to be parked whose job the store does not know: " + e);
                }
                send(from, e, new Call.Park(e.attempt(), spec.get(), e.fence()), r -> new Input.DonePark(e, r), mail);
            }
            case Effect.Release e ->
                send(from, e, new Call.Free(e.grants(), e.fence()), r -> new Input.DoneRelease(e, r), mail);
            case Effect.Find e ->
                send(
                        from,
                        e,
                        new Call.Find(e.sought().stream().map(Sought::attempt).toList()),
                        r -> new Input.DoneFind(e, r),
                        mail);
            case Effect.Stop e ->
                send(
                        from,
                        e,
                        new Call.Stop(e.attempt(), e.binding(), e.tasks(), e.grace(), e.fence()),
                        r -> new Input.DoneStop(e, r),
                        mail);
            case Effect.Alter e ->
                send(
                        from,
                        e,
                        new Call.Alter(e.attempt(), e.binding(), e.tasks(), e.change(), e.fence()),
                        r -> new Input.DoneAlter(e, r),
                        mail);
            case Effect.Claim e ->
                send(
                        from,
                        e,
                        new Call.TakeClaim(e.attempt(), e.binding(), e.tasks(), e.run()),
                        r -> new Input.DoneClaim(e, r),
                        mail);
            case Effect.Observe e ->
                send(from, e, new Call.Observe(e.after(), e.patience()), r -> new Input.DoneObserve(e, r), mail);
            case Effect.Measure e -> send(from, e, new Call.Measure(), r -> new Input.DoneMeasure(e, r), mail);
            case Effect.PinImage e -> pin(from, e, mail);
        }
    }

    private Optional<JobSpec> spec(Effect.Park park) {
        try {
            return store.spec(park.attempt().job());
        } catch (StoreLost lost) {
            throw new IllegalStateException(lost);
        }
    }

    private <R> void send(
            Gateway from, Effect.OnCluster effect, Call<R> call, Function<R, Input.Done> done, Consumer<Gateway> mail) {
        Wire wire = wires.get(effect.cluster());
        if (wire == null) {
            throw new IllegalStateException("no cluster " + effect.cluster());
        }
        Transit<R> transit = wire.send(call, from.sender, timeline.now());
        Once once = new Once(from, mail);
        for (Instant arrival : transit.arrivals()) {
            timeline.at(arrival, () -> arrive(wire, transit, done, once));
        }
        Duration patience = effect instanceof Effect.Observe observe ? observe.patience() : Duration.ZERO;
        timeline.at(
                timeline.now().plus(DEADLINE).plus(patience),
                () -> once.deliver(done.apply(call.doubt("no answer in time"))));
    }

    private <R> void arrive(Wire wire, Transit<R> transit, Function<R, Input.Done> done, Once once) {
        switch (wire.arrive(transit, timeline.now())) {
            case Arrived.Answered<R> answered ->
                timeline.at(answered.at(), () -> once.deliver(done.apply(answered.outcome())));
            case Arrived.Silent<R> silent -> {}
            case Arrived.Deferred<R> deferred -> timeline.at(deferred.until(), () -> arrive(wire, transit, done, once));
        }
    }

    /** An image's registry: mostly it knows the digest, sometimes it does not answer, seldom it refuses. */
    private void pin(Gateway from, Effect.PinImage effect, Consumer<Gateway> mail) {
        Input.Pinning outcome = switch (random.nextInt(12)) {
            case 0, 1, 2 -> new Input.Pinning.Unknown(new Doubt("the registry hangs"));
            case 3 -> new Input.Pinning.Refused(Refusal.never("no-image", "the registry has no such image"));
            default -> new Input.Pinning.Pinned(effect.reference() + "@sha256:" + "0".repeat(64));
        };
        Once once = new Once(from, mail);
        timeline.at(
                timeline.now().plusMillis(10 + random.nextInt(4000)),
                () -> once.deliver(new Input.DonePin(effect, outcome)));
    }

    /** One outcome for one call: the first. */
    private final class Once {
        private final Gateway to;
        private final Consumer<Gateway> mail;
        private boolean delivered;

        Once(Gateway to, Consumer<Gateway> mail) {
            this.to = to;
            this.mail = mail;
        }

        void deliver(Input.Done done) {
            if (delivered) {
                return;
            }
            delivered = true;
            if (to.alive() || to.frozen()) {
                history.accept(() -> "gateway " + to.sender.number() + " hears " + Narrator.of(done));
                to.tell(done);
                mail.accept(to);
            }
        }
    }
}
