package dev.sluice.gateway.loop;

import dev.sluice.cluster.ClusterBridge;
import dev.sluice.engine.Batch;
import dev.sluice.engine.Decision;
import dev.sluice.engine.Effect;
import dev.sluice.engine.Engine;
import dev.sluice.engine.EngineSettings;
import dev.sluice.engine.Event;
import dev.sluice.engine.Image;
import dev.sluice.engine.Input;
import dev.sluice.engine.JobStore;
import dev.sluice.engine.Reply;
import dev.sluice.engine.StaleEpoch;
import dev.sluice.engine.StoreLost;
import dev.sluice.engine.Transitions;
import dev.sluice.job.ClusterName;
import dev.sluice.policy.plan.PolicySettings;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that owns the state. A turn takes in what has come, plans, commits once, answers, and starts the calls that are due;
 * no answer leaves before what it rests on is on disk.
 *
 * <p>When a commit fails nobody knows whether it is on disk: the engine is dropped and another restored from what is there.
 * Until then commands are answered with {@link Reply.Busy}, and calls that come back find nobody who asked for them.
 */
public final class Loop implements Desk, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Loop.class);
    /** A wait is cut into pieces, so that a wall clock that was set back delays nothing for long. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);

    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);
    private static final Reply IN_DOUBT =
            new Reply.Busy("nobody knows whether it is on disk: ask again with the same key", RETRY_AFTER);
    private static final Duration FIRST_REOPENING = Duration.ofMillis(100);
    private static final Duration LAST_REOPENING = Duration.ofSeconds(10);

    /** How the loop stands. */
    public sealed interface Standing {
        /** It takes commands. */
        record Turning() implements Standing {}

        /** It reads the store, for the first time or after it was lost. */
        record Loading(String why) implements Standing {}

        /** It takes no commands any more, and waits for the calls under way. */
        record Stopping() implements Standing {}

        /** It is over. Why: empty after an orderly stop. */
        record Stopped(String why) implements Standing {}
    }

    /** @param reply whoever waits for it; null for a call that came back. Life: of the engine that it is for */
    private record Letter(Input input, @Nullable CompletableFuture<Reply> reply, int life) {}

    private record Answer(CompletableFuture<Reply> to, Reply reply) {}

    private final JobStore store;
    /** Replaced by {@link #reconfigure} alone. */
    private volatile EngineSettings engineSettings;

    private final LoopSettings settings;
    private final InstantSource clock;
    private final RandomGenerator ids;
    private final Pulse pulse;
    private final LoopListener listener;
    private final Lanes lanes;
    private final BlockingQueue<Letter> inbox = new LinkedBlockingQueue<>();
    private final Semaphore permits;
    private final Thread thread;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private volatile Standing standing = new Standing.Loading("it starts");
    private volatile boolean stopping;
    private volatile Instant stopBy = Instant.MAX;
    /** Counts engines; what is for an older one is dropped. Only the loop's thread writes it. */
    private int life;

    /**
     * @param registry asks an image's registry for the digest of a tag; blocking, on a thread of its own
     * @param ids where attempt ids come from; used by the loop's thread alone
     */
    public Loop(
            JobStore store,
            Map<ClusterName, ClusterBridge> bridges,
            Function<Effect.PinImage, Input.Pinning> registry,
            EngineSettings engineSettings,
            LoopSettings settings,
            InstantSource clock,
            RandomGenerator ids,
            Pulse pulse,
            LoopListener listener) {
        this.store = store;
        this.engineSettings = engineSettings;
        this.settings = settings;
        this.clock = clock;
        this.ids = ids;
        this.pulse = pulse;
        this.listener = listener;
        this.permits = new Semaphore(settings.permits());
        this.lanes = new Lanes(bridges, store, registry, clock, settings.callDeadline(), listener);
        this.thread = new Thread(this::run, "sluice-loop");
    }

    /** Begins to turn. */
    public void start() {
        thread.start();
    }

    public Standing standing() {
        return standing;
    }

    /** How many commands are under way. */
    public int commands() {
        return settings.permits() - permits.availablePermits();
    }

    /** How many calls are under way. */
    public int calls() {
        return lanes.underWay();
    }

    @Override
    public CompletableFuture<Reply> ask(Input.Command command) {
        if (!(standing instanceof Standing.Turning)) {
            return CompletableFuture.completedFuture(unavailable());
        }
        if (!permits.tryAcquire()) {
            listener.refused();
            return CompletableFuture.completedFuture(new Reply.Busy(
                    "%d commands are under way and that is the limit".formatted(settings.permits()), RETRY_AFTER));
        }
        CompletableFuture<Reply> reply = new CompletableFuture<>();
        inbox.add(new Letter(command, reply, 0));
        return reply;
    }

    /**
     * Lets planning go by other settings: at the loop's next turn, and whenever a store is read again. Nothing is lost by it, and nobody
     * waits for it. Calls must not overlap.
     */
    public void reconfigure(PolicySettings policy) {
        engineSettings = engineSettings.withPolicy(policy);
        inbox.add(new Letter(new Input.Woke(), null, 0));
    }

    private Reply unavailable() {
        return switch (standing) {
            case Standing.Turning turning -> new Reply.Busy("the gateway was just reading its store", RETRY_AFTER);
            case Standing.Loading loading ->
                new Reply.Busy("the gateway reads its store: " + loading.why(), RETRY_AFTER);
            case Standing.Stopping stops -> new Reply.Busy("the gateway stops", RETRY_AFTER);
            case Standing.Stopped over -> new Reply.Busy("the gateway has stopped", RETRY_AFTER);
        };
    }

    /** Stands until the loop is over. */
    public void await() throws InterruptedException {
        stopped.await();
    }

    /** Takes no more commands, waits for the calls that act on clusters as long as the grace allows, and ends the loop. */
    public void stop(Duration grace) throws InterruptedException {
        stopBy = clock.instant().plus(grace);
        stopping = true;
        inbox.add(new Letter(new Input.Woke(), null, 0));
        stopped.await();
    }

    @Override
    public void close() throws InterruptedException {
        stop(Duration.ZERO);
    }

    private void run() {
        Duration pause = FIRST_REOPENING;
        String why = "";
        try {
            while (!stopping) {
                try {
                    live();
                    pause = FIRST_REOPENING;
                } catch (StoreLost lost) {
                    pause = pause.compareTo(LAST_REOPENING) < 0 ? pause.multipliedBy(2) : LAST_REOPENING;
                    LOG.error(
                            "store lost, reading it again reason=\"{}\" inMs={}",
                            lost.getMessage(),
                            pause.toMillis(),
                            lost);
                    stand(new Standing.Loading(String.valueOf(lost.getMessage())));
                    refuseUntil(pause);
                } catch (StaleEpoch deposed) {
                    why = String.valueOf(deposed.getMessage());
                    LOG.error("another gateway leads, this one ends reason=\"{}\"", why);
                    return;
                } catch (RuntimeException defect) {
                    LOG.error("a defect: the state is dropped and read again", defect);
                    stand(new Standing.Loading("a defect of the gateway's, which its log describes"));
                    refuseUntil(pause);
                }
            }
        } catch (InterruptedException interrupted) {
            why = "it was interrupted";
        } catch (Error fatal) {
            why = "a fatal error: " + fatal;
            LOG.error("the loop dies", fatal);
            throw fatal;
        } finally {
            stand(new Standing.Stopped(why));
            lanes.close();
            refuseAll();
            stopped.countDown();
        }
    }

    private void stand(Standing next) {
        standing = next;
        listener.stands(next);
    }

    /** Answers what comes for a while with what keeps us. */
    private void refuseUntil(Duration pause) throws InterruptedException {
        long end = System.nanoTime() + pause.toNanos();
        for (long left = pause.toNanos(); left > 0 && !stopping; left = end - System.nanoTime()) {
            Letter letter = inbox.poll(left, TimeUnit.NANOSECONDS);
            if (letter != null) {
                refuse(letter);
            }
        }
    }

    private void refuseAll() {
        for (Letter letter = inbox.poll(); letter != null; letter = inbox.poll()) {
            refuse(letter);
        }
    }

    private void refuse(Letter letter) {
        if (letter.reply() != null) {
            answer(letter.reply(), unavailable());
        }
    }

    private void answer(CompletableFuture<Reply> to, Reply reply) {
        permits.release();
        to.complete(reply);
    }

    /** Reads the rows; where the store is lost between two of them, its iterator can only throw what is unchecked. */
    private Engine restore(long epoch) throws StoreLost {
        try {
            return Engine.restore(store.load(), epoch, engineSettings, clock.instant(), Transitions.UNWATCHED);
        } catch (RuntimeException e) {
            if (e.getCause() instanceof StoreLost lost) {
                throw lost;
            }
            throw e;
        }
    }

    /** One life of an engine: until the store is lost, or the gateway stops. */
    private void live() throws StoreLost, StaleEpoch, InterruptedException {
        long began = System.nanoTime();
        long epoch = store.lead();
        Engine engine = restore(epoch);
        life++;
        pulse.beat(store.newest());
        LOG.info("leads epoch={} loadMs={}", epoch, (System.nanoTime() - began) / 1_000_000);
        stand(new Standing.Turning());
        Turn turn = new Turn(engine, epoch);
        while (!stopping) {
            turn.take(LONGEST_WAIT);
        }
        stand(new Standing.Stopping());
        while (lanes.acting() > 0 && clock.instant().isBefore(stopBy)) {
            turn.take(Duration.ofMillis(50));
        }
        turn.take(Duration.ZERO);
    }

    /** The turns of one engine. */
    private final class Turn {
        private final Engine engine;
        private final long epoch;
        private final List<Letter> letters = new ArrayList<>();
        private final List<Answer> answers = new ArrayList<>();
        private final List<Event.Recorded> recorded = new ArrayList<>();
        /** Whether the last plan was cut short, so that another follows at once. */
        private boolean more = true;

        Turn(Engine engine, long epoch) {
            this.engine = engine;
            this.epoch = epoch;
        }

        /** Waits for something to do, at most so long, and does it. */
        void take(Duration longest) throws StoreLost, StaleEpoch, InterruptedException {
            fill(longest);
            Instant now = clock.instant();
            long began = System.nanoTime();
            try {
                decide(now);
                long decided = System.nanoTime();
                commit(now);
                long committed = System.nanoTime();
                listener.turned(letters.size(), now, List.copyOf(recorded), decided - began, committed - decided);
                answers.forEach(answer -> answer(answer.to(), answer.reply()));
                answers.clear();
            } finally {
                // Only where something went wrong are there any left.
                letters.forEach(letter -> {
                    if (letter.reply() != null && !letter.reply().isDone()) {
                        answer(letter.reply(), IN_DOUBT);
                    }
                });
                answers.clear();
                letters.clear();
                recorded.clear();
            }
            if (!stopping) {
                int current = life;
                lanes.start(engine.takeDue(now), (effect, done) -> inbox.add(new Letter(done, null, current)));
            }
        }

        private void fill(Duration longest) throws InterruptedException {
            Duration until = Duration.between(clock.instant(), engine.wakeAt().isAfter(FAR) ? FAR : engine.wakeAt());
            Duration wait = more || until.isNegative() ? Duration.ZERO : until;
            wait = wait.compareTo(longest) > 0 ? longest : wait;
            Letter first = inbox.poll(wait.toNanos(), TimeUnit.NANOSECONDS);
            if (first != null) {
                letters.add(first);
                inbox.drainTo(letters, settings.batch() - 1);
            }
        }

        private void decide(Instant now) {
            apply(
                    engine.decide(new Input.Reconfigure(engineSettings.policy()), now, ids)
                            .events(),
                    now);
            for (Letter letter : letters) {
                CompletableFuture<Reply> reply = letter.reply();
                if (reply != null) {
                    command(letter.input(), reply, now);
                } else if (letter.life() == life) {
                    apply(engine.decide(letter.input(), now, ids).events(), now);
                }
            }
            apply(engine.decide(new Input.Woke(), now, ids).events(), now);
            List<Event> planned = engine.plan(now, settings.planBudget(), ids);
            more = planned.size() >= settings.planBudget();
            apply(planned, now);
        }

        /** A command that makes the engine throw is answered alone: deciding has changed nothing. */
        private void command(Input command, CompletableFuture<Reply> reply, Instant now) {
            Decision decision;
            try {
                decision = engine.decide(command, now, ids);
            } catch (RuntimeException defect) {
                permits.release();
                reply.completeExceptionally(defect);
                return;
            }
            answers.add(new Answer(reply, decision.reply()));
            apply(decision.events(), now);
        }

        private void apply(List<Event> events, Instant now) {
            for (Event event : events) {
                engine.replay(event, now);
                if (event instanceof Event.Recorded kept) {
                    recorded.add(kept);
                }
            }
        }

        private void commit(Instant now) throws StoreLost, StaleEpoch {
            List<Image.Row> rows = engine.takeTouched();
            if (!recorded.isEmpty() || !rows.isEmpty()) {
                store.commit(new Batch(epoch, now, recorded, rows));
                if (!recorded.isEmpty()) {
                    pulse.beat(store.newest());
                }
            }
        }
    }

    /** Beyond it no duration in nanoseconds is counted. */
    private static final Instant FAR = Instant.parse("2200-01-01T00:00:00Z");
}
