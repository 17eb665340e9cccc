package dev.sluice.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.CapacityReading;
import dev.sluice.cluster.CapacityReading.Amount;
import dev.sluice.cluster.Doubt;
import dev.sluice.cluster.Parking;
import dev.sluice.cluster.Release;
import dev.sluice.cluster.Search;
import dev.sluice.cluster.Sighting;
import dev.sluice.engine.Effect;
import dev.sluice.engine.Engine;
import dev.sluice.engine.EngineSettings;
import dev.sluice.engine.EngineSettings.ClusterSettings;
import dev.sluice.engine.Event;
import dev.sluice.engine.Input;
import dev.sluice.engine.Transitions;
import dev.sluice.job.AttemptId;
import dev.sluice.job.Binding;
import dev.sluice.job.ClusterName;
import dev.sluice.job.JobId;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.Refusal;
import dev.sluice.job.TaskSet;
import dev.sluice.job.UserName;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Work;
import dev.sluice.testkit.store.MemoryStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Which calls leave, and how many at once, when more is to be done than there are lanes: one cluster, call by call. */
class DeparturesTest {
    private static final ClusterName HPC = new ClusterName("hpc");
    private static final Instant NOW = Instant.parse("2026-03-01T00:00:00Z");
    private static final UserName ALICE = new UserName("alice");
    private static final int JOBS = 1_500;
    /** A cluster's first lanes: what is asked for its capacity takes none, and its answer earns none. */
    private static final int FIRST = 4;

    private final SplittableRandom random = new SplittableRandom(1);
    private final Engine engine = engine();

    private static Engine engine() {
        MemoryStore store = new MemoryStore(MemoryStore.Fencing.KEPT);
        EngineSettings settings = EngineSettings.of(7, List.of(ClusterSettings.of(HPC)));
        return Engine.restore(store.load(), store.lead(), settings, NOW, Transitions.UNWATCHED);
    }

    private Instant now = NOW;

    private void replay(List<Event> events) {
        events.forEach(event -> engine.replay(event, now));
    }

    private void tell(Input input) {
        replay(engine.decide(input, now, random).events());
    }

    /** Many jobs that all fit: each is to be parked now. */
    private void placeMany() {
        place(JOBS);
    }

    private void place(int jobs) {
        JobSpec spec = JobSpec.builder("sample", new ProjectPath("physics"), ALICE, Work.Command.of("/bin/true"))
                .build();
        tell(new Input.Submit(
                new Input.Requester(ALICE, Input.Role.USER),
                Optional.empty(),
                Collections.nCopies(jobs, Input.Submission.of(spec))));
        Amount all = Amount.of(100_000, 1L << 50);
        for (Effect effect : engine.takeDue(now)) {
            if (effect instanceof Effect.Measure measure) {
                tell(new Input.DoneMeasure(
                        measure,
                        new CapacityReading.Capacity(
                                now,
                                List.of(new CapacityReading.PartitionCapacity(
                                        "debug", all, Amount.of(0, 0), all, 10_000)))));
            }
        }
        replay(engine.plan(now, 2 * jobs, random));
    }

    /** The calls that leave now and take a lane each. */
    private List<Effect> leaving() {
        tell(new Input.Woke());
        return engine.takeDue(now).stream()
                .filter(effect -> !(effect instanceof Effect.Observe) && !(effect instanceof Effect.Measure))
                .toList();
    }

    @Test
    void whatIsParkedIsReleasedBeforeNewJobsLeave() {
        placeMany();
        Set<AttemptId> parked = new TreeSet<>();
        for (Effect effect : leaving()) {
            parked.add(parked((Effect.Park) effect));
        }
        assertThat(parked).as("the first lanes").hasSize(FIRST);
        List<Effect> second = leaving();
        List<Effect.Release> releases = releases(second);
        assertThat(releases)
                .as("hundreds wait to be parked, and fill all other lanes")
                .hasSize(1);
        assertThat(releases.getFirst().grants())
                .extracting(grant -> grant.attempt().id())
                .containsExactlyInAnyOrderElementsOf(parked);
        assertThat(second).as("a lane more for each that was parked").hasSize(2 * FIRST);
    }

    @Test
    void twoReleasesAreUnderWayAndTheNextTakesAllThatWaited() {
        placeMany();
        List<Effect.Release> underWay = new ArrayList<>();
        Set<AttemptId> waiting = new TreeSet<>();
        for (Effect effect : leaving()) {
            AttemptId attempt = parked((Effect.Park) effect);
            List<Effect.Release> left = releases(leaving());
            underWay.addAll(left);
            if (left.isEmpty()) {
                waiting.add(attempt);
            }
        }
        assertThat(underWay).hasSize(2);
        assertThat(waiting).hasSize(FIRST - 2);
        tell(new Input.DoneRelease(underWay.getFirst(), List.of(new Release.Released())));
        assertThat(releases(leaving()))
                .singleElement()
                .satisfies(release -> assertThat(release.grants())
                        .extracting(grant -> grant.attempt().id())
                        .containsExactlyInAnyOrderElementsOf(waiting));
    }

    @Test
    void aReleaseThatHangsHoldsUpTheOthersForHalfASecond() {
        twoReleasesUnderWay();
        assertThat(releases(leaving())).isEmpty();
        now = now.plusMillis(500);
        assertThat(releases(leaving()))
                .singleElement()
                .satisfies(release -> assertThat(release.grants()).hasSize(FIRST - 2));
    }

    @Test
    void aCallThatTakesTheLastLaneTakesAllThatMayGoWithIt() {
        placeMany();
        List<Effect> calls = leaving();
        Set<AttemptId> both = new TreeSet<>();
        for (Effect call : calls.subList(0, 2)) {
            both.add(parked((Effect.Park) call));
        }
        tell(Input.Done.doubt(calls.get(2), "no answer"));
        now = now.plusMillis(1);
        List<Effect> second = leaving();
        assertThat(second)
                .as("one is under way, and the doubt has left three lanes")
                .hasSize(2);
        Effect.Find find = (Effect.Find) second.getLast();
        assertThat(find.sought())
                .extracting(sought -> sought.attempt().id())
                .as("behind a doubt it is looked for first")
                .containsExactlyInAnyOrderElementsOf(both);
        tell(new Input.DoneFind(
                find,
                find.sought().stream()
                        .<Search>map(sought -> new Search.Found(List.of(new Search.Trace(
                                sought.bindings().iterator().next(),
                                TaskSet.SOLE,
                                new Sighting.Held(0, Sighting.Holder.US, "JobHeldUser"),
                                List.of()))))
                        .toList()));
        assertThat(leaving())
                .singleElement()
                .satisfies(release -> assertThat(((Effect.Release) release).grants())
                        .extracting(grant -> grant.attempt().id())
                        .containsExactlyInAnyOrderElementsOf(both));
    }

    /** Each look costs the cluster its whole queue: in a crowd one leaves each half second, and takes all that have come by then. */
    @Test
    void behindACrowdTheNextReleaseLeavesHalfASecondLater() {
        placeMany();
        refuseAll(0);
        refuseAll(0);
        leaving().forEach(call -> parked((Effect.Park) call));
        List<Effect> parks = leaving();
        Effect.Release crowd = releases(parks).getFirst();
        assertThat(crowd.grants()).hasSize(4 * FIRST);
        tell(new Input.DoneRelease(crowd, Collections.nCopies(4 * FIRST, new Release.Released())));
        parks.subList(0, FIRST).forEach(call -> parked((Effect.Park) call));
        assertThat(releases(leaving())).isEmpty();
        now = now.plusMillis(500);
        refuse((Effect.Park) parks.get(FIRST));
        assertThat(releases(leaving()))
                .as("half a second later, and as soon as a lane is free")
                .singleElement()
                .satisfies(next -> assertThat(next.grants()).hasSize(FIRST));
    }

    @Test
    void behindACrowdTheLastLeaveAtOnceWhenNobodyElseCanJoin() {
        place(FIRST + 2 * FIRST + 4 * FIRST + 2);
        refuseAll(0);
        refuseAll(0);
        leaving().forEach(call -> parked((Effect.Park) call));
        List<Effect> last = leaving();
        Effect.Release crowd = releases(last).getFirst();
        List<Effect.Park> parks = last.stream()
                .filter(Effect.Park.class::isInstance)
                .map(Effect.Park.class::cast)
                .toList();
        assertThat(parks).hasSize(2);
        tell(new Input.DoneRelease(crowd, Collections.nCopies(4 * FIRST, new Release.Released())));
        parked(parks.getFirst());
        assertThat(leaving()).as("another is under way that can join").isEmpty();
        parked(parks.getLast());
        assertThat(releases(leaving()))
                .singleElement()
                .satisfies(release -> assertThat(release.grants()).hasSize(2));
    }

    private void refuse(Effect.Park park) {
        tell(new Input.DonePark(park, new Parking.Refused(Refusal.never("test", "not here"))));
    }

    /** Each of the first two that are parked is released by itself; the others wait for those calls. */
    private List<Effect.Release> twoReleasesUnderWay() {
        place(FIRST);
        List<Effect.Release> underWay = new ArrayList<>();
        for (Effect effect : leaving()) {
            parked((Effect.Park) effect);
            underWay.addAll(releases(leaving()));
        }
        assertThat(underWay).hasSize(2);
        return underWay;
    }

    /** What could not be told of one is no doubt about the cluster, and delays nobody else. */
    @Test
    void oneDoubtInAReleaseIsThatJobsAlone() {
        twoReleasesUnderWay();
        now = now.plusMillis(500);
        Effect.Release many = releases(leaving()).getFirst();
        List<Release> outcomes =
                new ArrayList<>(Collections.nCopies(many.grants().size(), new Release.Released()));
        outcomes.set(0, new Release.Unknown(new Doubt("no answer")));
        tell(new Input.DoneRelease(many, outcomes));
        assertThat(leaving()).as("it rests for a second").isEmpty();
        now = now.plusSeconds(1);
        assertThat(leaving())
                .singleElement()
                .satisfies(find -> assertThat(((Effect.Find) find).sought())
                        .extracting(sought -> sought.attempt().id())
                        .containsExactly(many.grants().getFirst().attempt().id()));
        place(JOBS);
        assertThat(leaving())
                .as("a lane more for each answer, less the two releases and the search that are under way")
                .hasSize(2 * FIRST + 1 - 3);
    }

    /** Intentions grow old in a long queue, and are made anew: in their places, or the queue would go round and nothing leave. */
    @Test
    void whatWaitedTooLongKeepsItsPlace() {
        placeMany();
        now = now.plusSeconds(11);
        assertThat(leaving())
                .extracting(effect -> ((Effect.Park) effect).attempt().job().value())
                .containsExactly(JobId.FIRST, JobId.FIRST + 1, JobId.FIRST + 2, JobId.FIRST + 3);
    }

    private AttemptId parked(Effect.Park park) {
        tell(new Input.DonePark(park, new Parking.Parked(new Binding("" + park.flight(), "1", "alice"), List.of())));
        return park.attempt().id();
    }

    private static List<Effect.Release> releases(List<Effect> effects) {
        return effects.stream()
                .filter(Effect.Release.class::isInstance)
                .map(Effect.Release.class::cast)
                .toList();
    }

    @Test
    void lanesDoubleUntilTheFirstDoubtAndWidenSlowlyBehindIt() {
        placeMany();
        List<Integer> rounds = new ArrayList<>();
        for (int round = 0; round < 8; round++) {
            rounds.add(refuseAll(0));
        }
        assertThat(rounds)
                .as("as many at once as max-width, in the seventh round")
                .containsExactly(FIRST, 2 * FIRST, 4 * FIRST, 8 * FIRST, 16 * FIRST, 32 * FIRST, 256, 256);
        assertThat(refuseAll(1)).isEqualTo(256);
        assertThat(refuseAll(0))
                .as("half, and one more for a full round of clear answers")
                .isEqualTo(129);
        assertThat(refuseAll(0)).isEqualTo(130);
    }

    /**
     * All that leave come back: first so many without an answer, then the others clear.
     *
     * @return how many left
     */
    private int refuseAll(int silent) {
        List<Effect> calls = leaving();
        for (int i = 0; i < calls.size(); i++) {
            Effect call = calls.get(i);
            if (i >= silent && call instanceof Effect.Park park) {
                refuse(park);
            } else {
                tell(Input.Done.doubt(call, "no answer"));
            }
        }
        return calls.size();
    }
}
