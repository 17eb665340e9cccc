package dev.sluice.gateway.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.ClusterBridge;
import dev.sluice.engine.EngineSettings;
import dev.sluice.engine.EngineSettings.ClusterSettings;
import dev.sluice.engine.IdempotencyKey;
import dev.sluice.engine.Input;
import dev.sluice.engine.JobRecord;
import dev.sluice.engine.Reply;
import dev.sluice.engine.StoreLost;
import dev.sluice.job.ClusterName;
import dev.sluice.job.JobId;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.Status;
import dev.sluice.job.UserName;
import dev.sluice.policy.plan.PolicySettings;
import dev.sluice.policy.project.Project;
import dev.sluice.policy.project.ProjectTree;
import dev.sluice.spec.Ask;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Routing;
import dev.sluice.spec.Work;
import dev.sluice.testkit.Fault;
import dev.sluice.testkit.store.MemoryStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LoopTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Input.Requester ALICE = new Input.Requester(new UserName("alice"), Input.Role.USER);

    private final TestStore store = new TestStore();
    private final PromptBridge one = new PromptBridge("one");
    private final PromptBridge two = new PromptBridge("two");
    private final Pulse pulse = new Pulse(0);
    private final List<Loop> loops = new ArrayList<>();
    /** Attempts of one loop are not another's: the clusters outlive loops. */
    private final SplittableRandom ids = new SplittableRandom(1);

    private Loop start(LoopSettings settings) throws InterruptedException {
        Map<ClusterName, ClusterBridge> bridges = new LinkedHashMap<>();
        List<ClusterSettings> clusters = new ArrayList<>();
        for (String name : List.of("one", "two")) {
            bridges.put(new ClusterName(name), name.equals("one") ? one : two);
            clusters.add(ClusterSettings.of(new ClusterName(name)));
        }
        Loop loop = new Loop(
                store,
                bridges,
                pin -> new Input.Pinning.Unknown(new dev.sluice.cluster.Doubt("no registry")),
                EngineSettings.of(7, clusters),
                settings,
                InstantSource.system(),
                ids.split(),
                pulse,
                LoopListener.NONE);
        loops.add(loop);
        loop.start();
        await(() -> loop.standing() instanceof Loop.Standing.Turning);
        return loop;
    }

    private Loop start() throws InterruptedException {
        return start(LoopSettings.DEFAULTS);
    }

    @AfterEach
    void stop() throws InterruptedException {
        one.thaw.countDown();
        two.thaw.countDown();
        store.down(false);
        store.gate.release(1_000);
        for (Loop loop : loops) {
            loop.close();
        }
    }

    /** Looks again with every event that is committed, and from time to time. */
    private void await(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
            CountDownLatch beat = new CountDownLatch(1);
            Runnable end = pulse.listen(sequence -> beat.countDown());
            beat.await(5, TimeUnit.MILLISECONDS);
            end.run();
        }
    }

    private static JobSpec on(String cluster) {
        Ask ask = Ask.DEFAULTS.withRouting(Routing.ANYWHERE.withAllowed(List.of(new ClusterName(cluster))));
        return JobSpec.builder("job", new ProjectPath("physics"), ALICE.user(), Work.Command.of("true"))
                .ask(ask)
                .build();
    }

    private static Input.Submit submit(JobSpec spec, long key) {
        return new Input.Submit(
                ALICE, Optional.of(new Input.Token(new IdempotencyKey(1, key), 1)), List.of(Input.Submission.of(spec)));
    }

    private static Reply reply(CompletableFuture<Reply> asked)
            throws InterruptedException, ExecutionException, TimeoutException {
        return asked.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    private static JobId accepted(CompletableFuture<Reply> asked)
            throws InterruptedException, ExecutionException, TimeoutException {
        return ((Reply.Accepted) reply(asked)).jobs().getFirst();
    }

    private Status status(JobId job) {
        try {
            JobRecord record = store.job(job).orElseThrow();
            return Status.of(record.slices().getFirst().state());
        } catch (StoreLost lost) {
            throw new IllegalStateException(lost);
        }
    }

    @Test
    void aJobGoesItsWayToTheEnd() throws Exception {
        Loop loop = start();
        JobId job = accepted(loop.ask(submit(on("one"), 1)));
        await(() -> status(job) == Status.SUCCEEDED);
        assertThat(one.starts).hasValue(1);
        assertThat(two.starts).hasValue(0);
    }

    @Test
    void noReplyLeavesBeforeTheCommit() throws Exception {
        Loop loop = start();
        store.gate.drainPermits();
        CompletableFuture<Reply> asked = loop.ask(submit(on("one"), 1));
        await(store.gate::hasQueuedThreads);
        assertThat(asked).isNotDone();
        assertThat(store.memory.newest()).isZero();
        store.gate.release(1_000);
        assertThat(reply(asked)).isInstanceOf(Reply.Accepted.class);
    }

    @Test
    @Fault({"F10", "F57"})
    void aLostCommitIsAnsweredWithBusyAndTheSameKeyMakesOneJob() throws Exception {
        for (MemoryStore.Fate fate : MemoryStore.Fate.values()) {
            Loop loop = start();
            long key = fate.ordinal();
            long before = store.memory.newest();
            synchronized (store) {
                store.memory.failNextCommit(fate);
            }
            assertThat(reply(loop.ask(submit(on("one"), key)))).isInstanceOf(Reply.Busy.class);
            await(() -> loop.standing() instanceof Loop.Standing.Loading);
            assertThat(store.memory.newest() > before).isEqualTo(fate == MemoryStore.Fate.KEPT);
            await(() -> loop.standing() instanceof Loop.Standing.Turning);
            JobId job = accepted(loop.ask(submit(on("one"), key)));
            await(() -> status(job) == Status.SUCCEEDED);
            assertThat(one.starts).hasValue(1 + fate.ordinal());
            loop.close();
        }
    }

    @Test
    @Fault("F10")
    void whileTheStoreIsAwayNothingIsAcceptedAndAfterwardsItGoesOn() throws Exception {
        Loop loop = start();
        store.down(true);
        assertThat(reply(loop.ask(submit(on("one"), 1)))).isInstanceOf(Reply.Busy.class);
        await(() -> loop.standing() instanceof Loop.Standing.Loading);
        assertThat(reply(loop.ask(submit(on("one"), 1))))
                .isInstanceOfSatisfying(
                        Reply.Busy.class, busy -> assertThat(busy.what()).contains("the disk is away"));
        store.down(false);
        await(() -> loop.standing() instanceof Loop.Standing.Turning);
        JobId job = accepted(loop.ask(submit(on("one"), 1)));
        await(() -> status(job) == Status.SUCCEEDED);
    }

    @Test
    void otherSettingsHoldAtTheNextTurnAndAfterTheStoreWasReadAgain() throws Exception {
        Loop loop = start();
        Project barred = Project.plain(new ProjectPath("physics")).withMostPriority(10);
        JobSpec urgent = on("one").toBuilder().priorityClass(11).build();
        assertThat(reply(loop.ask(submit(urgent, 1)))).isInstanceOf(Reply.Accepted.class);
        loop.reconfigure(PolicySettings.DEFAULTS.withProjects(ProjectTree.of(List.of(barred))));
        assertThat(reply(loop.ask(submit(urgent, 2)))).isInstanceOf(Reply.CannotRun.class);
        store.down(true);
        assertThat(reply(loop.ask(submit(on("one"), 3)))).isInstanceOf(Reply.Busy.class);
        await(() -> loop.standing() instanceof Loop.Standing.Loading);
        store.down(false);
        await(() -> loop.standing() instanceof Loop.Standing.Turning);
        assertThat(reply(loop.ask(submit(urgent, 4)))).isInstanceOf(Reply.CannotRun.class);
        loop.reconfigure(PolicySettings.DEFAULTS);
        assertThat(reply(loop.ask(submit(urgent, 5)))).isInstanceOf(Reply.Accepted.class);
    }

    @Test
    @Fault("F9")
    void whoIsDeposedEndsAndWritesNothingMore() throws Exception {
        Loop old = start();
        Loop next = start();
        assertThat(reply(old.ask(submit(on("one"), 1)))).isInstanceOf(Reply.Busy.class);
        await(() -> old.standing() instanceof Loop.Standing.Stopped);
        assertThat(((Loop.Standing.Stopped) old.standing()).why()).contains("leads");
        JobId job = accepted(next.ask(submit(on("one"), 1)));
        await(() -> status(job) == Status.SUCCEEDED);
        assertThat(one.starts).hasValue(1);
    }

    @Test
    @Fault({"F34", "F35"})
    void aClusterThatHangsSlowsNoOther() throws Exception {
        Loop loop = start();
        one.mood = PromptBridge.Mood.HANGS;
        JobId stuck = accepted(loop.ask(submit(on("one"), 1)));
        assertThat(one.hung.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        JobId free = accepted(loop.ask(submit(on("two"), 2)));
        await(() -> status(free) == Status.SUCCEEDED);
        assertThat(status(stuck)).isEqualTo(Status.DISPATCHING);
    }

    @Test
    @Fault("F6")
    void aCallBehindItsDeadlineIsADoubtAndWhatItSaysLaterIsDropped() throws Exception {
        Loop loop = start(new LoopSettings(100, 100, 64, Duration.ofMillis(200)));
        one.mood = PromptBridge.Mood.HANGS;
        JobId job = accepted(loop.ask(submit(on("one"), 1)));
        assertThat(one.hung.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        one.mood = PromptBridge.Mood.WELL;
        await(() -> status(job) == Status.SUCCEEDED);
        one.thaw.countDown();
        JobId next = accepted(loop.ask(submit(on("one"), 2)));
        await(() -> status(next) == Status.SUCCEEDED);
        assertThat(one.starts).hasValue(2);
    }

    @Test
    void aBridgeThatThrowsIsADoubt() throws Exception {
        Loop loop = start();
        one.mood = PromptBridge.Mood.THROWS;
        JobId job = accepted(loop.ask(submit(on("one"), 1)));
        await(() -> one.parks.get() > 0);
        one.mood = PromptBridge.Mood.WELL;
        await(() -> status(job) == Status.SUCCEEDED);
        assertThat(one.starts).hasValue(1);
    }

    @Test
    @Fault("B28")
    void moreCommandsThanPermitsAreRefusedAndThePermitsComeBack() throws Exception {
        Loop loop = start(new LoopSettings(2, 100, 64, Duration.ofSeconds(60)));
        store.gate.drainPermits();
        CompletableFuture<Reply> first = loop.ask(submit(on("one"), 1));
        CompletableFuture<Reply> second = loop.ask(submit(on("one"), 2));
        assertThat(reply(loop.ask(submit(on("one"), 3)))).isInstanceOf(Reply.Busy.class);
        store.gate.release(1_000);
        assertThat(reply(first)).isInstanceOf(Reply.Accepted.class);
        assertThat(reply(second)).isInstanceOf(Reply.Accepted.class);
        await(() -> loop.commands() == 0);
        assertThat(reply(loop.ask(submit(on("one"), 3)))).isInstanceOf(Reply.Accepted.class);
    }

    @Test
    void aRestartFindsEverythingAndStartsNothingTwice() throws Exception {
        Loop first = start();
        List<JobId> jobs = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            jobs.add(accepted(first.ask(submit(on("two"), i))));
        }
        first.close();
        Loop second = start();
        for (JobId job : jobs) {
            await(() -> status(job) == Status.SUCCEEDED);
        }
        assertThat(two.starts).hasValue(50);
        assertThat(accepted(second.ask(submit(on("two"), 7)))).isEqualTo(jobs.get(7));
    }

    @Test
    void aStopWaitsForTheCallsUnderWay() throws Exception {
        Loop loop = start();
        one.mood = PromptBridge.Mood.HANGS;
        JobId job = accepted(loop.ask(submit(on("one"), 1)));
        assertThat(one.hung.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        Thread stopper = Thread.ofVirtual().start(() -> {
            try {
                loop.stop(PATIENCE);
            } catch (InterruptedException ended) {
                Thread.currentThread().interrupt();
            }
        });
        await(() -> loop.standing() instanceof Loop.Standing.Stopping);
        assertThat(reply(loop.ask(submit(on("one"), 2)))).isInstanceOf(Reply.Busy.class);
        one.thaw.countDown();
        stopper.join();
        assertThat(loop.standing()).isEqualTo(new Loop.Standing.Stopped(""));
        assertThat(store.memory.job(job))
                .hasValueSatisfying(
                        record -> assertThat(record.attempts().getFirst().binding())
                                .as("what came back last is on disk")
                                .isPresent());
    }
}
