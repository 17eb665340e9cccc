package dev.sluice.testkit.simulation;

import dev.sluice.cluster.Alteration;
import dev.sluice.cluster.Claim;
import dev.sluice.cluster.Cursor;
import dev.sluice.cluster.Doubt;
import dev.sluice.cluster.Observation;
import dev.sluice.cluster.Parking;
import dev.sluice.cluster.Release;
import dev.sluice.cluster.Search;
import dev.sluice.cluster.Sighting;
import dev.sluice.cluster.Stopping;
import dev.sluice.cluster.Sweep;
import dev.sluice.engine.Decision;
import dev.sluice.engine.Effect;
import dev.sluice.engine.Engine;
import dev.sluice.engine.EngineSettings;
import dev.sluice.engine.Event;
import dev.sluice.engine.Image;
import dev.sluice.engine.Input;
import dev.sluice.engine.Transitions;
import dev.sluice.job.Attempt;
import dev.sluice.job.AttemptEnd;
import dev.sluice.job.AttemptId;
import dev.sluice.job.Binding;
import dev.sluice.job.ClusterName;
import dev.sluice.job.JobId;
import dev.sluice.job.JobState;
import dev.sluice.job.Phase;
import dev.sluice.job.Refusal;
import dev.sluice.job.Refusals;
import dev.sluice.job.StopReason;
import dev.sluice.job.TaskSet;
import dev.sluice.job.Verdict;
import dev.sluice.job.Wish;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Every phase of an attempt, under every wish, against everything that a cluster can show or answer of it: each pair in an
 * engine of its own, that was loaded with just that state.
 */
final class EveryPair {
    private static final ClusterName CLUSTER = new ClusterName("hpc");
    private static final long EPOCH = 7;
    private static final Instant THEN = Plot.START;
    private static final Instant NOW = THEN.plus(Duration.ofMinutes(10));
    static final Binding BINDING = new Binding("42", "1", "alice");
    private static final Doubt DOUBT = new Doubt("no answer");

    private final Transitions transitions;
    private int pairs;

    private EveryPair(Transitions transitions) {
        this.transitions = transitions;
    }

    /**
     * Goes through all of them; returns how many there are.
     *
     * @throws IllegalStateException when the table of the lifecycle does not have what follows from one
     */
    static int tell(Transitions transitions) {
        EveryPair all = new EveryPair(transitions);
        for (Phase phase : phases()) {
            for (Wish wish : wishes()) {
                all.explore(phase, wish);
            }
        }
        return all.pairs;
    }

    /** The phase of tasks that a look at their cluster found like that, and how many records it took to say so. */
    record Seen(Phase phase, int events) {}

    /** What becomes of tasks in a phase when a look finds them like that. */
    static Seen seen(Phase phase, Sighting sighting) {
        Loaded loaded = new EveryPair(Transitions.UNWATCHED).new Loaded(phase, Wish.RUN);
        int before = loaded.events;
        for (Effect effect : loaded.due()) {
            if (effect instanceof Effect.Observe look) {
                Observation one = new Observation(loaded.attempt.id(), BINDING, loaded.tasks, sighting, "");
                loaded.take(new Input.DoneObserve(
                        look,
                        new Sweep.Seen(NOW, Sweep.Scope.CHANGES, Sweep.Ends.VISIBLE, List.of(one), Cursor.START)));
            }
        }
        JobState.Live live = (JobState.Live)
                loaded.engine.slices(loaded.attempt.job()).getFirst().state();
        return new Seen(live.phase(), loaded.events - before);
    }

    private static List<Phase> phases() {
        List<Phase> phases = new ArrayList<>();
        for (long epoch : new long[] {Phase.NOBODY, EPOCH - 1, EPOCH}) {
            phases.add(new Phase.Intended(epoch, THEN));
            phases.add(new Phase.Releasing(BINDING, epoch, THEN, Instant.EPOCH));
            for (Phase.Step step : Phase.Step.values()) {
                phases.add(new Phase.Withdrawing(BINDING, 0, step, epoch, THEN));
            }
        }
        phases.add(new Phase.Parked(BINDING, Optional.empty()));
        phases.add(new Phase.Parked(BINDING, Optional.of(new Phase.Blocked("held by an administrator", THEN))));
        Instant later = NOW.plus(Duration.ofHours(1));
        phases.add(new Phase.Parked(BINDING, Optional.of(new Phase.Blocked("held by an administrator", later))));
        phases.add(new Phase.Pending(BINDING, 0, ""));
        phases.add(new Phase.Pending(BINDING, 0, "JobHeldAdmin"));
        phases.add(Phase.Pending.seen(BINDING, 0, "Unschedulable"));
        phases.add(new Phase.Running(BINDING, 0, THEN));
        phases.add(new Phase.Paused(BINDING, 0, THEN));
        phases.add(new Phase.Completing(BINDING, 0, THEN));
        for (Phase.Certainty certainty : Phase.Certainty.values()) {
            phases.add(new Phase.Missing(BINDING, 0, Optional.empty(), THEN, certainty));
            phases.add(new Phase.Missing(BINDING, 0, Optional.of(THEN), THEN, certainty));
        }
        return phases;
    }

    private static List<Wish> wishes() {
        List<Wish> wishes = new ArrayList<>();
        wishes.add(Wish.RUN);
        for (StopReason why : StopReason.values()) {
            wishes.add(Wish.Stop.wanted(why, THEN));
            wishes.add(Wish.Stop.wanted(why, THEN).sent(EPOCH, THEN));
        }
        return wishes;
    }

    private static List<Sighting> sightings() {
        List<Sighting> sightings = new ArrayList<>();
        for (int run : new int[] {0, 1}) {
            for (Sighting.Holder holder : Sighting.Holder.values()) {
                sightings.add(new Sighting.Held(run, holder, "held"));
            }
            sightings.add(new Sighting.Pending(run));
            sightings.add(new Sighting.Pending(run, "Unschedulable"));
            for (Sighting.Claimed claim : Sighting.Claimed.values()) {
                sightings.add(new Sighting.Running(run, THEN, claim));
            }
            sightings.add(new Sighting.Paused(run, THEN));
            sightings.add(new Sighting.Completing(run, THEN));
            sightings.add(new Sighting.Lost(run));
            for (AttemptEnd end : ends()) {
                sightings.add(new Sighting.Ended(run, end, THEN, NOW));
                sightings.add(new Sighting.Ended(run, end, NOW, NOW));
            }
        }
        return sightings;
    }

    private static List<AttemptEnd> ends() {
        return List.of(
                new AttemptEnd.Finished(Verdict.SUCCEEDED),
                new AttemptEnd.Stopped(),
                new AttemptEnd.Interrupted("aborted"),
                new AttemptEnd.Preempted(),
                new AttemptEnd.NodeLost());
    }

    private void explore(Phase phase, Wish wish) {
        for (Sighting seen : sightings()) {
            look(phase, wish, Sweep.Ends.VISIBLE, Optional.of(seen));
        }
        for (Sweep.Ends ends : Sweep.Ends.values()) {
            look(phase, wish, ends, Optional.empty());
        }
        Loaded asked = new Loaded(phase, wish);
        List<Effect> due = asked.due();
        for (int i = 0; i < due.size(); i++) {
            for (Input.Done done : answers(due.get(i), asked.tasks)) {
                Loaded again = new Loaded(phase, wish);
                again.due();
                again.take(done);
            }
        }
    }

    private void look(Phase phase, Wish wish, Sweep.Ends ends, Optional<Sighting> seen) {
        Loaded loaded = new Loaded(phase, wish);
        List<Observation> observations = seen
                .map(sighting ->
                        new Observation(loaded.attempt.id(), BINDING, loaded.tasks, sighting, sighting.toString()))
                .stream()
                .toList();
        for (Effect effect : loaded.due()) {
            if (effect instanceof Effect.Observe look) {
                Sweep seenAll = new Sweep.Seen(NOW, Sweep.Scope.COMPLETE, ends, observations, Cursor.START);
                // What a look misses may be searched for by its key, and not found either.
                for (Effect next : loaded.take(new Input.DoneObserve(look, seenAll))) {
                    if (next instanceof Effect.Find find) {
                        loaded.take(new Input.DoneFind(
                                find, Collections.nCopies(find.sought().size(), new Search.None())));
                    }
                }
            }
        }
    }

    private static List<Input.Done> answers(Effect effect, TaskSet tasks) {
        List<Input.Done> answers = new ArrayList<>();
        answers.add(Input.Done.doubt(effect, "no answer"));
        Refusal refusal = Refusal.never("no", "it is not to be");
        switch (effect) {
            case Effect.Park e -> {
                answers.add(new Input.DonePark(e, new Parking.Parked(BINDING, List.of())));
                answers.add(new Input.DonePark(e, new Parking.Refused(refusal)));
            }
            case Effect.Release e -> {
                for (Release release : List.of(
                        new Release.Released(),
                        new Release.Absent(),
                        new Release.Refused(refusal),
                        new Release.TooLate(),
                        new Release.Unknown(DOUBT))) {
                    answers.add(new Input.DoneRelease(
                            e, Collections.nCopies(e.grants().size(), release)));
                }
            }
            case Effect.Find e -> {
                answers.add(new Input.DoneFind(e, Collections.nCopies(e.sought().size(), new Search.None())));
                for (Sighting seen : sightings()) {
                    Search found = new Search.Found(List.of(new Search.Trace(BINDING, tasks, seen)));
                    answers.add(
                            new Input.DoneFind(e, Collections.nCopies(e.sought().size(), found)));
                }
            }
            case Effect.Stop e -> {
                answers.add(new Input.DoneStop(e, new Stopping.NeverRan()));
                answers.add(new Input.DoneStop(e, new Stopping.Asked()));
                answers.add(new Input.DoneStop(e, new Stopping.Absent()));
                for (AttemptEnd end : ends()) {
                    answers.add(new Input.DoneStop(e, new Stopping.Ended(end, THEN, NOW)));
                }
            }
            case Effect.Alter e -> {
                answers.add(new Input.DoneAlter(e, new Alteration.Altered()));
                answers.add(new Input.DoneAlter(e, new Alteration.Refused(refusal)));
                answers.add(new Input.DoneAlter(e, new Alteration.Absent()));
            }
            case Effect.Claim e -> {
                answers.add(new Input.DoneClaim(e, new Claim.Taken(tasks, TaskSet.EMPTY)));
                answers.add(new Input.DoneClaim(e, new Claim.Taken(TaskSet.EMPTY, tasks)));
                answers.add(new Input.DoneClaim(e, new Claim.Cannot()));
            }
            case Effect.Observe e -> answers.clear();
            case Effect.Measure e -> answers.clear();
            case Effect.PinImage e -> answers.clear();
        }
        return answers;
    }

    /** An engine that was loaded with one job in one state. */
    private final class Loaded {
        final TaskSet tasks;
        final Attempt attempt;
        private final SplittableRandom random = new SplittableRandom(1);
        private final Engine engine;
        private int events;

        Loaded(Phase phase, Wish wish) {
            EngineSettings settings =
                    EngineSettings.of(Plot.REALM, List.of(Plot.ours(Scenario.slurm(CLUSTER.value()))));
            Engine first = Engine.restore(List.of(), EPOCH - 1, settings, THEN, Transitions.UNWATCHED);
            Input submit =
                    new Input.Submit(Scenario.ALICE, Optional.empty(), List.of(Input.Submission.of(Scenario.plain())));
            first.decide(submit, THEN, random).events().forEach(event -> first.replay(event, THEN));
            JobId job = settings.firstJob();
            tasks = first.slices(job).getFirst().tasks();
            attempt = new Attempt(
                    AttemptId.random(Plot.REALM, random),
                    job,
                    Scenario.ALICE.user(),
                    CLUSTER,
                    Optional.empty(),
                    tasks,
                    1,
                    Optional.of(Duration.ofHours(1)),
                    Refusals.NONE);
            List<Image> images = first.images().stream()
                    .map(image -> image instanceof Image.OfSlice slice
                            ? new Image.OfSlice(job, slice.tasks(), new JobState.Live(attempt, phase, wish))
                            : image)
                    .toList();
            engine = Engine.restore(images, EPOCH, settings, THEN, transitions);
        }

        /** The calls that follow from the state alone, once what it commits before them is on disk. */
        List<Effect> due() {
            for (int i = 0; i < 3; i++) {
                replay(engine.decide(new Input.Woke(), NOW, random).events());
            }
            return engine.takeDue(NOW);
        }

        /** Shows it what was seen or answered; the calls that follow. */
        List<Effect> take(Input.Done done) {
            pairs++;
            Decision decision = engine.decide(done, NOW, random);
            replay(decision.events());
            return due();
        }

        private void replay(List<Event> events) {
            this.events += events.size();
            events.forEach(event -> engine.replay(event, NOW));
        }
    }
}
