package dev.sluice.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.Alteration;
import dev.sluice.cluster.CapacityReading;
import dev.sluice.cluster.Change;
import dev.sluice.cluster.Claim;
import dev.sluice.cluster.Cursor;
import dev.sluice.cluster.Parking;
import dev.sluice.cluster.Release;
import dev.sluice.cluster.Search;
import dev.sluice.cluster.Sighting;
import dev.sluice.cluster.Sought;
import dev.sluice.cluster.Stopping;
import dev.sluice.cluster.Sweep;
import dev.sluice.job.Attempt;
import dev.sluice.job.AttemptEnd;
import dev.sluice.job.AttemptId;
import dev.sluice.job.TaskSet;
import dev.sluice.spec.JobSpec;
import dev.sluice.testkit.Fault;
import dev.sluice.testkit.contract.Does;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Gateways, supervisors and machines that die, and two gateways at once: nothing lost, nothing twice. */
final class LocalSurvivalTest extends LocalJobs {
    @Test
    @Fault("F1")
    void whatRunsIsFoundAgainByAnotherBridgeAndItsEndIsSeen() throws IOException {
        Path go = site.marks.resolve("go");
        Job job = running(site.runs("#!/bin/sh\nuntil [ -e '" + go + "' ]; do sleep 0.02; done\nexit 7\n"));
        bridge.close();
        bridge = site.another();
        assertThat(bridge.find(List.of(Sought.of(job.attempt()))))
                .singleElement()
                .isInstanceOfSatisfying(
                        Search.Found.class,
                        found -> assertThat(found.traces()).singleElement().satisfies(trace -> {
                            assertThat(trace.binding()).isEqualTo(job.binding());
                            assertThat(trace.seen()).isInstanceOf(Sighting.Running.class);
                        }));
        Files.createFile(go);
        assertThat(end(job)).isEqualTo(failed(7, 0));
        assertThat(site.starts(job.attempt(), 0)).isOne();
    }

    @Test
    @Fault("F1")
    void whatEndsWhileNoBridgeLooksHasItsEnd() throws IOException {
        Path go = site.marks.resolve("go");
        Path ended = site.marks.resolve("ended");
        Job job = running(site.runs(
                "#!/bin/sh\nuntil [ -e '" + go + "' ]; do sleep 0.02; done\ntouch '" + ended + "'\nexit 9\n"));
        bridge.close();
        Files.createFile(go);
        awaitFile(ended);
        bridge = site.another();
        assertThat(end(job)).isEqualTo(failed(9, 0));
    }

    @Test
    @Fault("F1")
    void whatWasReleasedBeforeTheGatewayDiedStartsWithTheNext() {
        Job wide = released(site.waits());
        Job other = park(site.sample(new Does.Exits(0)));
        bridge.close();
        // Released on disk, and nobody was there to start it.
        assertThat(release(bridge, other)).isInstanceOf(Release.Released.class);
        bridge = site.another();
        assertThat(end(other)).isEqualTo(succeeded());
        assertThat(site.starts(wide.attempt(), 0)).isZero();
    }

    @Test
    @Fault({"F1", "F49"})
    void twoBridgesThatReleaseAtOnceStartEachTaskOnce() throws Exception {
        LocalBridge second = site.another();
        int tasks = 60;
        Job job = park(array(site.sample(new Does.Exits(0)), tasks, 0));
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Release> one = threads.submit(() -> release(bridge, job));
            Future<Release> two = threads.submit(() -> release(second, job));
            assertThat(one.get()).isInstanceOf(Release.Released.class);
            assertThat(two.get()).isInstanceOf(Release.Released.class);
        }
        for (int task = 0; task < tasks; task++) {
            assertThat(end(job, task)).isEqualTo(succeeded());
            assertThat(site.starts(job.attempt(), task)).isOne();
        }
    }

    @Test
    @Fault("F49")
    void ofTwentyLaunchesOfOneTaskOneGetsThroughTheGate() throws Exception {
        Job job = park(site.sample(new Does.Exits(0)));
        Disk.append(
                state("attempts").resolve(job.attempt().id().toString()).resolve("journal"),
                Journal.release(1, TaskSet.SOLE));
        Account account = Account.of(LocalSite.account());
        Premises premises = new Premises(site.settings().directory(), account);
        Machine machine = new Machine(site.bootId, site.uptime, Duration.ofMillis(50));
        for (int i = 0; i < 20; i++) {
            new Launch(premises.load(job.attempt().id()), 0, account, site.settings(), "host").start(premises, machine);
        }
        assertThat(end(job)).isEqualTo(succeeded());
        assertThat(site.starts(job.attempt(), 0)).isOne();
    }

    @Test
    void aMachineThatStartsAnewInterruptsWhatHadStartedAndStartsWhatHadNot() throws IOException {
        Job waiting = released(site.waits());
        Job started = running(site.sample(new Does.RunsOn()));
        bridge.close();
        site.boots("22222222-2222-2222-2222-222222222222");
        bridge = site.another();
        assertThat(end(started)).isEqualTo(new AttemptEnd.Interrupted("the machine was started anew"));
        site.await(bridge, waiting.attempt(), 0, Sighting.Running.class);
    }

    @Test
    @Fault("F50")
    void whoseSupervisorIsKilledIsInterruptedAndItsProcessesEnd() throws IOException {
        Job job = running(site.sample(new Does.RunsOn()));
        awaitFile(site.marks.resolve(Premises.key(job.attempt().id(), 0, 0)));
        ProcessHandle.of(supervisor(job).pid()).orElseThrow().destroyForcibly();
        assertThat(end(job)).isEqualTo(new AttemptEnd.Interrupted("its supervisor was killed"));
        assertThat(Files.exists(Path.of("/proc/" + supervisor(job).pid()))
                        && Machine.lives(supervisor(job).pid(), supervisor(job).startTicks()))
                .isFalse();
        assertThat(alive("sleep 3600", job)).isFalse();
    }

    private static boolean alive(String command, Job job) throws IOException {
        String marked = "SLUICE_RUN=" + Premises.key(job.attempt().id(), 0, 0);
        return ProcessHandle.allProcesses()
                .filter(process -> process.info().commandLine().orElse("").contains(command))
                .anyMatch(process -> {
                    try {
                        return process.isAlive()
                                && Files.readString(Path.of("/proc/" + process.pid() + "/environ"))
                                        .contains(marked);
                    } catch (IOException e) {
                        return false;
                    }
                });
    }

    @Test
    @Fault("F54")
    void withoutItsClaimDirectoryNothingStartsAndNothingIsConcluded() throws IOException {
        Job running = running(site.sample(new Does.RunsOn()));
        Job job = park(site.sample(new Does.Exits(0)));
        Files.move(state("claims"), state("away"));
        assertThat(release(bridge, job)).isInstanceOf(Release.Unknown.class);
        assertThat(bridge.observe(Cursor.START, Duration.ZERO)).isInstanceOf(Sweep.Unknown.class);
        assertThat(bridge.find(List.of(Sought.of(job.attempt()), Sought.of(running.attempt()))))
                .allMatch(Search.Unknown.class::isInstance);
        assertThat(stop(running, Duration.ZERO)).isInstanceOf(Stopping.Unknown.class);
        assertThat(bridge.capacity()).isInstanceOf(CapacityReading.Unknown.class);
        Files.move(state("away"), state("claims"));
        assertThat(site.await(bridge, running.attempt(), 0, Sighting.class)).isInstanceOf(Sighting.Running.class);
        assertThat(release(bridge, job)).isInstanceOf(Release.Released.class);
        assertThat(end(job)).isEqualTo(succeeded());
    }

    @Test
    @Fault("F54")
    void aClaimDirectoryThatOthersMayWriteToIsNotTrusted() throws IOException {
        Job job = park(site.sample(new Does.Exits(0)));
        Files.setPosixFilePermissions(
                state("claims"), java.nio.file.attribute.PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThat(release(bridge, job)).isInstanceOf(Release.Unknown.class);
        assertThat(site.starts(job.attempt(), 0)).isZero();
    }

    @Test
    @Fault("F1")
    void aLaunchThatCameToNothingIsMadeAgain() throws IOException {
        Job job = park(site.sample(new Does.Exits(0)));
        Path dead = state("attempts").resolve(job.attempt().id().toString()).resolve("runs/0.dead");
        Files.createDirectory(dead);
        Path permit = Files.createFile(dead.resolve("permit"));
        FileTime longAgo = FileTime.from(site.now().minusSeconds(60));
        Files.setLastModifiedTime(permit, longAgo);
        Files.setLastModifiedTime(dead, longAgo);
        release(bridge, job);
        assertThat(end(job)).isEqualTo(succeeded());
        assertThat(permit).doesNotExist();
    }

    @Test
    void anOrderThatWasCutByAPowerLossDoesNotSpoilTheNext() throws IOException {
        Job job = park(site.sample(new Does.Exits(0)));
        Path journal = state("attempts").resolve(job.attempt().id().toString()).resolve("journal");
        Files.writeString(journal, "\nrelease 17", StandardOpenOption.APPEND);
        assertThat(release(bridge, job)).isInstanceOf(Release.Released.class);
        assertThat(end(job)).isEqualTo(succeeded());
    }

    @Test
    void anotherInstallationsAttemptsAreNeitherSeenNorTouched() throws IOException {
        JobSpec spec = site.sample(new Does.Exits(0));
        Attempt ours = site.attempt(spec, spec.tasks());
        Attempt theirs = new Attempt(
                new AttemptId(99, 1),
                ours.job(),
                ours.user(),
                ours.cluster(),
                ours.partition(),
                ours.tasks(),
                1,
                ours.limit(),
                ours.refusedBy());
        Path there = Files.createDirectory(state("attempts").resolve(theirs.id().toString()));
        assertThat(bridge.park(theirs, spec, site.now().plusSeconds(5))).isInstanceOf(Parking.Refused.class);
        assertThat(bridge.find(List.of(Sought.of(theirs)))).singleElement().isInstanceOf(Search.None.class);
        assertThat(bridge.observe(Cursor.START, Duration.ZERO))
                .isInstanceOfSatisfying(
                        Sweep.Seen.class,
                        sweep -> assertThat(sweep.observations()).isEmpty());
        assertThat(there).isEmptyDirectory();
    }

    @Test
    @Fault("F53")
    void aHoldTakesTheWayToTheGateFromALaunchThatIsNotThroughYet() throws Exception {
        Job job = park(site.sample(new Does.Exits(0)));
        Path there = state("attempts").resolve(job.attempt().id().toString());
        Path slow = there.resolve("runs/0.slow");
        Files.createDirectory(slow);
        Files.createFile(slow.resolve("permit"));
        Disk.append(there.resolve("journal"), Journal.release(1, TaskSet.SOLE));
        assertThat(bridge.alter(
                        job.attempt().id(),
                        job.binding(),
                        TaskSet.SOLE,
                        new Change.Hold(),
                        site.now().plusSeconds(5)))
                .isInstanceOf(Alteration.Altered.class);
        assertThat(slow.resolve("permit")).doesNotExist();
        assertThat(site.await(bridge, job.attempt(), 0, Sighting.class)).isInstanceOf(Sighting.Held.class);
    }

    @Test
    void whatEndedLongAgoIsTakenAwayAndIsStillKnownToHaveRun() throws IOException {
        Job job = released(site.sample(new Does.Exits(0)));
        Job parked = park(site.sample(new Does.Exits(0)));
        assertThat(end(job)).isEqualTo(succeeded());
        bridge.close();
        LocalSettings now = site.settings();
        bridge = site.another(new LocalSettings(
                now.cluster(),
                now.directory(),
                now.realm(),
                now.account(),
                now.cpus(),
                now.memory(),
                now.maxTime(),
                Duration.ZERO,
                now.clock(),
                now.environment()));
        var deadline = site.now().plus(site.patience());
        while (Files.exists(state("attempts").resolve(job.attempt().id().toString()))) {
            assertThat(site.now()).isBefore(deadline);
            bridge.observe(Cursor.START, Duration.ZERO);
        }
        assertThat(bridge.claim(job.attempt(), job.binding(), TaskSet.SOLE, 0))
                .isEqualTo(new Claim.Taken(TaskSet.EMPTY, TaskSet.SOLE));
        assertThat(bridge.find(List.of(Sought.of(job.attempt()), Sought.of(parked.attempt()))))
                .satisfiesExactly(
                        gone -> assertThat(gone).isInstanceOf(Search.None.class),
                        there -> assertThat(there).isInstanceOf(Search.Found.class));
    }
}
