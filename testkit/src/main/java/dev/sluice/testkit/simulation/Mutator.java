package dev.sluice.testkit.simulation;

import dev.sluice.cluster.Claim;
import dev.sluice.cluster.Search;
import dev.sluice.cluster.Sighting;
import dev.sluice.cluster.Stopping;
import dev.sluice.engine.Batch;
import dev.sluice.engine.Engine;
import dev.sluice.engine.Event;
import dev.sluice.engine.Image;
import dev.sluice.engine.Input;
import dev.sluice.job.Attempt;
import dev.sluice.job.AttemptEnd;
import dev.sluice.job.JobState;
import dev.sluice.job.Phase;
import dev.sluice.job.Slice;
import dev.sluice.job.TaskSet;
import dev.sluice.job.Wish;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Carries out one {@link Mutation} on what goes in and out of an engine; with none, it changes nothing. */
final class Mutator {
    private static final int ONE_IN = 8;

    private final Mutation mutation;
    private int turn;

    Mutator(Mutation mutation) {
        this.mutation = mutation;
    }

    /** Whether the store shall take what an old leader brings. */
    boolean takesStaleEpochs() {
        return mutation == Mutation.NO_EPOCH_CHECK;
    }

    boolean callsFirst() {
        return mutation == Mutation.EFFECTS_BEFORE_COMMIT;
    }

    boolean skipsCommit() {
        return mutation == Mutation.SKIP_COMMIT && ++turn % ONE_IN == 0;
    }

    Batch batch(Batch batch) {
        return batch;
    }

    List<Image.Row> rows(List<Image.Row> rows) {
        if (mutation != Mutation.DROP_ROWS) {
            return rows;
        }
        List<Image.Row> kept = new ArrayList<>(rows);
        kept.removeIf(row -> ++turn % ONE_IN == 0);
        return kept;
    }

    List<Event> events(List<Event> events) {
        return switch (mutation) {
            case FORGET_CANCEL ->
                events.stream()
                        .filter(event ->
                                !(event instanceof Event.Moved moved) || moved.cause() != Event.Cause.STOP_ASKED)
                        .toList();
            case FORGET_KEY ->
                events.stream()
                        .filter(event -> !(event instanceof Event.KeyUsed))
                        .toList();
            case CHARGE_TWICE ->
                events.stream()
                        .flatMap(event -> event instanceof Event.Charged
                                ? List.of(event, event).stream()
                                : List.of(event).stream())
                        .toList();
            case CHARGE_NATIVES_TWICE ->
                events.stream()
                        .flatMap(event -> event instanceof Event.NativesCharged
                                ? List.of(event, event).stream()
                                : List.of(event).stream())
                        .toList();
            case ABSENT_IS_GONE ->
                events.stream()
                        .map(event ->
                                event instanceof Event.Moved moved && moved.to().phase() instanceof Phase.Missing
                                        ? neverStarted(moved)
                                        : event)
                        .toList();
            case RELEASE_DOUBT_IS_NO ->
                events.stream()
                        .map(event -> event instanceof Event.Moved moved
                                        && moved.cause() == Event.Cause.DOUBTED
                                        && moved.to().phase() instanceof Phase.Releasing
                                ? neverStarted(moved)
                                : event)
                        .toList();
            case NONE,
                    SKIP_COMMIT,
                    EFFECTS_BEFORE_COMMIT,
                    NO_EPOCH_CHECK,
                    RETRY_WITHOUT_FIND,
                    CLAIM_ALWAYS_WON,
                    DROP_ROWS,
                    STOP_DOUBT_IS_DONE -> events;
        };
    }

    private static Event neverStarted(Event.Moved moved) {
        JobState again = new JobState.Waiting(
                Set.of(),
                moved.to().attempt().tries() - 1,
                Instant.EPOCH,
                moved.to().attempt().refusedBy(),
                Optional.empty());
        return new Event.Closed(
                moved.job(), moved.tasks(), moved.to().attempt().id(), new AttemptEnd.NeverStarted(), again);
    }

    Input input(Input input, Engine engine) {
        return switch (mutation) {
            case CLAIM_ALWAYS_WON ->
                input instanceof Input.DoneClaim done && done.outcome() instanceof Claim.Taken
                        ? new Input.DoneClaim(
                                done.effect(), new Claim.Taken(done.effect().tasks(), TaskSet.EMPTY))
                        : input;
            case STOP_DOUBT_IS_DONE ->
                input instanceof Input.DoneStop done
                                && (done.outcome() instanceof Stopping.Unknown
                                        || done.outcome() instanceof Stopping.Asked)
                        ? new Input.DoneStop(done.effect(), new Stopping.NeverRan())
                        : input;
            case RETRY_WITHOUT_FIND -> input instanceof Input.DoneFind done ? madeUp(done, engine) : input;
            case NONE,
                    SKIP_COMMIT,
                    EFFECTS_BEFORE_COMMIT,
                    NO_EPOCH_CHECK,
                    FORGET_CANCEL,
                    DROP_ROWS,
                    RELEASE_DOUBT_IS_NO,
                    ABSENT_IS_GONE,
                    FORGET_KEY,
                    CHARGE_TWICE,
                    CHARGE_NATIVES_TWICE -> input;
        };
    }

    private static Input madeUp(Input.DoneFind done, Engine engine) {
        List<Search> outcomes = new ArrayList<>();
        for (int i = 0; i < done.outcomes().size(); i++) {
            Attempt attempt = done.effect().sought().get(i).attempt();
            Search outcome = done.outcomes().get(i);
            for (Slice slice : engine.slices(attempt.job())) {
                if (slice.state() instanceof JobState.Live live
                        && live.attempt().id().equals(attempt.id())
                        && live.wish() instanceof Wish.Run
                        && live.phase() instanceof Phase.Releasing releasing) {
                    outcome = new Search.Found(List.of(new Search.Trace(
                            releasing.binding(),
                            slice.tasks(),
                            new Sighting.Held(0, Sighting.Holder.US, "a mutation says so"))));
                }
            }
            outcomes.add(outcome);
        }
        return new Input.DoneFind(done.effect(), outcomes);
    }
}
