package dev.sluice.testkit.simulation;

import dev.sluice.engine.Batch;
import dev.sluice.engine.Decision;
import dev.sluice.engine.Effect;
import dev.sluice.engine.Engine;
import dev.sluice.engine.Event;
import dev.sluice.engine.Image;
import dev.sluice.engine.Input;
import dev.sluice.engine.JobStore;
import dev.sluice.engine.Reply;
import dev.sluice.engine.StaleEpoch;
import dev.sluice.engine.StoreLost;
import dev.sluice.testkit.fake.Sender;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** One life of a gateway: an engine, its inbox, and the loop that gateway.loop runs in threads, here turn by turn. */
final class Gateway {
    /** How a turn ended. */
    enum Turn {
        DONE,
        /** It died at a crash point, or lost its store. */
        DIED,
        /** It hangs at a crash point, and may go on later. */
        FROZE,
        /** Another leads: it is of no use any more. */
        DEPOSED
    }

    /** What a gateway tells the world that it lives in. */
    interface World {
        void launch(Gateway from, Effect effect);

        void committed(Gateway by, Instant at, List<Event.Recorded> events, Engine engine);

        /** What the simulation makes of a gateway that comes by a crash point. */
        Turn passes(Gateway gateway, CrashPoint point);
    }

    private record Letter(Input input, @Nullable Consumer<Reply> sender) {}

    private record Answer(Consumer<Reply> to, Reply reply) {}

    private static final int PLAN_BUDGET = 64;

    final Sender sender;
    final long epoch;
    final Engine engine;
    private final World world;
    private final JobStore store;
    private final Mutator mutator;
    private final RandomGenerator ids;
    private final Deque<Letter> inbox = new ArrayDeque<>();
    private List<Effect> unsent = List.of();
    private List<Answer> unanswered = List.of();
    private Optional<Batch> uncommitted = Optional.empty();
    /** When its next turn is due by itself. */
    @Nullable
    Instant wake;

    private Turn state = Turn.DONE;

    Gateway(
            Sender sender,
            long epoch,
            Engine engine,
            World world,
            JobStore store,
            Mutator mutator,
            RandomGenerator ids) {
        this.sender = sender;
        this.epoch = epoch;
        this.engine = engine;
        this.world = world;
        this.store = store;
        this.mutator = mutator;
        this.ids = ids;
    }

    boolean alive() {
        return state == Turn.DONE;
    }

    boolean frozen() {
        return state == Turn.FROZE;
    }

    /** Ends this life. */
    void die() {
        state = Turn.DIED;
        inbox.clear();
    }

    void tell(Input input) {
        inbox.add(new Letter(input, null));
    }

    void ask(Input.Command command, Consumer<Reply> sender) {
        inbox.add(new Letter(command, sender));
    }

    boolean hasMail() {
        return !inbox.isEmpty();
    }

    /** Takes in all of the inbox, plans, commits, answers, and starts what is due. */
    Turn turn(Instant now) {
        List<Event> events = new ArrayList<>();
        List<Answer> answers = new ArrayList<>();
        while (!inbox.isEmpty()) {
            Letter letter = inbox.remove();
            Input input = mutator.input(letter.input(), engine);
            if (input instanceof Input.Done done && stops(CrashPoint.answered(done.effect()))) {
                return state;
            }
            Decision decision = engine.decide(input, now, ids);
            apply(decision.events(), now, events);
            if (letter.sender() != null) {
                answers.add(new Answer(letter.sender(), decision.reply()));
            }
        }
        apply(engine.decide(new Input.Woke(), now, ids).events(), now, events);
        apply(engine.plan(now, PLAN_BUDGET, ids), now, events);
        List<Event.Recorded> recorded = events.stream()
                .filter(Event.Recorded.class::isInstance)
                .map(Event.Recorded.class::cast)
                .toList();
        List<Image.Row> rows = mutator.rows(engine.takeTouched());
        uncommitted = recorded.isEmpty() && rows.isEmpty()
                ? Optional.empty()
                : Optional.of(new Batch(epoch, now, recorded, rows));
        unanswered = answers;
        unsent = mutator.callsFirst() ? engine.takeDue(now) : List.of();
        if (!unsent.isEmpty() && !send()) {
            return state;
        }
        for (CrashPoint point : points(recorded, CrashPoint::beforeCommit)) {
            if (stops(point)) {
                return state;
            }
        }
        return commit(now);
    }

    private void apply(List<Event> decided, Instant now, List<Event> all) {
        for (Event event : mutator.events(decided)) {
            engine.replay(event, now);
            all.add(event);
        }
    }

    private static Iterable<CrashPoint> points(
            List<Event.Recorded> events, java.util.function.Function<Event, CrashPoint> point) {
        Map<CrashPoint, Boolean> distinct = new LinkedHashMap<>();
        events.forEach(event -> distinct.put(point.apply(event), true));
        return distinct.keySet();
    }

    /** Whether the gateway gets no further than this point. */
    private boolean stops(CrashPoint point) {
        Turn turn = world.passes(this, point);
        if (turn != Turn.DONE) {
            state = turn;
        }
        return turn != Turn.DONE;
    }

    private Turn commit(Instant now) {
        if (uncommitted.isPresent()) {
            Batch batch = uncommitted.get();
            uncommitted = Optional.empty();
            try {
                if (!mutator.skipsCommit()) {
                    store.commit(mutator.batch(batch));
                }
            } catch (StoreLost lost) {
                // Nobody knows whether it is there: the engine goes, and no reply leaves.
                die();
                return state;
            } catch (StaleEpoch stale) {
                die();
                state = Turn.DEPOSED;
                return state;
            }
            world.committed(this, now, batch.events(), engine);
            for (CrashPoint point : points(batch.events(), CrashPoint::afterCommit)) {
                if (stops(point)) {
                    unsent = state == Turn.FROZE ? engine.takeDue(now) : List.of();
                    return state;
                }
            }
        }
        unanswered.forEach(answer -> answer.to().accept(answer.reply()));
        unanswered = List.of();
        unsent = engine.takeDue(now);
        send();
        return state;
    }

    /** Starts the calls that are due; false when it dies over one. */
    private boolean send() {
        for (Effect effect : unsent) {
            if (stops(CrashPoint.beforeCall(effect))) {
                return false;
            }
            world.launch(this, effect);
            if (stops(CrashPoint.afterCall(effect))) {
                return false;
            }
        }
        unsent = List.of();
        return true;
    }

    /** Goes on where it froze: what it had decided is committed, what was due then leaves now. */
    Turn thaw(Instant now) {
        state = Turn.DONE;
        if (uncommitted.isPresent()) {
            return commit(now);
        }
        unanswered.forEach(answer -> answer.to().accept(answer.reply()));
        unanswered = List.of();
        send();
        return state;
    }
}
