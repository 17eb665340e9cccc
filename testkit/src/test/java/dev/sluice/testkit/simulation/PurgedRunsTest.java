package dev.sluice.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.CapacityReading;
import dev.sluice.cluster.CapacityReading.Amount;
import dev.sluice.cluster.Cursor;
import dev.sluice.cluster.Observation;
import dev.sluice.cluster.Parking;
import dev.sluice.cluster.Release;
import dev.sluice.cluster.Search;
import dev.sluice.cluster.Sighting;
import dev.sluice.cluster.Sweep;
import dev.sluice.engine.Effect;
import dev.sluice.engine.Engine;
import dev.sluice.engine.EngineSettings;
import dev.sluice.engine.EngineSettings.ClusterSettings;
import dev.sluice.engine.Event;
import dev.sluice.engine.Input;
import dev.sluice.engine.Transitions;
import dev.sluice.job.AttemptEnd;
import dev.sluice.job.AttemptId;
import dev.sluice.job.Binding;
import dev.sluice.job.ClusterName;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.TaskSet;
import dev.sluice.job.UserName;
import dev.sluice.job.Verdict;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Work;
import dev.sluice.testkit.Fault;
import dev.sluice.testkit.store.MemoryStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A job that its cluster had requeued, and whose earlier runs accounting has purged: where it keeps no restart count (SLURM 22.05)
 * the run that is left counts as the first.
 */
class PurgedRunsTest {
    private static final ClusterName HPC = new ClusterName("hpc");
    private static final UserName ALICE = new UserName("alice");
    private static final Binding FIRST = new Binding("5", "100", "alice");
    private static final Binding SECOND = new Binding("5", "200", "alice");

    private final SplittableRandom random = new SplittableRandom(1);
    private final List<Event> events = new ArrayList<>();
    private final List<Effect> due = new ArrayList<>();
    private Instant now = Instant.parse("2026-03-01T00:00:00Z");
    private final Engine engine = engine(now);

    private static Engine engine(Instant now) {
        MemoryStore store = new MemoryStore(MemoryStore.Fencing.KEPT);
        EngineSettings settings = EngineSettings.of(7, List.of(ClusterSettings.of(HPC)));
        return Engine.restore(store.load(), store.lead(), settings, now, Transitions.UNWATCHED);
    }

    @Test
    @Fault({"F21", "F31"})
    void itsEndIsThatOfTheRunThatIsOnDisk() {
        Instant started = now.minusSeconds(60);
        missing();
        found(new Sighting.Ended(0, new AttemptEnd.Finished(Verdict.SUCCEEDED), started, now));
        assertThat(of(Event.Closed.class))
                .singleElement()
                .satisfies(closed -> assertThat(closed.end()).isEqualTo(new AttemptEnd.Finished(Verdict.SUCCEEDED)));
        assertThat(of(Event.Charged.class)).extracting(Event.Charged::run).containsExactly(0, 1);
    }

    @Test
    @Fault({"F21", "F31"})
    void whatItsControllerLostIsAskedForItsClaim() {
        missing();
        found(new Sighting.Lost(0));
        wake();
        assertThat(take(Effect.Claim.class).run()).isEqualTo(1);
    }

    @Test
    @Fault("F21")
    void theEndOfTheRunBeforeIsNotItsEnd() {
        missing();
        Effect.Find find = take(Effect.Find.class);
        Sighting end = new Sighting.Ended(0, new AttemptEnd.Finished(Verdict.SUCCEEDED), now.minusSeconds(60), now);
        tell(new Input.DoneFind(
                find, List.of(new Search.Found(List.of(new Search.Trace(FIRST, TaskSet.SOLE, end, List.of()))))));
        assertThat(of(Event.Closed.class)).isEmpty();
    }

    /** It runs for the second time, and the requeue is on disk. */
    @BeforeEach
    void requeue() {
        JobSpec spec = JobSpec.builder("sample", new ProjectPath("physics"), ALICE, Work.Command.of("/bin/true"))
                .build();
        tell(new Input.Submit(
                new Input.Requester(ALICE, Input.Role.USER), Optional.empty(), List.of(Input.Submission.of(spec))));
        Amount all = Amount.of(100, 1L << 40);
        wake();
        tell(new Input.DoneMeasure(
                take(Effect.Measure.class),
                new CapacityReading.Capacity(
                        now,
                        List.of(new CapacityReading.PartitionCapacity("debug", all, Amount.of(0, 0), all, 10_000)))));
        apply(engine.plan(now, 10, random));
        wake();
        Effect.Park park = take(Effect.Park.class);
        tell(new Input.DonePark(park, new Parking.Parked(FIRST, List.of())));
        wake();
        tell(new Input.DoneRelease(take(Effect.Release.class), List.of(new Release.Released())));
        AttemptId id = park.attempt().id();
        look(List.of(seen(id, FIRST, new Sighting.Running(0, now, Sighting.Claimed.CLAIMED))));
        look(List.of(seen(id, SECOND, new Sighting.Running(1, now, Sighting.Claimed.CLAIMED))));
    }

    private static Observation seen(AttemptId attempt, Binding binding, Sighting seen) {
        return new Observation(attempt, binding, TaskSet.SOLE, seen, "", List.of());
    }

    /** Absent from two looks: it is searched for. */
    private void missing() {
        look(List.of());
        now = now.plus(ClusterSettings.of(HPC).absence());
        look(List.of());
        wake();
    }

    private void look(List<Observation> observations) {
        now = now.plus(Duration.ofSeconds(20));
        wake();
        tell(new Input.DoneObserve(
                take(Effect.Observe.class),
                new Sweep.Seen(now, Sweep.Scope.COMPLETE, Sweep.Ends.VISIBLE, observations, new Cursor("1"))));
    }

    private void found(Sighting sighting) {
        tell(new Input.DoneFind(
                take(Effect.Find.class),
                List.of(new Search.Found(List.of(new Search.Trace(SECOND, TaskSet.SOLE, sighting, List.of()))))));
    }

    private <E extends Effect> E take(Class<E> kind) {
        Effect found = due.stream()
                .filter(kind::isInstance)
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + kind.getSimpleName() + " is due, but " + due));
        due.remove(found);
        return kind.cast(found);
    }

    private void wake() {
        tell(new Input.Woke());
        due.addAll(engine.takeDue(now));
    }

    private void tell(Input input) {
        apply(engine.decide(input, now, random).events());
    }

    private void apply(List<Event> some) {
        events.addAll(some);
        some.forEach(event -> engine.replay(event, now));
    }

    private <E extends Event> List<E> of(Class<E> kind) {
        return events.stream().filter(kind::isInstance).map(kind::cast).toList();
    }
}
