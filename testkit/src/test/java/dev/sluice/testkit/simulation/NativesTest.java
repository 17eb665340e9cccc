package dev.sluice.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.CapacityReading.Amount;
import dev.sluice.cluster.CapacityReading.Capacity;
import dev.sluice.cluster.CapacityReading.NativeUse;
import dev.sluice.cluster.CapacityReading.PartitionCapacity;
import dev.sluice.cluster.Supply;
import dev.sluice.engine.Batch;
import dev.sluice.engine.Decision;
import dev.sluice.engine.Effect;
import dev.sluice.engine.Engine;
import dev.sluice.engine.EngineSettings;
import dev.sluice.engine.EngineSettings.ClusterSettings;
import dev.sluice.engine.Event;
import dev.sluice.engine.Image;
import dev.sluice.engine.Input;
import dev.sluice.engine.Reply;
import dev.sluice.engine.StaleEpoch;
import dev.sluice.engine.StoreLost;
import dev.sluice.engine.Transitions;
import dev.sluice.job.ClusterName;
import dev.sluice.job.JobId;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.UserName;
import dev.sluice.policy.load.Load;
import dev.sluice.policy.place.ClusterTerms;
import dev.sluice.policy.place.Placement;
import dev.sluice.policy.plan.PolicySettings;
import dev.sluice.policy.project.HalfLife;
import dev.sluice.policy.project.Payer;
import dev.sluice.policy.project.Usage;
import dev.sluice.spec.Gpus;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Work;
import dev.sluice.testkit.store.MemoryStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What runs on a cluster beside Sluice, and is charged to projects all the same. */
class NativesTest {
    private static final ClusterName HPC = new ClusterName("hpc");
    private static final UserName ADA = new UserName("ada");
    private static final ProjectPath PHYSICS = new ProjectPath("physics");
    private static final ProjectPath LATTICE = new ProjectPath("physics/lattice");
    private static final ProjectPath BIOLOGY = new ProjectPath("biology");
    private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");
    private static final long GIB = 1L << 30;
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private static final NativeUse FOUR_CPUS = new NativeUse("lattice", Amount.of(4, 8 * GIB));
    private static final Load HELD = new Load(4, 8 * GIB, 0, new TreeMap<>());

    private final SplittableRandom random = new SplittableRandom(1);
    private final MemoryStore store = new MemoryStore(MemoryStore.Fencing.KEPT);
    private final List<Event> events = new ArrayList<>();
    private final List<Effect> due = new ArrayList<>();
    private Instant now = START;
    private long epoch;
    private Engine engine = engine(MINUTE, Map.of("lattice", LATTICE));

    private static PolicySettings policy(Map<String, ProjectPath> natives) {
        return PolicySettings.DEFAULTS.withPlacement(
                Placement.DEFAULT.with(HPC, ClusterTerms.PLAIN.withNatives(new TreeMap<>(natives))));
    }

    /** A gateway that has just started, with what the store has. */
    private Engine engine(Duration sweep, Map<String, ProjectPath> natives) {
        ClusterSettings usual = ClusterSettings.of(HPC);
        ClusterSettings paced = new ClusterSettings(
                HPC,
                usual.requestLife(),
                Duration.ofSeconds(5),
                sweep,
                usual.minJobAge(),
                usual.absence(),
                usual.trust(),
                usual.saves(),
                usual.arraySpan(),
                usual.maxWidth(),
                usual.tripAfter(),
                usual.pause(),
                usual.maxPause());
        epoch = store.lead();
        due.clear();
        return Engine.restore(
                store.load(),
                epoch,
                EngineSettings.of(7, List.of(paced)).withPolicy(policy(natives)),
                now,
                Transitions.UNWATCHED);
    }

    private Reply tell(Input input) {
        Decision decided = engine.decide(input, now, random);
        apply(decided.events());
        return decided.reply();
    }

    private void apply(List<Event> some) {
        events.addAll(some);
        some.forEach(event -> engine.replay(event, now));
        List<Event.Recorded> recorded = some.stream()
                .filter(Event.Recorded.class::isInstance)
                .map(Event.Recorded.class::cast)
                .toList();
        try {
            store.commit(new Batch(epoch, now, recorded, engine.takeTouched()));
        } catch (StoreLost | StaleEpoch e) {
            throw new AssertionError(e);
        }
    }

    /** The cluster is read then. */
    private void reading(Duration after, NativeUse... natives) {
        now = START.plus(after);
        tell(new Input.Woke());
        due.addAll(engine.takeDue(now));
        Effect.Measure measure = due.stream()
                .filter(Effect.Measure.class::isInstance)
                .map(Effect.Measure.class::cast)
                .findFirst()
                .orElseThrow();
        due.remove(measure);
        tell(new Input.DoneMeasure(measure, capacity(now, natives)));
    }

    private static Capacity capacity(Instant asOf, NativeUse... natives) {
        Amount all = Amount.of(1, GIB);
        return new Capacity(
                asOf,
                List.of(new PartitionCapacity("debug", all, Amount.of(0, 0), all, 10_000)),
                Optional.empty(),
                Supply.UNTOLD,
                List.of(natives));
    }

    private List<Event.NativesCharged> charged() {
        return events.stream()
                .filter(Event.NativesCharged.class::isInstance)
                .map(Event.NativesCharged.class::cast)
                .toList();
    }

    private static Event.NativesCharged charge(Duration from, Duration until, Event.NativeUse... uses) {
        return new Event.NativesCharged(HPC, START.plus(from), START.plus(until), List.of(uses));
    }

    private static Usage used(Usage before, Load held, Duration from, Duration until) {
        return before.plus(held, HPC, START.plus(from), START.plus(until), HalfLife.DEFAULT);
    }

    private JobId submit(ProjectPath project) {
        JobSpec spec = JobSpec.builder("sample", project, ADA, Work.Command.of("/bin/true"))
                .build();
        Reply reply = tell(new Input.Submit(
                new Input.Requester(ADA, Input.Role.USER), Optional.empty(), List.of(Input.Submission.of(spec))));
        return ((Reply.Accepted) reply).jobs().getFirst();
    }

    @Test
    void theProjectAndThoseAboveItAreChargedForTheTimeToTheNextReadingAndNoUserIs() {
        reading(Duration.ZERO, FOUR_CPUS);
        assertThat(charged()).isEmpty();
        reading(Duration.ofSeconds(70), new NativeUse("lattice", Amount.of(1, GIB)));

        assertThat(charged())
                .containsExactly(charge(Duration.ZERO, Duration.ofSeconds(70), new Event.NativeUse(LATTICE, HELD)));
        Usage usage = used(Usage.NONE, HELD, Duration.ZERO, Duration.ofSeconds(70));
        assertThat(engine.planner().usages()).isEqualTo(Map.of(Payer.of(PHYSICS), usage, Payer.of(LATTICE), usage));
        assertThat(engine.images()).as("no run of ours").noneMatch(Image.OfProject.class::isInstance);
    }

    @Test
    void whatItHoldsInSeveralAccountsIsOneAndAnAccountWithoutAProjectIsNobodys() {
        engine = engine(MINUTE, Map.of("lattice", LATTICE, "qcd", LATTICE, "wet", BIOLOGY));
        reading(
                Duration.ZERO,
                new NativeUse("chem", Amount.of(9, 9)),
                FOUR_CPUS,
                new NativeUse("qcd", new Amount(1, GIB, new TreeMap<>(Map.of("a100", 2L)))),
                new NativeUse("wet", Amount.of(2, 5)));
        reading(MINUTE);

        assertThat(charged().getFirst().uses())
                .containsExactly(
                        new Event.NativeUse(BIOLOGY, new Load(2, 5, 0, new TreeMap<>())),
                        new Event.NativeUse(LATTICE, new Load(5, 9 * GIB, 2, new TreeMap<>(Map.of("a100", 2L)))));
        reading(MINUTE.multipliedBy(2));
        assertThat(charged()).as("nothing ran any more").hasSize(1);
    }

    /** A usage goes into a store by its resources' names, and comes back by them. */
    @Test
    void gpusWithoutATypeThatThereIsAWordForAreGpusOfWhateverType() {
        reading(
                Duration.ZERO,
                new NativeUse(
                        "lattice",
                        new Amount(1, 0, new TreeMap<>(Map.of(Gpus.ANY_TYPE, 3L, "A 100", 2L, "h100", 1L)))));
        reading(MINUTE);
        assertThat(charged().getFirst().uses())
                .extracting(Event.NativeUse::held)
                .containsExactly(new Load(1, 0, 6, new TreeMap<>(Map.of("h100", 1L))));
    }

    @Test
    void itIsChargedOnceAMinuteHoweverOftenTheClusterIsRead() {
        engine = engine(Duration.ofSeconds(5), Map.of("lattice", LATTICE));
        for (int second = 0; second <= 125; second += 5) {
            reading(Duration.ofSeconds(second), new NativeUse("lattice", Amount.of(1 + second, 0)));
        }
        assertThat(charged())
                .containsExactly(
                        charge(Duration.ZERO, MINUTE, new Event.NativeUse(LATTICE, new Load(1, 0, 0, new TreeMap<>()))),
                        charge(
                                MINUTE,
                                MINUTE.multipliedBy(2),
                                new Event.NativeUse(LATTICE, new Load(61, 0, 0, new TreeMap<>()))));
    }

    @Test
    void acrossAGapOfMoreThanTenMinutesNothingIsGuessed() {
        Duration ten = Duration.ofMinutes(10);
        reading(Duration.ZERO, FOUR_CPUS);
        reading(ten, FOUR_CPUS);
        Duration after = ten.multipliedBy(2).plusSeconds(1);
        reading(after, FOUR_CPUS);
        reading(after.plus(MINUTE), FOUR_CPUS);
        Event.NativeUse use = new Event.NativeUse(LATTICE, HELD);
        assertThat(charged()).containsExactly(charge(Duration.ZERO, ten, use), charge(after, after.plus(MINUTE), use));
    }

    @Test
    void aClusterThatIsSeldomReadMayMissTwoReadings() {
        engine = engine(Duration.ofHours(1), Map.of("lattice", LATTICE));
        Duration three = Duration.ofHours(3);
        reading(Duration.ZERO, FOUR_CPUS);
        reading(three, FOUR_CPUS);
        reading(three.multipliedBy(2).plusSeconds(1), FOUR_CPUS);
        assertThat(charged()).containsExactly(charge(Duration.ZERO, three, new Event.NativeUse(LATTICE, HELD)));
    }

    @Test
    void aClockThatWasSetBackChargesNothingForThatTimeAndGoesOn() {
        reading(Duration.ofHours(1), FOUR_CPUS);
        engine.takeDue(now);
        Instant later = now.plus(MINUTE);
        now = later;
        tell(new Input.Woke());
        Effect.Measure measure = (Effect.Measure) engine.takeDue(now).stream()
                .filter(Effect.Measure.class::isInstance)
                .findFirst()
                .orElseThrow();
        tell(new Input.DoneMeasure(measure, capacity(START, FOUR_CPUS)));
        assertThat(charged()).isEmpty();
        now = later.plus(MINUTE);
        tell(new Input.Woke());
        Effect.Measure next = (Effect.Measure) engine.takeDue(now).stream()
                .filter(Effect.Measure.class::isInstance)
                .findFirst()
                .orElseThrow();
        tell(new Input.DoneMeasure(next, capacity(START.plus(MINUTE), FOUR_CPUS)));
        assertThat(charged()).containsExactly(charge(Duration.ZERO, MINUTE, new Event.NativeUse(LATTICE, HELD)));
    }

    @Test
    void aRestartKeepsItToTheLastBitAndChargesNothingForTheTimeBetween() {
        reading(Duration.ZERO, FOUR_CPUS);
        reading(Duration.ofSeconds(61), FOUR_CPUS);
        reading(Duration.ofSeconds(123), FOUR_CPUS);
        Map<Payer, Usage> before = engine.planner().usages();

        engine = engine(MINUTE, Map.of("lattice", LATTICE));
        assertThat(engine.planner().usages()).isEqualTo(before);
        reading(Duration.ofSeconds(200), FOUR_CPUS);
        assertThat(engine.planner().usages())
                .as("from the last sample to the stop, and to the start")
                .isEqualTo(before);
        reading(Duration.ofSeconds(261), FOUR_CPUS);
        Usage usage = Usage.NONE;
        for (int[] each : new int[][] {{0, 61}, {61, 123}, {200, 261}}) {
            usage = used(usage, HELD, Duration.ofSeconds(each[0]), Duration.ofSeconds(each[1]));
        }
        assertThat(engine.planner().usage(Payer.of(PHYSICS))).isEqualTo(usage);
        assertThat(engine(MINUTE, Map.of()).planner().usage(Payer.of(LATTICE))).isEqualTo(usage);
    }

    @Test
    void otherSettingsHoldFromTheNextSampleOn() {
        reading(Duration.ZERO, FOUR_CPUS);
        tell(new Input.Reconfigure(policy(Map.of("lattice", BIOLOGY))));
        reading(MINUTE, FOUR_CPUS);
        reading(MINUTE.multipliedBy(2), FOUR_CPUS);
        tell(new Input.Reconfigure(PolicySettings.DEFAULTS));
        reading(MINUTE.multipliedBy(3), FOUR_CPUS);
        reading(MINUTE.multipliedBy(4), FOUR_CPUS);
        assertThat(charged())
                .containsExactly(
                        charge(Duration.ZERO, MINUTE, new Event.NativeUse(LATTICE, HELD)),
                        charge(MINUTE, MINUTE.multipliedBy(2), new Event.NativeUse(BIOLOGY, HELD)),
                        charge(MINUTE.multipliedBy(2), MINUTE.multipliedBy(3), new Event.NativeUse(BIOLOGY, HELD)));
    }

    @Test
    void whoseAccountRanThereGoesBehindWhoRanNothing() {
        engine = engine(MINUTE, Map.of("wet", BIOLOGY));
        reading(Duration.ZERO, new NativeUse("wet", Amount.of(1, 0)));
        JobId one = submit(BIOLOGY);
        JobId other = submit(LATTICE);
        assertThat(first()).as("nobody has used anything").isEqualTo(one);
        reading(MINUTE);
        assertThat(first()).isEqualTo(other);
    }

    /** Whose turn is first. Nothing comes of it. */
    private JobId first() {
        return engine.plan(now, 1, random).stream()
                .filter(Event.Placed.class::isInstance)
                .map(event -> ((Event.Placed) event).job())
                .findFirst()
                .orElseThrow();
    }
}
