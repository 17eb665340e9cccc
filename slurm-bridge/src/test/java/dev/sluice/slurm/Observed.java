package dev.sluice.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.Cursor;
import dev.sluice.cluster.Grant;
import dev.sluice.cluster.Observation;
import dev.sluice.cluster.Parking;
import dev.sluice.cluster.PastRun;
import dev.sluice.cluster.Release;
import dev.sluice.cluster.Search;
import dev.sluice.cluster.Sighting;
import dev.sluice.cluster.Sought;
import dev.sluice.cluster.Sweep;
import dev.sluice.job.Attempt;
import dev.sluice.job.AttemptEnd;
import dev.sluice.job.Binding;
import dev.sluice.job.TaskSet;
import dev.sluice.job.Verdict;
import dev.sluice.slurm.SlurmSite.By;
import dev.sluice.spec.JobSpec;
import dev.sluice.testkit.Fault;
import dev.sluice.testkit.slurm.Generation;
import dev.sluice.testkit.slurm.Result;
import dev.sluice.testkit.slurm.Service;
import dev.sluice.testkit.slurm.Setting;
import dev.sluice.testkit.slurm.SlurmCluster;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/**
 * What the watch tells of a real SLURM's ends and requeues, whoever looks when. A class and a cluster of its own for each way to it,
 * since most of this is waiting.
 */
@Tag("cluster")
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class Observed {
    private static final Duration WAIT = Duration.ofSeconds(150);
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration SOON = Duration.ofSeconds(4);
    private static final Duration FENCE = Duration.ofMinutes(8);
    private static final Duration MIN_JOB_AGE = Duration.ofSeconds(10);
    private static final String RUNS_ON = "#!/bin/sh\nexec sleep 300\n";

    /** Its first run goes on until it is broken off, the next one ends. */
    private static final String SECOND_RUN_EXITS_3 =
            "#!/bin/sh\ntest \"${SLURM_RESTART_COUNT:-0}\" = 0 || exit 3\nexec sleep 300\n";

    private final Generation generation;
    private final By by;
    private final Optional<Duration> pause;
    private Duration shift = Duration.ZERO;
    private Cursor cursor = Cursor.START;
    private final List<Going> going = new ArrayList<>();
    private SlurmCluster cluster;
    private Optional<SlurmSite> opened = Optional.empty();

    /** Accounting that was silent is asked again soon, which a test need not wait for; Observed22Test has a gateway's own pause. */
    Observed(Generation generation, By by) {
        this(generation, by, Optional.of(SOON));
    }

    /** @param pause as of {@link SlurmSite} */
    @SuppressWarnings("NullAway.Init")
    Observed(Generation generation, By by, Optional<Duration> pause) {
        this.generation = generation;
        this.by = by;
        this.pause = pause;
    }

    /** A job of ours on its way, and all that the watch has told of it. */
    private record Going(Attempt attempt, Binding binding, List<Observation> told) {
        List<Sighting> sightings() {
            return told.stream().map(Observation::seen).toList();
        }

        boolean saw(Predicate<Sighting> wanted) {
            return sightings().stream().anyMatch(wanted);
        }
    }

    @BeforeAll
    void startCluster() {
        cluster =
                SlurmCluster.start(generation, new Setting("LAB_SLURMD_TIMEOUT", "10"), Setting.minJobAge(MIN_JOB_AGE));
    }

    @AfterAll
    void closeCluster() {
        cluster.close();
    }

    @BeforeEach
    void open() {
        shift = Duration.ZERO;
        cursor = Cursor.START;
        going.clear();
        InstantSource clock = () -> Instant.now().plus(shift);
        opened = Optional.of(Sites.watched(cluster, by, clock, PATIENCE, pause));
    }

    private SlurmSite site() {
        return opened.orElseThrow();
    }

    @AfterEach
    void heal() throws Exception {
        cluster.heal();
        opened.ifPresent(SlurmSite::close);
    }

    @Test
    @Fault({"F17", "F18", "F56"})
    void anEndThatNobodySawIsToldWhenSlurmdbdIsBack() throws Exception {
        Going job = run("#!/bin/sh\nsleep 2\nexit 200\n");
        await(job, one -> one instanceof Sighting.Running);
        cluster.stop(Service.ACCOUNTING);
        await(() -> row(job).isEmpty(), () -> "that the controller forgets it");
        for (int i = 0; i < 3; i++) {
            look();
        }
        assertThat(job.sightings()).noneMatch(one -> one instanceof Sighting.Ended || one instanceof Sighting.Lost);
        assertThat(find(job)).isInstanceOf(Search.Unknown.class);

        cluster.start(Service.ACCOUNTING);
        Sighting.Ended ended = awaitEnd(job);
        AttemptEnd whole = new AttemptEnd.Finished(new Verdict.Failed(200, 0, ""));
        AttemptEnd cut = new AttemptEnd.Finished(
                new Verdict.Failed(72, 0, "told by sacct, which prints exit codes of 128 and more less 128"));
        if (by == By.REST || generation == Generation.V26_05) {
            assertThat(ended.end()).isEqualTo(whole);
        } else if (by == By.SSH) {
            assertThat(ended.end()).isEqualTo(cut);
        } else {
            assertThat(ended.end())
                    .as("for a while after sacct had failed REST is asked first")
                    .isIn(cut, whole);
        }
        assertThat(site().starts(job.attempt(), 0)).isEqualTo(1);
    }

    @Test
    @Fault("F21")
    void aRequeuedJobGoesOnAndEachOfItsRunsIsTold() throws Exception {
        Going job = run(SECOND_RUN_EXITS_3);
        await(job, one -> one instanceof Sighting.Running);
        mayBeRequeued(job);
        TimeUnit.SECONDS.sleep(2);
        cluster.exec("root", "scontrol", "requeue", job.binding().nativeId()).text();
        await(job, one -> one.run() == 1);
        awaitPastRun(job);
        startsNow(job);
        Sighting.Ended ended = awaitEnd(job);

        assertThat(ended.run()).isEqualTo(1);
        assertThat(ended.end())
                .isInstanceOfSatisfying(
                        AttemptEnd.Finished.class,
                        finished -> assertThat(finished.verdict())
                                .isInstanceOfSatisfying(
                                        Verdict.Failed.class,
                                        failed -> assertThat(failed.exitCode()).isEqualTo(3)));
        assertThat(job.sightings().stream().filter(Sighting.Ended.class::isInstance))
                .hasSize(1);
        List<PastRun> past = job.told().getLast().past();
        assertUsage(job, past, ended);

        await(() -> row(job).isEmpty(), () -> "that the controller forgets it");
        assertThat(find(job)).isInstanceOfSatisfying(Search.Found.class, found -> {
            Search.Trace trace = found.traces().getFirst();
            assertThat(trace.seen()).as("by its first binding, in accounting").isInstanceOf(Sighting.Ended.class);
            assertThat(trace.seen().run()).isEqualTo(1);
            assertThat(trace.past()).isEqualTo(past);
        });
    }

    @Test
    @Fault({"F17", "F21"})
    void aRequeueThatNobodySawIsNoEndAndItsRunsAreTold() throws Exception {
        Going job = run(SECOND_RUN_EXITS_3);
        await(job, one -> one instanceof Sighting.Running);
        mayBeRequeued(job);
        TimeUnit.SECONDS.sleep(2);
        cluster.exec("root", "scontrol", "requeue", job.binding().nativeId()).text();
        await(() -> row(job).contains("Restarts=1"), () -> "its requeue");
        startsNow(job);
        await(() -> row(job).isEmpty(), () -> "that the controller forgets it");
        Sighting.Ended ended = awaitEnd(job);
        assertThat(ended.run()).isEqualTo(1);
        assertUsage(job, job.told().getLast().past(), ended);
    }

    @Test
    @Fault("F21")
    void whatWasPreemptedIsAnEndOnlyWhereItDoesNotRunAgain() throws Exception {
        Going ends = run(in("preempt"));
        Going goesOn = run(in("preempt"));
        await(ends, one -> one instanceof Sighting.Running);
        await(goesOn, one -> one instanceof Sighting.Running);
        mayBeRequeued(goesOn);
        String urgent = cluster.exec(
                        "alice", "sbatch", "--parsable", "-p", "urgent", "-N", "2", "--exclusive", "--wrap", "sleep 1")
                .text();
        try {
            assertThat(awaitEnd(ends).end()).isEqualTo(new AttemptEnd.Preempted());
            await(goesOn, one -> one.run() == 1);
            assertThat(goesOn.saw(Sighting.Ended.class::isInstance)).isFalse();
            awaitPastRun(goesOn);
        } finally {
            cluster.exec("root", "scancel", urgent).text();
        }
    }

    @Test
    @Fault({"F21", "F36"})
    void whatLostItsNodeIsAnEndOnlyWhereItDoesNotRunAgain() throws Exception {
        Going ends = run(RUNS_ON);
        Going goesOn = run(RUNS_ON);
        await(ends, one -> one instanceof Sighting.Running);
        await(goesOn, one -> one instanceof Sighting.Running);
        // SLURM says that it runs before its batch file does.
        await(() -> site().starts(ends.attempt(), 0) == 1, () -> "its start");
        mayBeRequeued(goesOn);
        for (int node = 1; node <= 2; node++) {
            cluster.kill(Service.node(node));
        }
        assertThat(awaitEnd(ends).end()).isEqualTo(new AttemptEnd.NodeLost());
        await(goesOn, one -> one.run() == 1);
        assertThat(goesOn.saw(Sighting.Ended.class::isInstance)).isFalse();
        awaitPastRun(goesOn);
        assertThat(site().starts(ends.attempt(), 0)).isEqualTo(1);
    }

    @Test
    @Fault("F28")
    void aClockThatIsMovedByTenMinutesLosesNoEnd() throws Exception {
        for (Duration moved : List.of(Duration.ofMinutes(10), Duration.ofMinutes(-10))) {
            Going first = run(waitsFor("first"));
            Going second = run(waitsFor("second"));
            await(first, one -> one instanceof Sighting.Running);
            await(second, one -> one instanceof Sighting.Running);
            shift = moved;
            letEnd("first");
            assertThat(awaitEnd(first).end()).isInstanceOf(AttemptEnd.Finished.class);

            shift = Duration.ZERO;
            letEnd("second");
            long began = System.nanoTime();
            Sighting.Ended ended = awaitEnd(second);
            // A reading of the wrong time must not stand for later ones until the right time has caught up with it.
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(60));
            assertThat(ended.at())
                    .isBetween(Instant.now().minusSeconds(60), Instant.now().plusSeconds(5));
            assertThat(ended.started()).isBefore(ended.at());
        }
    }

    private static String waitsFor(String file) {
        return "#!/bin/sh\nuntil rm \"$HOME/" + file + "\" 2>/dev/null; do sleep 0.2; done\nexit 5\n";
    }

    private void letEnd(String file) {
        cluster.exec("alice", "touch", "/home/alice/" + file).text();
    }

    /** Its runs' times are accounting's own, run for run. */
    private void assertUsage(Going job, List<PastRun> past, Sighting.Ended ended) {
        List<String> recorded = cluster.exec(
                        "root",
                        "bash",
                        "-c",
                        "SLURM_TIME_FORMAT=%s sacct -n -P -X -D -S 1970-01-02 -j $0 --format=Start,End",
                        job.binding().nativeId())
                .text()
                .lines()
                .toList();
        List<String> told = new ArrayList<>();
        past.forEach(each ->
                told.add(each.started().getEpochSecond() + "|" + each.ended().getEpochSecond()));
        told.add(endsAt(ended));
        assertThat(told).hasSize(2).isEqualTo(recorded);
    }

    /** What began and ended in the same second is told a millisecond apart. */
    private static String endsAt(Sighting.Ended ended) {
        return ended.started().plusMillis(1).getEpochSecond() + "|" + ended.at().getEpochSecond();
    }

    private JobSpec in(String partition) {
        JobSpec any = site().runs(RUNS_ON);
        return any.toBuilder()
                .routing(any.ask().routing().withPartitions(List.of(partition)))
                .build();
    }

    private Going run(String script) {
        return run(site().runs(script));
    }

    private Going run(JobSpec spec) {
        Attempt attempt = site().attempt(spec, TaskSet.SOLE);
        Parking parking = site().bridge().park(attempt, spec, Instant.now().plus(FENCE));
        assertThat(parking).isInstanceOf(Parking.Parked.class);
        Binding binding = ((Parking.Parked) parking).binding();
        Grant grant = new Grant(attempt, binding, TaskSet.SOLE, Instant.now().plusSeconds(60));
        assertThat(site().bridge().release(List.of(grant))).containsExactly(new Release.Released());
        Going job = new Going(attempt, binding, new ArrayList<>());
        going.add(job);
        return job;
    }

    /** As an administrator does: what Sluice hands in is never requeued by SLURM of its own accord. */
    private void mayBeRequeued(Going job) {
        cluster.exec("root", "scontrol", "update", "JobId=" + job.binding().nativeId(), "Requeue=1")
                .text();
    }

    /**
     * Not at once: a start right behind the requeue ended FAILED 1:0 once, as one whose credential was revoked does. By itself it starts
     * two minutes behind it, and may be over by now.
     */
    private void startsNow(Going job) throws InterruptedException {
        TimeUnit.SECONDS.sleep(4);
        Result update = cluster.exec(
                "root", "scontrol", "update", "JobId=" + job.binding().nativeId(), "StartTime=now");
        if (!update.stderr().contains("Job has already finished")) {
            update.text();
        }
    }

    private Search find(Going job) {
        return site().bridge()
                .find(List.of(new Sought(job.attempt(), TaskSet.SOLE, Set.of(job.binding()))))
                .getFirst();
    }

    /** What a look tells, it tells once. */
    private void look() {
        if (site().bridge().observe(cursor, Duration.ofSeconds(1)) instanceof Sweep.Seen seen) {
            cursor = seen.next();
            for (Observation one : seen.observations()) {
                going.stream()
                        .filter(job -> job.attempt().id().equals(one.attempt()))
                        .forEach(job -> job.told().add(one));
            }
        }
    }

    private void await(Going job, Predicate<Sighting> wanted) throws Exception {
        await(
                () -> {
                    if (!job.saw(wanted)) {
                        look();
                    }
                    return job.saw(wanted);
                },
                () -> "a sighting of " + job.binding() + "; there were " + job.told() + "; SLURM: " + row(job));
    }

    private Sighting.Ended awaitEnd(Going job) throws Exception {
        await(job, Sighting.Ended.class::isInstance);
        return (Sighting.Ended) job.sightings().stream()
                .filter(Sighting.Ended.class::isInstance)
                .findFirst()
                .orElseThrow();
    }

    /** Accounting may have it later than the controller has the requeue; the watch then asks once more, a minute later. */
    private void awaitPastRun(Going job) throws Exception {
        await(
                () -> {
                    if (pastRuns(job).isEmpty()) {
                        look();
                    }
                    return !pastRuns(job).isEmpty();
                },
                () -> "the record of the first run of " + job.binding() + "; there were " + job.told());
        assertThat(pastRuns(job)).containsExactly(0);
    }

    private static List<Integer> pastRuns(Going job) {
        return job.told().getLast().past().stream().map(PastRun::run).toList();
    }

    /** SLURM's own line of it; empty when the controller does not know it. */
    private String row(Going job) {
        return cluster.exec(
                        "root", "scontrol", "-o", "show", "job", job.binding().nativeId())
                .stdout();
    }

    private static void await(BooleanSupplier when, Supplier<String> what) throws Exception {
        long deadline = System.nanoTime() + WAIT.toNanos();
        while (!when.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("waited in vain for " + what.get());
            }
            TimeUnit.MILLISECONDS.sleep(200);
        }
    }
}
