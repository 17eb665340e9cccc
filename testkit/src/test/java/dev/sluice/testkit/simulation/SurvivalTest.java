package dev.sluice.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.engine.Effect;
import dev.sluice.engine.EngineSettings;
import dev.sluice.engine.Event;
import dev.sluice.engine.IdempotencyKey;
import dev.sluice.engine.Input;
import dev.sluice.engine.Reply;
import dev.sluice.engine.StoredEvent;
import dev.sluice.job.AttemptEnd;
import dev.sluice.job.JobId;
import dev.sluice.job.Lifecycle.Stage;
import dev.sluice.job.Phase;
import dev.sluice.job.Verdict;
import dev.sluice.spec.JobSpec;
import dev.sluice.testkit.Fault;
import dev.sluice.testkit.fake.FakeSettings;
import dev.sluice.testkit.fake.Mischief;
import dev.sluice.testkit.fake.Moment;
import dev.sluice.testkit.store.MemoryStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes wrong out there beside the rows of the protocol, by its number in docs/faults.md. */
class SurvivalTest {
    private static void ranOnce(Scenario scenario, JobId job) {
        scenario.untilEnded(job);
        assertThat(scenario.verdicts(job)).containsOnly(Verdict.SUCCEEDED);
        assertThat(scenario.launches(job)).containsOnly(1);
        scenario.until("nothing of it is left", scenario::swept);
    }

    private static Input.Submit submit(JobSpec spec, long key, long body) {
        return new Input.Submit(
                Scenario.ALICE,
                Optional.of(new Input.Token(new IdempotencyKey(0, key), body)),
                List.of(Input.Submission.of(spec)));
    }

    // The gateway dies

    @ParameterizedTest
    @ValueSource(
            strings = {
                "before commit of Placed",
                "after commit of Placed",
                "before call Park",
                "after call Park",
                "answered Park",
                "before commit of Moved",
                "after commit of Moved",
                "before call Release",
                "after call Release",
                "answered Release",
                "before commit of Closed",
                "after commit of Closed"
            })
    @Fault("F1")
    void aGatewayDiesAndItsJobRunsOnce(String point) {
        for (Shape shape : Shape.values()) {
            Scenario scenario = Scenario.of(Scenario.slurm("hpc")).dieAt(point, Duration.ofSeconds(20));
            JobId job = scenario.submit(shape.spec());
            ranOnce(scenario, job);
            scenario.until("another leads", () -> scenario.federation.lives() == 2);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"before commit of Moved", "after commit of Moved", "after commit of Placed"})
    @Fault("F9")
    void aLeaderThatHangsForAMinuteIsFencedOffWhenItGoesOn(String point) {
        Scenario scenario = Scenario.of(Scenario.slurm("hpc")).hangAt(point, Duration.ofMinutes(1));
        JobId job = scenario.submit(Scenario.plain());
        ranOnce(scenario, job);
        assertThat(scenario.federation.lives()).isEqualTo(2);
        scenario.pass(Duration.ofMinutes(2));
        assertThat(scenario.told(line -> line.contains("thaws"))).isEqualTo(1);
        assertThat(scenario.parked()).isLessThanOrEqualTo(2);
    }

    // The store

    @Test
    @Fault("F10")
    void whatTheStoreLosesIsNeverAcknowledged() {
        Scenario scenario = Scenario.of(Scenario.slurm("hpc"));
        scenario.federation.store.failNextCommit(MemoryStore.Fate.LOST);
        Reply reply = scenario.ask(submit(Scenario.plain(), 1, 1));
        assertThat(reply).as("no answer leaves").isEqualTo(Reply.SILENT);
        assertThat(scenario.recorded(Event.Accepted.class)).isEmpty();
        assertThat(scenario.ask(submit(Scenario.plain(), 1, 1))).isInstanceOf(Reply.Accepted.class);
        assertThat(scenario.recorded(Event.Accepted.class)).hasSize(1);
    }

    @Test
    @Fault("F57")
    void aCommitThatThrewAndYetHappenedMakesOneJob() {
        Scenario scenario = Scenario.of(Scenario.slurm("hpc"));
        scenario.federation.store.failNextCommit(MemoryStore.Fate.KEPT);
        assertThat(scenario.ask(submit(Scenario.plain(), 1, 1)))
                .as("nobody knows, so no answer leaves")
                .isEqualTo(Reply.SILENT);
        Reply again = scenario.ask(submit(Scenario.plain(), 1, 1));
        assertThat(scenario.recorded(Event.Accepted.class)).hasSize(1);
        assertThat(again)
                .isEqualTo(new Reply.Accepted(List.of(
                        scenario.recorded(Event.Accepted.class).getFirst().job())));
        assertThat(scenario.federation.lives()).isEqualTo(2);
    }

    // Idempotency

    @Test
    @Fault("F11")
    void oneKeyWithAnotherBodyIsAConflict() {
        Scenario scenario = Scenario.of(Scenario.slurm("hpc"));
        assertThat(scenario.ask(submit(Scenario.plain(), 1, 1))).isInstanceOf(Reply.Accepted.class);
        assertThat(scenario.ask(submit(Scenario.plain(), 1, 2))).isInstanceOf(Reply.KeyConflict.class);
        assertThat(scenario.recorded(Event.Accepted.class)).hasSize(1);
    }

    @Test
    @Fault("F12")
    void twentyParallelRetriesWithOneKeyAreOneJob() {
        Scenario scenario = Scenario.of(Scenario.slurm("hpc"));
        Gateway leader = scenario.federation.leader().orElseThrow();
        List<Reply> replies = new ArrayList<>();
        IntStream.range(0, 20).forEach(i -> leader.ask(submit(Scenario.plain(), 1, 1), replies::add));
        scenario.federation.mail(leader);
        scenario.until("all have their answer", () -> replies.size() == 20);
        assertThat(replies.stream().distinct()).hasSize(1).first().isInstanceOf(Reply.Accepted.class);
        assertThat(scenario.recorded(Event.Accepted.class)).hasSize(1);
    }

    @Test
    @Fault("F12")
    void aRetryAfterARestartGetsTheSameAnswer() {
        Scenario scenario = Scenario.of(Scenario.slurm("hpc")).dieAt("after commit of KeyUsed", Duration.ofSeconds(1));
        assertThat(scenario.ask(submit(Scenario.plain(), 1, 1))).isEqualTo(Reply.SILENT);
        assertThat(scenario.ask(submit(Scenario.plain(), 1, 1)))
                .isEqualTo(new Reply.Accepted(List.of(
                        scenario.recorded(Event.Accepted.class).getFirst().job())));
        assertThat(scenario.recorded(Event.Accepted.class)).hasSize(1);
    }

    // Clusters

    @ParameterizedTest
    @EnumSource
    @Fault("F22")
    void aStateInWordsThatNobodyKnowsChangesNothing(Shape shape) {
        Scenario scenario = Scenario.of(Scenario.slurm("hpc"));
        JobId job = scenario.submit(shape.spec());
        scenario.untilStage(job, Stage.RUNNING);
        for (int i = 0; i < 5; i++) {
            assertThat(scenario.mischief().strangeWord(scenario.now())).isTrue();
            scenario.pass(Duration.ofSeconds(45));
            assertThat(scenario.stage(job)).isEqualTo(Stage.RUNNING);
        }
        ranOnce(scenario, job);
    }

    @ParameterizedTest
    @EnumSource
    @Fault("F32")
    void aControllerThatRestartsLosesNothingAndRunsNothingAgain(Shape shape) {
        Scenario scenario = Scenario.of(Scenario.slurm("hpc"));
        JobId job = scenario.submit(shape.spec());
        scenario.untilStage(job, Stage.RUNNING);
        for (int i = 0; i < 3; i++) {
            scenario.mischief().crash(scenario.now(), Duration.ZERO, Duration.ofSeconds(30));
            scenario.pass(Duration.ofMinutes(2));
        }
        ranOnce(scenario, job);
        assertThat(scenario.recorded(Event.Placed.class)).hasSize(1);
    }

    @Test
    @Fault("F33")
    void aClusterThatComesBackMeetsNoThunderingHerd() {
        Scenario scenario = Scenario.of(Scenario.slurm("hpc"));
        List<JobId> jobs = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            jobs.add(scenario.submit(Scenario.plain()));
        }
        jobs.forEach(job -> scenario.untilStage(job, Stage.RUNNING));
        scenario.mischief().unreachable(scenario.now(), Duration.ofHours(2));
        scenario.pass(Duration.ofMinutes(119));
        int before = scenario.calls(Effect.class);
        Instant back = scenario.now().plus(Duration.ofMinutes(1));
        jobs.forEach(scenario::untilEnded);
        assertThat(jobs)
                .allSatisfy(job -> assertThat(scenario.verdicts(job)).containsOnly(Verdict.SUCCEEDED))
                .allSatisfy(job -> assertThat(scenario.launches(job)).containsOnly(1));
        assertThat(scenario.recorded(Event.Placed.class))
                .as("none is placed anew")
                .hasSize(60);
        assertThat(scenario.calls(Effect.class) - before)
                .as("calls until all 60 were known to have ended, %s after", Duration.between(back, scenario.now()))
                .isLessThan(60);
    }

    @Test
    @Fault({"F34", "F35"})
    void oneSickClusterSlowsNoOther() {
        Scenario scenario =
                Scenario.of(Scenario.slurm("sick"), Scenario.slurm("well").withCpus(32));
        scenario.cluster("sick").mischief().freeze(scenario.now(), Duration.ofHours(3), Mischief.Thaw.DROPS);
        List<JobId> jobs = new ArrayList<>();
        Instant from = scenario.now();
        for (int i = 0; i < 80; i++) {
            jobs.add(scenario.submit(Scenario.plain()));
        }
        List<JobId> onWell = jobs.stream()
                .filter(job -> scenario.live(job).attempt().cluster().value().equals("well"))
                .toList();
        assertThat(onWell).hasSizeGreaterThan(20);
        onWell.forEach(job -> scenario.untilStage(job, Stage.RUNNING));
        assertThat(Duration.between(from, scenario.now()))
                .as("as soon as without the sick one")
                .isLessThan(Duration.ofSeconds(10));
        assertThat(scenario.called(Effect.Park.class).stream()
                        .filter(park -> park.cluster().value().equals("sick")))
                .as("calls that lie there are bounded by the width of its lane")
                .hasSizeLessThanOrEqualTo(8);
    }

    @Test
    @Fault("F54")
    void aClaimDirectoryThatIsAwayFailsClosedAsASitesError() {
        Scenario scenario = Scenario.of(Scenario.slurm("hpc"));
        scenario.mischief().claimsAway(scenario.now(), Duration.ofSeconds(20));
        JobId job = scenario.submit(Scenario.plain());
        scenario.untilEnded(job);
        assertThat(scenario.recorded(Event.Closed.class).getFirst().end())
                .as("no failure of the user's")
                .isInstanceOf(AttemptEnd.Interrupted.class);
        assertThat(scenario.verdicts(job)).containsOnly(Verdict.SUCCEEDED);
        assertThat(scenario.launches(job)).containsOnly(1);
    }

    @ParameterizedTest
    @ValueSource(longs = {-4_900, 4_900})
    @Fault({"F28", "F55"})
    void clocksThatDifferByTheSkewKeepTheFence(long skewMs) {
        FakeSettings off = Scenario.slurm("hpc").withSkew(Duration.ofMillis(skewMs));
        Scenario scenario = Scenario.of(off);
        // The park is carried out as late as its fence allows, long after its cancel.
        scenario.mischief().freeze(scenario.now(), Duration.ofSeconds(62), Mischief.Thaw.ACTS);
        JobId job = scenario.submit(Scenario.plain());
        scenario.pass(Duration.ofSeconds(1));
        scenario.cancel(job);
        scenario.pass(Duration.ofHours(2));
        assertThat(scenario.launches(job)).containsOnly(0);
        assertThat(scenario.swept()).isTrue();
        assertThat(scenario.recorded(Event.SweptUp.class)).isNotEmpty();
    }

    @Test
    @Fault("F55")
    void noRequestOfOursActsAfterItsFence() {
        Scenario scenario = Scenario.of(Scenario.slurm("hpc"));
        scenario.mischief().freeze(scenario.now(), Duration.ofMinutes(3), Mischief.Thaw.ACTS);
        JobId job = scenario.submit(Scenario.plain());
        scenario.pass(Duration.ofMinutes(4));
        assertThat(scenario.federation.faults.of(dev.sluice.testkit.fake.Fault.FENCED_OFF))
                .as("what lay there too long is refused")
                .isPositive();
        ranOnce(scenario, job);
    }

    @ParameterizedTest
    @EnumSource
    @Fault({"F46", "F52"})
    void aParkThatItsControllerForgotAndWhoseIdWasGivenAwayIsNeverReleased(Shape shape) {
        FakeSettings byId = Scenario.slurm("hpc").withRelease(FakeSettings.ReleaseBy.ID);
        Scenario scenario = Scenario.of(byId);
        scenario.mischief()
                .ambush(
                        scenario.now(),
                        Moment.PARK,
                        Duration.ofMillis(1),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(2));
        JobId job = scenario.submit(shape.spec());
        scenario.pass(Duration.ofMillis(2_500));
        scenario.mischief().foreignJob(scenario.now(), Mischief.Held.HELD, Mischief.Account.OURS);
        ranOnce(scenario, job);
        assertThat(scenario.federation.faults.of(dev.sluice.testkit.fake.Fault.PARK_FORGOTTEN))
                .isPositive();
        assertThat(scenario.federation.ledger.touches()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    @Fault({"F16", "F47"})
    void aSearchThatFailsLeavesItUnknown(Shape shape) {
        Scenario scenario = Scenario.of(Scenario.slurm("hpc")).loseAnswerTo(Effect.Park.class);
        scenario.mischief().searchesFail(scenario.now(), Duration.ofMinutes(30));
        JobId job = scenario.submit(shape.spec());
        scenario.pass(Duration.ofMinutes(29));
        assertThat(scenario.phase(job)).isInstanceOf(Phase.Intended.class);
        assertThat(scenario.calls(Effect.Park.class)).as("not parked again").isEqualTo(1);
        ranOnce(scenario, job);
        assertThat(scenario.parked()).isEqualTo(1);
    }

    // Readers and bounds

    @Test
    @Fault("F43")
    void aSlowReaderOfEventsMissesNothingAndHoldsNobodyUp() {
        Scenario scenario = Scenario.of(Scenario.slurm("hpc"));
        List<StoredEvent> read = new ArrayList<>();
        List<JobId> jobs = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            jobs.add(scenario.submit(Scenario.plain()));
            read.addAll(scenario.federation.store.events(read.size(), 1));
        }
        jobs.forEach(scenario::untilEnded);
        while (true) {
            List<StoredEvent> page = scenario.federation.store.events(read.size(), 3);
            if (page.isEmpty()) {
                break;
            }
            read.addAll(page);
        }
        assertThat(read).extracting(StoredEvent::sequence).isSorted().doesNotHaveDuplicates();
        assertThat(read)
                .hasSize(scenario.federation.store.events(0, Integer.MAX_VALUE).size());
    }

    @Test
    void aFullGatewayRefusesAndDropsNothing() {
        Scenario scenario =
                Scenario.of(SurvivalTest::small, Scenario.slurm("hpc").withCpus(0));
        JobId first = scenario.submit(Scenario.array(6));
        Reply refused = scenario.ask(submit(Scenario.array(5), 1, 1));
        assertThat(refused).isInstanceOf(Reply.Busy.class);
        assertThat(scenario.recorded(Event.Accepted.class)).hasSize(1);
        scenario.cancel(first);
        assertThat(scenario.ask(submit(Scenario.array(5), 1, 1)))
                .as("there is room again, and the refused key was not used up")
                .isInstanceOf(Reply.Accepted.class);
    }

    /** Ten tasks at most. */
    private static EngineSettings small(EngineSettings s) {
        return new EngineSettings(
                s.realm(),
                s.firstJob(),
                10,
                s.maxKeys(),
                s.keyLife(),
                s.skew(),
                s.backoff(),
                s.maxBackoff(),
                s.heapRetention(),
                s.vigil(),
                s.pins(),
                s.policy(),
                s.clusters());
    }
}
