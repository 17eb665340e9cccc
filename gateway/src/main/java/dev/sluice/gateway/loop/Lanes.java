package dev.sluice.gateway.loop;

import dev.sluice.cluster.ClusterBridge;
import dev.sluice.engine.Effect;
import dev.sluice.engine.Input;
import dev.sluice.engine.JobStore;
import dev.sluice.engine.StoreLost;
import dev.sluice.job.ClusterName;
import dev.sluice.spec.Ask;
import dev.sluice.spec.JobSpec;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The calls under way, a virtual thread each. How many there are the engine decides, cluster by cluster, so that one that hangs
 * slows no other. A lane has no policy: it makes its call and brings back exactly one outcome; a call that throws or passes its
 * deadline comes back as a doubt, and what it says later is dropped.
 */
final class Lanes implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Lanes.class);

    private final Map<ClusterName, ClusterBridge> bridges;
    private final JobStore store;
    private final Function<Effect.PinImage, Input.Pinning> registry;
    private final InstantSource clock;
    private final Duration patience;
    private final LoopListener listener;
    private final ScheduledThreadPoolExecutor deadlines;
    private final AtomicInteger underWay = new AtomicInteger();
    private final AtomicInteger acting = new AtomicInteger();

    Lanes(
            Map<ClusterName, ClusterBridge> bridges,
            JobStore store,
            Function<Effect.PinImage, Input.Pinning> registry,
            InstantSource clock,
            Duration patience,
            LoopListener listener) {
        this.bridges = Map.copyOf(bridges);
        this.store = store;
        this.registry = registry;
        this.clock = clock;
        this.patience = patience;
        this.listener = listener;
        this.deadlines = new ScheduledThreadPoolExecutor(1, work -> {
            Thread thread = new Thread(work, "sluice-deadlines");
            thread.setDaemon(true);
            return thread;
        });
        deadlines.setRemoveOnCancelPolicy(true);
    }

    int underWay() {
        return underWay.get();
    }

    /** How many of those change something on a cluster: what they bring back spares a search at the next start. */
    int acting() {
        return acting.get();
    }

    private static boolean acts(Effect effect) {
        return switch (effect) {
            case Effect.Park e -> true;
            case Effect.Release e -> true;
            case Effect.Stop e -> true;
            case Effect.Alter e -> true;
            case Effect.Claim e -> true;
            case Effect.Find e -> false;
            case Effect.Observe e -> false;
            case Effect.Measure e -> false;
            case Effect.PinImage e -> false;
        };
    }

    /** Starts calls. Each gives the sink one outcome, from a thread of its own. */
    void start(List<Effect> effects, BiConsumer<Effect, Input.Done> sink) {
        effects.forEach(effect -> new Lane(effect, sink).start());
    }

    private final class Lane {
        private final Effect effect;
        private final BiConsumer<Effect, Input.Done> sink;
        private final AtomicBoolean settled = new AtomicBoolean();
        private final long began = System.nanoTime();

        Lane(Effect effect, BiConsumer<Effect, Input.Done> sink) {
            this.effect = effect;
            this.sink = sink;
        }

        void start() {
            underWay.incrementAndGet();
            acting.addAndGet(acts(effect) ? 1 : 0);
            Thread thread = Thread.ofVirtual().name("lane-" + effect.flight()).unstarted(this::run);
            ScheduledFuture<?> deadline = deadlines.schedule(
                    () -> {
                        settle(Input.Done.doubt(effect, "no answer within " + limit().toSeconds() + " s"));
                        thread.interrupt();
                    },
                    limit().toMillis(),
                    TimeUnit.MILLISECONDS);
            whenSettled = () -> deadline.cancel(false);
            thread.start();
        }

        private Runnable whenSettled = () -> {};

        /** A long poll may take as long as it was asked to wait, and then as long as any call. */
        private Duration limit() {
            return effect instanceof Effect.Observe observe ? patience.plus(observe.patience()) : patience;
        }

        private void run() {
            Input.Done done;
            try {
                done = call();
            } catch (RuntimeException | StoreLost | Error thrown) {
                // An Error too: a lane that dies silently would leave its attempt waiting for ever.
                LOG.warn(
                        "call failed flight={} effect={}",
                        effect.flight(),
                        effect.getClass().getSimpleName(),
                        thrown);
                done = Input.Done.doubt(effect, "the call failed: " + thrown);
            }
            settle(done);
        }

        private void settle(Input.Done done) {
            if (settled.compareAndSet(false, true)) {
                whenSettled.run();
                underWay.decrementAndGet();
                listener.called(effect, done, System.nanoTime() - began);
                sink.accept(effect, done);
                acting.addAndGet(acts(effect) ? -1 : 0);
            }
        }

        private Input.Done call() throws StoreLost {
            return switch (effect) {
                case Effect.Park e -> park(e);
                case Effect.Release e -> new Input.DoneRelease(e, bridge(e).release(e.grants()));
                case Effect.Find e -> new Input.DoneFind(e, bridge(e).find(e.sought()));
                case Effect.Stop e ->
                    new Input.DoneStop(e, bridge(e).stop(e.attempt(), e.binding(), e.tasks(), e.grace(), e.fence()));
                case Effect.Alter e ->
                    new Input.DoneAlter(e, bridge(e).alter(e.attempt(), e.binding(), e.tasks(), e.change(), e.fence()));
                case Effect.Claim e ->
                    new Input.DoneClaim(e, bridge(e).claim(e.attempt(), e.binding(), e.tasks(), e.run()));
                case Effect.Observe e -> new Input.DoneObserve(e, bridge(e).observe(e.after(), e.patience()));
                case Effect.Measure e -> new Input.DoneMeasure(e, bridge(e).capacity());
                case Effect.PinImage e -> new Input.DonePin(e, registry.apply(e));
            };
        }

        private Input.Done park(Effect.Park park) throws StoreLost {
            if (!clock.instant().isBefore(park.fence())) {
                return Input.Done.doubt(park, "its fence has passed");
            }
            Optional<JobSpec> accepted = store.spec(park.attempt().job());
            if (accepted.isEmpty()) {
                return Input.Done.doubt(
                        park, "the store has no spec of job " + park.attempt().job());
            }
            JobSpec spec = accepted.get();
            Ask ask = spec.ask().withLimit(park.attempt().limit());
            JobSpec placed = spec.toBuilder().ask(ask).build();
            return new Input.DonePark(park, bridge(park).park(park.attempt(), placed, park.fence()));
        }

        private ClusterBridge bridge(Effect.OnCluster on) {
            ClusterBridge bridge = bridges.get(on.cluster());
            if (bridge == null) {
                throw new IllegalStateException("no bridge to " + on.cluster());
            }
            return bridge;
        }
    }

    @Override
    public void close() {
        deadlines.shutdownNow();
    }
}
