package dev.sluice.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.Grant;
import dev.sluice.cluster.Parking;
import dev.sluice.cluster.Release;
import dev.sluice.cluster.Search;
import dev.sluice.cluster.Sighting;
import dev.sluice.cluster.Sought;
import dev.sluice.cluster.Stopping;
import dev.sluice.job.Attempt;
import dev.sluice.job.AttemptEnd;
import dev.sluice.job.Binding;
import dev.sluice.job.TaskSet;
import dev.sluice.job.Verdict;
import dev.sluice.spec.JobSpec;
import dev.sluice.testkit.Fault;
import dev.sluice.testkit.slurm.Generation;
import dev.sluice.testkit.slurm.Service;
import dev.sluice.testkit.slurm.Setting;
import dev.sluice.testkit.slurm.SlurmCluster;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;

/** What a real SLURM does when its parts die, seen by SSH: a cluster of its own for each generation. */
@Tag("cluster")
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class Crashes {
    private static final int ROUNDS = 4;
    private static final Duration PATIENCE = Duration.ofSeconds(150);

    /** A request may lie for so long before munge calls it old, and a command has a minute. */
    private static final Duration MUNGE_TTL = Duration.ofSeconds(300);

    private static final Duration FENCE = MUNGE_TTL.plusSeconds(65);

    /** SLURM saves its state every few seconds: what is so old survives a crash. */
    private static final Duration SAVED = Duration.ofSeconds(6);

    /** How often a release may find no index: SLURM waits 5 s for it each time, and asks slurmdbd every 5 s. */
    private static final int WITHOUT_INDEX = 6;

    /** After eight seconds it tells that it went through to its end. */
    private static final String GOES_THROUGH = "#!/bin/sh\nsleep 8\necho over >>\"$SITE_MARKS/over\"\n";

    private final Generation generation;
    private SlurmCluster cluster;
    private SlurmSite site;

    @SuppressWarnings("NullAway.Init")
    Crashes(Generation generation) {
        this.generation = generation;
    }

    @BeforeAll
    void startCluster() {
        cluster = SlurmCluster.start(generation, new Setting("LAB_SLURMD_TIMEOUT", "10"));
    }

    @AfterAll
    void closeCluster() {
        cluster.close();
    }

    @BeforeEach
    void open() {
        site = (SlurmSite) Sites.ssh(cluster);
    }

    @AfterEach
    void heal() throws Exception {
        cluster.heal();
        site.close();
    }

    @Test
    @Fault({"F46", "F52", "F20"})
    void aParkedIdThatACrashGaveToOthersIsNeverReleased(TestReporter reporter) throws Exception {
        int lost = 0;
        for (int round = 0; round < ROUNDS; round++) {
            JobSpec spec = site.runs("#!/bin/sh\nexit 0\n");
            Attempt attempt = site.attempt(spec, TaskSet.SOLE);
            Binding binding = park(attempt, spec);
            // One call, so that the id may be another's while the proof of it is still fresh.
            String[] others = cluster.exec(
                            "root",
                            "bash",
                            "-c",
                            "lab-fault ctld kill && lab-fault ctld start && for i in 1 2 3; do"
                                    + " setpriv --reuid=alice --regid=2000 --init-groups env HOME=/home/alice"
                                    + " sbatch -D /tmp --parsable --hold --wrap 'exit 0'; done")
                    .text()
                    .split("\n");
            Release release = release(attempt, binding);

            for (String other : others) {
                assertThat(site.others().orElseThrow().untouched(other))
                        .as("round %s: native job %s, ours was %s, %s", round, other, binding, release)
                        .isTrue();
            }
            if (release instanceof Release.Released) {
                awaitEnd(attempt, binding);
                assertThat(site.starts(attempt, 0)).isEqualTo(1);
            } else {
                assertThat(release).isInstanceOf(Release.Absent.class);
                assertThat(stop(attempt, binding)).isInstanceOf(Stopping.Absent.class);
                assertThat(site.starts(attempt, 0)).isZero();
                lost++;
            }
            cluster.exec("root", "scancel", others[0], others[1], others[2]).text();
        }
        reporter.publishEntry("parked jobs lost", lost + " of " + ROUNDS);
    }

    @Test
    @Fault({"F49", "F50", "F32"})
    void whenTheControllerDiesAfterAStartUserCodeRunsOnceAndItsEndIsTold(TestReporter reporter) throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            JobSpec spec = site.runs(GOES_THROUGH);
            Attempt attempt = site.attempt(spec, TaskSet.SOLE);
            Binding binding = park(attempt, spec);
            TimeUnit.MILLISECONDS.sleep(SAVED.toMillis());
            // An id that is launched again while slurmd still kills its first launch drains the node, as a "Duplicate
            // jobid", when that end is told. Two such rounds and nothing starts until an administrator resumes them.
            cluster.heal();
            assertThat(release(attempt, binding)).isInstanceOf(Release.Released.class);
            awaitStart(attempt, binding);
            cluster.exec("root", "bash", "-c", "lab-fault ctld kill && lab-fault ctld start")
                    .text();

            AttemptEnd end = awaitEndReleasingAgain(attempt, binding);
            reporter.publishEntry("round " + round, end.toString());
            assertThat(site.starts(attempt, 0)).as("%s: %s", binding, end).isEqualTo(1);
            assertThat(end)
                    .as("%s", row(binding))
                    .matches(each -> each instanceof AttemptEnd.Interrupted
                            || each.equals(new AttemptEnd.Finished(Verdict.SUCCEEDED)));
        }
    }

    /**
     * A controller comes back with a state of before the release, when it still waited for slurmdbd to tell the job's index there.
     * 22.05 believes that it does so, and never asks again: no release gets through any more.
     */
    @Test
    @Fault({"F49", "F50", "F32"})
    void whatIsHeldAgainAfterItsStartEndsAlsoWhereItCannotBeReleased() throws Exception {
        JobSpec spec = site.runs("#!/bin/sh\nexec sleep 300\n");
        Attempt attempt = site.attempt(spec, TaskSet.SOLE);
        cluster.freeze(Service.ACCOUNTING);
        Binding binding = park(attempt, spec);
        TimeUnit.MILLISECONDS.sleep(SAVED.toMillis());
        // What makes it save once more.
        String other = site.others().orElseThrow().submit();
        TimeUnit.MILLISECONDS.sleep(SAVED.toMillis());
        cluster.exec("root", "cp", "-a", "/var/spool/slurmctld", "/root/saved").text();
        cluster.thaw(Service.ACCOUNTING);
        await(() -> release(attempt, binding) instanceof Release.Released, () -> "a release of " + row(binding));
        awaitStart(attempt, binding);
        cluster.exec(
                        "root",
                        "bash",
                        "-c",
                        "lab-fault ctld kill && rm -r /var/spool/slurmctld && mv /root/saved /var/spool/slurmctld"
                                + " && lab-fault ctld start")
                .text();

        assertThat(seen(find(attempt, Set.of(binding))))
                .isEqualTo(new Sighting.Held(0, Sighting.Holder.US, "JobHeldUser"));
        assertThat(lacksIndex(release(attempt, binding))).isEqualTo(generation == Generation.V22_05);
        assertThat(awaitEndReleasingAgain(attempt, binding)).isInstanceOf(AttemptEnd.Interrupted.class);
        assertThat(site.starts(attempt, 0)).isEqualTo(1);
        cluster.exec("root", "scancel", other).text();
    }

    @Test
    @Fault({"F51", "F55", "F2"})
    void aSubmitWhoseClientHasGoneIsFoundByItsKeyOrNeverThere(TestReporter reporter) throws Exception {
        JobSpec spec = site.runs("#!/bin/sh\nexit 0\n");
        Attempt attempt = site.attempt(spec, TaskSet.SOLE);
        cluster.freeze(Service.CONTROLLER);
        Instant fence = Instant.now().plus(MUNGE_TTL).plusSeconds(12);
        Parking parking = site.bridge().park(attempt, spec, fence);
        assertThat(parking).isInstanceOf(Parking.Unknown.class);
        cluster.thaw(Service.CONTROLLER);
        cluster.awaitHealthy();

        Search search = find(attempt, Set.of());
        reporter.publishEntry("late submit", search.toString());
        if (search instanceof Search.Found found) {
            assertThat(found.traces()).hasSize(1);
            Search.Trace trace = found.traces().getFirst();
            assertThat(trace.seen()).isEqualTo(new Sighting.Held(0, Sighting.Holder.US, "JobHeldUser"));
            assertThat(stop(attempt, trace.binding())).isInstanceOf(Stopping.NeverRan.class);
        } else {
            assertThat(search).isInstanceOf(Search.None.class);
        }
        assertThat(site.starts(attempt, 0)).isZero();
    }

    @Test
    @Fault({"F17", "F18", "F47", "F48", "F56"})
    void whatTheControllerForgotIsFoundInAccountingAndUnknownWithoutIt() throws Exception {
        minJobAge(5);
        try {
            JobSpec spec = site.runs("#!/bin/sh\nexit 200\n");
            Attempt attempt = site.attempt(spec, TaskSet.SOLE);
            Binding binding = park(attempt, spec);
            release(attempt, binding);
            awaitStart(attempt, binding);
            await(() -> row(binding).isEmpty(), () -> "that the controller forgets it");

            // sacct prints 200 as 72 before 26.05.
            Verdict cut = new Verdict.Failed(72, 0, "told by sacct, which prints exit codes of 128 and more less 128");
            Verdict whole = new Verdict.Failed(200, 0, "");
            assertThat(end(find(attempt, Set.of(binding))))
                    .isEqualTo(new AttemptEnd.Finished(generation == Generation.V26_05 ? whole : cut));
            assertThat(find(attempt, Set.of())).isInstanceOf(Search.None.class);
            Binding before = new Binding(binding.nativeId(), "1700000000", binding.owner());
            assertThat(find(attempt, Set.of(before))).isInstanceOf(Search.None.class);
            assertThat(stop(attempt, binding)).isInstanceOf(Stopping.Ended.class);

            cluster.stop(Service.ACCOUNTING);
            assertThat(find(attempt, Set.of(binding))).isInstanceOf(Search.Unknown.class);
            assertThat(stop(attempt, binding)).isInstanceOf(Stopping.Unknown.class);
            cluster.start(Service.ACCOUNTING);
            assertThat(end(find(attempt, Set.of(binding)))).isInstanceOf(AttemptEnd.Finished.class);
        } finally {
            minJobAge(300);
        }
    }

    @Test
    @Fault("F18")
    void endsAreSeenWhileAccountingIsAway() throws Exception {
        JobSpec spec = site.runs("#!/bin/sh\nexit 200\n");
        Attempt attempt = site.attempt(spec, TaskSet.SOLE);
        cluster.stop(Service.ACCOUNTING);
        Binding binding = park(attempt, spec);
        release(attempt, binding);

        assertThat(awaitEnd(attempt, binding)).isEqualTo(new AttemptEnd.Finished(new Verdict.Failed(200, 0, "")));
    }

    @Test
    @Fault({"F36", "F21"})
    void aNodeThatDiesIsLostAndNothingIsRunAgain() throws Exception {
        JobSpec spec = site.runs("#!/bin/sh\nexec sleep 300\n");
        Attempt attempt = site.attempt(spec, TaskSet.SOLE);
        Binding binding = park(attempt, spec);
        release(attempt, binding);
        awaitStart(attempt, binding);
        String node = cluster.exec("root", "squeue", "-h", "-j", binding.nativeId(), "-o", "%N")
                .text();
        cluster.kill(new Service(node));

        assertThat(awaitEnd(attempt, binding)).isEqualTo(new AttemptEnd.NodeLost());
        assertThat(site.starts(attempt, 0)).isEqualTo(1);
    }

    @Test
    @Fault("F36")
    void aNodeThatWasNamedAndGoesAwayIsWaitedForAndOneThatIsUnknownIsRefused() throws Exception {
        JobSpec spec = on("n2");
        Attempt attempt = site.attempt(spec, TaskSet.SOLE);
        Binding binding = park(attempt, spec);
        cluster.stop(Service.node(2));
        cluster.node(2, "down");
        // A down node is in service again as soon as a registration of its slurmd is read, late ones too (slurm.conf,
        // ReturnToService=2); one that is drained as well is not.
        cluster.node(2, "drain");
        assertThat(release(attempt, binding)).isInstanceOf(Release.Released.class);
        await(() -> row(binding).contains("ReqNodeNotAvail"), () -> "SLURM's reason: " + row(binding));
        assertThat(seen(find(attempt, Set.of(binding)))).isEqualTo(new Sighting.Pending(0));
        JobSpec nowhere = on("n77");
        assertThat(site.bridge()
                        .park(
                                site.attempt(nowhere, TaskSet.SOLE),
                                nowhere,
                                Instant.now().plus(FENCE)))
                .isInstanceOfSatisfying(
                        Parking.Refused.class,
                        no -> assertThat(no.refusal().code()).isEqualTo("unknown-node"));

        cluster.start(Service.node(2));
        cluster.node(2, "resume");
        assertThat(awaitEnd(attempt, binding)).isEqualTo(new AttemptEnd.Finished(Verdict.SUCCEEDED));
        assertThat(site.starts(attempt, 0)).isEqualTo(1);
    }

    private JobSpec on(String nodes) {
        JobSpec any = site.runs("#!/bin/sh\nexit 0\n");
        return any.toBuilder()
                .ask(any.ask().withRouting(any.ask().routing().withNodeList(nodes)))
                .build();
    }

    @Test
    @Fault("F54")
    void whereTheClaimDirectoryIsInTheWayNothingStartsAndTheSiteIsToBlame() throws Exception {
        String claims = "/home/alice/.sluice/claims";
        cluster.exec("alice", "sh", "-c", "mkdir -p " + claims + " && mv " + claims + " ~/aside && touch " + claims)
                .text();
        try {
            JobSpec spec = site.runs("#!/bin/sh\nexit 0\n");
            Attempt attempt = site.attempt(spec, TaskSet.SOLE);
            Binding binding = park(attempt, spec);
            release(attempt, binding);
            assertThat(awaitEnd(attempt, binding)).isInstanceOf(AttemptEnd.Interrupted.class);
            assertThat(site.starts(attempt, 0)).isZero();
        } finally {
            cluster.exec("alice", "sh", "-c", "rm " + claims + " && mv ~/aside " + claims)
                    .text();
        }
    }

    @Test
    @Fault("F21")
    void whatWasPreemptedIsToldSo() throws Exception {
        JobSpec any = site.runs("#!/bin/sh\nexec sleep 300\n");
        JobSpec spec = any.toBuilder()
                .routing(any.ask().routing().withPartitions(List.of("preempt")))
                .build();
        Attempt attempt = site.attempt(spec, TaskSet.SOLE);
        Binding binding = park(attempt, spec);
        release(attempt, binding);
        awaitStart(attempt, binding);
        String urgent = cluster.exec(
                        "alice", "sbatch", "--parsable", "-p", "urgent", "-N", "2", "--exclusive", "--wrap", "sleep 1")
                .text();

        assertThat(awaitEnd(attempt, binding)).isEqualTo(new AttemptEnd.Preempted());
        cluster.exec("root", "scancel", urgent).text();
    }

    @Test
    @Fault({"F21", "F23", "F24"})
    void anAdministratorsHoldRequeueAndCancelAreSeen() throws Exception {
        JobSpec spec = site.runs("#!/bin/sh\nexec sleep 300\n");
        Attempt held = site.attempt(spec, TaskSet.SOLE);
        Binding heldBinding = park(held, spec);
        site.others().orElseThrow().hold(heldBinding);
        assertThat(seen(find(held, Set.of(heldBinding))))
                .isEqualTo(new Sighting.Held(0, Sighting.Holder.ADMINISTRATOR, "JobHeldAdmin"));
        assertThat(release(held, heldBinding)).isInstanceOf(Release.Refused.class);

        Attempt running = site.attempt(spec, TaskSet.SOLE);
        Binding binding = park(running, spec);
        release(running, binding);
        awaitStart(running, binding);
        assertThat(cluster.exec("root", "scontrol", "requeue", binding.nativeId())
                        .succeeded())
                .isFalse();
        assertThat(seen(find(running, Set.of(binding)))).isInstanceOf(Sighting.Running.class);
        site.others().orElseThrow().cancel(binding);
        assertThat(awaitEnd(running, binding)).isEqualTo(new AttemptEnd.Stopped());
        assertThat(site.starts(running, 0)).isEqualTo(1);
        assertThat(stop(held, heldBinding)).isInstanceOf(Stopping.NeverRan.class);
    }

    private Binding park(Attempt attempt, JobSpec spec) {
        Parking parking = site.bridge().park(attempt, spec, Instant.now().plus(FENCE));
        assertThat(parking).isInstanceOf(Parking.Parked.class);
        return ((Parking.Parked) parking).binding();
    }

    private Release release(Attempt attempt, Binding binding) {
        Instant notAfter = Instant.now().plus(Duration.ofMinutes(1));
        return site.bridge()
                .release(List.of(new Grant(attempt, binding, TaskSet.SOLE, notAfter)))
                .getFirst();
    }

    private Stopping stop(Attempt attempt, Binding binding) {
        return site.bridge()
                .stop(
                        attempt.id(),
                        binding,
                        TaskSet.SOLE,
                        Duration.ofSeconds(5),
                        Instant.now().plus(FENCE));
    }

    private Search find(Attempt attempt, Set<Binding> bindings) {
        return site.bridge()
                .find(List.of(new Sought(attempt, TaskSet.SOLE, bindings)))
                .getFirst();
    }

    private static Sighting seen(Search search) {
        assertThat(search).isInstanceOf(Search.Found.class);
        List<Search.Trace> traces = ((Search.Found) search).traces();
        assertThat(traces).hasSize(1);
        return traces.getFirst().seen();
    }

    private static AttemptEnd end(Search search) {
        Sighting seen = seen(search);
        assertThat(seen).isInstanceOf(Sighting.Ended.class);
        return ((Sighting.Ended) seen).end();
    }

    private AttemptEnd awaitEnd(Attempt attempt, Binding binding) throws Exception {
        return end(awaitFound(attempt, binding, search -> seen(search) instanceof Sighting.Ended));
    }

    /**
     * As the engine: what a crash put back on our hold is released once more, and looked at again where that cannot be told. What
     * never can be released is cancelled, as by the gateway at its user's wish.
     */
    private AttemptEnd awaitEndReleasingAgain(Attempt attempt, Binding binding) throws Exception {
        int[] inVain = {0};
        Sighting last = seen(awaitFound(attempt, binding, search -> {
            if (seen(search) instanceof Sighting.Held) {
                Release release = release(attempt, binding);
                assertThat(release).isInstanceOfAny(Release.Released.class, Release.Unknown.class);
                inVain[0] += lacksIndex(release) ? 1 : 0;
            }
            return seen(search) instanceof Sighting.Ended || inVain[0] == WITHOUT_INDEX;
        }));
        if (last instanceof Sighting.Ended ended) {
            return ended.end();
        }
        assertThat(generation).as("only it forgets to ask again").isEqualTo(Generation.V22_05);
        Stopping stopped = stop(attempt, binding);
        assertThat(stopped).isInstanceOf(Stopping.Ended.class);
        return ((Stopping.Ended) stopped).end();
    }

    /** SLURM refuses each change of a job whose index in slurmdbd is on its way, as it says after 5 s of waiting for it. */
    private static boolean lacksIndex(Release release) {
        return release instanceof Release.Unknown unknown
                && unknown.doubt().why().contains("the DB index is being set");
    }

    private Search awaitFound(Attempt attempt, Binding binding, Predicate<Search> wanted) throws Exception {
        Search[] last = {new Search.None()};
        await(
                () -> {
                    last[0] = find(attempt, Set.of(binding));
                    return last[0] instanceof Search.Found && wanted.test(last[0]);
                },
                () -> "an end of " + binding + ", last seen " + last[0] + "; SLURM: " + row(binding) + "; its logs: "
                        + cluster.logs());
        return last[0];
    }

    /** SLURM's own line of it; empty when the controller does not know it. */
    private String row(Binding binding) {
        return cluster.exec("root", "scontrol", "-o", "show", "job", binding.nativeId())
                .stdout();
    }

    private void awaitStart(Attempt attempt, Binding binding) throws Exception {
        await(
                () -> site.starts(attempt, 0) == 1,
                () -> "the start of " + binding + ", which started " + site.starts(attempt, 0) + " times; SLURM: "
                        + row(binding) + cluster.exec("root", "sinfo", "-Nl").stdout() + "; its logs: "
                        + cluster.logs());
    }

    private void minJobAge(int seconds) {
        cluster.exec(
                        "root",
                        "bash",
                        "-c",
                        "sed -i 's/^MinJobAge=.*/MinJobAge='$0/ /etc/slurm/slurm.conf && scontrol reconfigure",
                        Integer.toString(seconds))
                .text();
    }

    private static void await(java.util.function.BooleanSupplier when, java.util.function.Supplier<String> what)
            throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!when.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("waited in vain for " + what.get());
            }
            TimeUnit.MILLISECONDS.sleep(200);
        }
    }
}
