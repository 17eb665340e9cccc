package dev.sluice.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.Alteration;
import dev.sluice.cluster.Change;
import dev.sluice.cluster.ClusterBridge;
import dev.sluice.cluster.Cursor;
import dev.sluice.cluster.LogReading;
import dev.sluice.cluster.Parking;
import dev.sluice.cluster.Release;
import dev.sluice.cluster.Search;
import dev.sluice.cluster.Sighting;
import dev.sluice.cluster.Sighting.Holder;
import dev.sluice.cluster.Sought;
import dev.sluice.cluster.Stopping;
import dev.sluice.job.AttemptEnd;
import dev.sluice.job.TaskSet;
import dev.sluice.job.Verdict;
import dev.sluice.kubernetes.Steps.Parked;
import dev.sluice.spec.ArraySpec;
import dev.sluice.spec.Ask;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Memory;
import dev.sluice.spec.Resources;
import dev.sluice.spec.Work;
import dev.sluice.testkit.Fault;
import dev.sluice.testkit.contract.Does;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Rows of DISPATCH.md and FAULTS.md that the contract of all bridges does not have, on a real Kubernetes that is well. */
final class RowsTest extends OnSharedKubernetes {
    private String pod(Parked parked) {
        return kubectl("get", "pods", "-l", "job-name=" + name(parked), "-o", "jsonpath={.items[*].metadata.name}");
    }

    private static JobSpec array(JobSpec spec, String indices) {
        return spec.toBuilder().array(ArraySpec.parse(indices)).build();
    }

    @Test
    void whoUsesMoreMemoryThanHeAskedForIsOutOfMemory() {
        JobSpec eats = site.runs("#!/bin/sh\nx=aaaaaaaaaaaaaaaa\nwhile :; do x=$x$x; done\n").toBuilder()
                .resources(Resources.DEFAULTS.withMemory(new Memory.PerNode(32L << 20)))
                .build();
        assertThat(steps.awaitEnd(steps.released(eats)).end())
                .isEqualTo(new AttemptEnd.Finished(new Verdict.OutOfMemory()));
    }

    @Test
    void whoRunsLongerThanHeAskedForIsTimedOut() {
        JobSpec sleeps = site.sample(new Does.RunsOn()).toBuilder()
                .ask(Ask.DEFAULTS.withLimit(Duration.ofSeconds(3)))
                .build();
        assertThat(steps.awaitEnd(steps.released(sleeps)).end())
                .isEqualTo(new AttemptEnd.Finished(new Verdict.TimedOut()));
    }

    @Test
    @Fault("F30")
    void anEvictionIsToldFromAFailure() {
        Parked parked = steps.running(site.sample(new Does.RunsOn()));
        evict(pod(parked));
        assertThat(steps.awaitEnd(parked).end())
                .isInstanceOfSatisfying(
                        AttemptEnd.Interrupted.class,
                        end -> assertThat(end.why()).startsWith("evicted, as by a drain of its node"));
        assertThat(steps.starts(parked)).isOne();
    }

    @Test
    @Fault({"F24", "F30"})
    void aPodThatSomebodyDeletesIsStoppedAndIsNotMadeAgain() {
        Parked parked = steps.running(site.sample(new Does.RunsOn()));
        kubectl("delete", "pod", pod(parked), "--wait=false");
        assertThat(steps.awaitEnd(parked).end()).isEqualTo(new AttemptEnd.Stopped());
        Parked other = steps.released(site.sample(new Does.Exits(0)));
        steps.awaitEnd(other);
        assertThat(steps.starts(parked)).isOne();
    }

    /** By the bridge that saw it go; one that comes later knows only that it is not there. */
    @Test
    @Fault({"F17", "F24"})
    void aJobThatWentWhileNobodyLookedIsAbsent() {
        Parked parked = steps.released(site.sample(new Does.Exits(0)));
        steps.awaitEnd(parked);
        kubectl("delete", "job", name(parked));
        try (ClusterBridge later = site.another()) {
            assertThat(later.find(List.of(Sought.of(parked.attempt()))))
                    .singleElement()
                    .isInstanceOf(Search.None.class);
            assertThat(later.stop(parked.attempt().id(), parked.binding(), parked.tasks(), Steps.GRACE, steps.fence()))
                    .isInstanceOf(Stopping.Absent.class);
        }
    }

    @Test
    @Fault("F23")
    void anAdministratorsHoldIsSeenAndNotOurs() {
        Parked parked = steps.released(site.waits());
        kubectl("patch", "job", name(parked), "-p", "{\"spec\":{\"suspend\":true}}");
        assertThat(steps.await(parked, Sighting.Held.class::isInstance))
                .isInstanceOfSatisfying(
                        Sighting.Held.class, held -> assertThat(held.by()).isEqualTo(Holder.ADMINISTRATOR));
        assertThat(steps.release(parked)).isInstanceOf(Release.Refused.class);
    }

    @Test
    @Fault("F23")
    void whatAnAdministratorResumesCountsAsReleased() {
        Parked parked = steps.park(site.sample(new Does.RunsOn()));
        kubectl("patch", "job", name(parked), "-p", "{\"spec\":{\"suspend\":false}}");
        steps.await(parked, Sighting.Running.class::isInstance);
        assertThat(steps.release(parked)).isInstanceOf(Release.Released.class);
        assertThat(steps.starts(parked)).isOne();
    }

    /** Whatever the moment of the hold: what counts as held never started, and what started is never resumed. */
    @Test
    @Fault({"F13", "F53"})
    void aHoldAtTheInstantOfTheStartIsProvenOrRefused() {
        for (int delay = 0; delay <= 2000; delay += 400) {
            Parked parked = steps.released(site.sample(new Does.RunsOn()));
            CompletableFuture<Void> moment = CompletableFuture.runAsync(
                    () -> {}, CompletableFuture.delayedExecutor(delay, java.util.concurrent.TimeUnit.MILLISECONDS));
            moment.join();
            Alteration altered = site.bridge()
                    .alter(parked.attempt().id(), parked.binding(), parked.tasks(), new Change.Hold(), steps.fence());
            if (altered instanceof Alteration.Altered) {
                assertThat(steps.standing(parked)).isEqualTo(new Sighting.Held(0, Holder.US, "suspended"));
                assertThat(steps.starts(parked)).isZero();
                assertThat(steps.stop(parked)).isInstanceOf(Stopping.NeverRan.class);
            } else {
                assertThat(altered).isInstanceOf(Alteration.Refused.class);
                assertThat(steps.standing(parked))
                        .isNotInstanceOf(Sighting.Held.class)
                        .isNotInstanceOf(Sighting.Pending.class);
                Release again = steps.release(parked);
                assertThat(steps.starts(parked)).as("after %s", again).isLessThanOrEqualTo(1);
                steps.stop(parked);
            }
        }
    }

    @Test
    @Fault("F14")
    void aCancelBesideAReleaseEndsWithoutASecondStart() {
        for (int i = 0; i < 4; i++) {
            Parked parked = steps.park(site.sample(new Does.RunsOn()));
            CompletableFuture<Release> release = CompletableFuture.supplyAsync(() -> steps.release(parked));
            CompletableFuture<Stopping> stop = CompletableFuture.supplyAsync(() -> steps.stop(parked));
            release.join();
            if (!(stop.join() instanceof Stopping.NeverRan)) {
                Stopping again = steps.stop(parked);
                if (!(again instanceof Stopping.NeverRan) && !(again instanceof Stopping.Absent)) {
                    assertThat(steps.awaitEnd(parked).end()).isEqualTo(new AttemptEnd.Stopped());
                }
            }
            assertThat(steps.starts(parked)).isLessThanOrEqualTo(1);
        }
    }

    /** Two of four may run at once: the others have no pod yet when they are told to stop. */
    @Test
    void tasksOfAReleasedArrayThatHaveNoPodYetNeverStart() {
        Parked parked = steps.running(array(site.runs("#!/bin/sh\nexec sleep 4\n"), "0-5%1"));
        TaskSet some = TaskSet.of(3, 4);
        Stopping stopping =
                site.bridge().stop(parked.attempt().id(), parked.binding(), some, Steps.GRACE, steps.fence());
        assertThat(stopping).isInstanceOf(Stopping.NeverRan.class);
        TaskSet missing = parked.tasks();
        Cursor cursor = Cursor.START;
        while (!missing.isEmpty()) {
            var seen = (dev.sluice.cluster.Sweep.Seen) site.bridge().observe(cursor, Steps.A_LITTLE);
            for (var each : seen.observations()) {
                if (each.attempt().equals(parked.attempt().id()) && each.seen() instanceof Sighting.Ended end) {
                    boolean stopped = end.end().equals(new AttemptEnd.Stopped());
                    assertThat(stopped).isEqualTo(each.tasks().intersects(some));
                    missing = missing.minus(each.tasks());
                }
            }
            cursor = seen.next();
        }
        for (int task = 0; task < 6; task++) {
            assertThat(site.starts(parked.attempt(), task)).isEqualTo(some.contains(task) ? 0 : 1);
        }
    }

    /** Another account's Job of the same name, or one with our key that is somebody else's, is not ours. */
    @Test
    @Fault("F20")
    void anotherJobOfTheSameNameIsNotOurs() {
        Parked parked = steps.park(site.sample(new Does.Exits(0)));
        String name = name(parked);
        kubectl("delete", "job", name);
        site.cluster().kubectlWith("""
                        apiVersion: batch/v1
                        kind: Job
                        metadata: {name: %s, namespace: %s, labels: {others: x}}
                        spec:
                          suspend: true
                          template:
                            spec: {restartPolicy: Never, containers: [{name: c, image: "localhost/busybox:1"}]}
                        """.formatted(name, KubernetesSite.NAMESPACE), "create", "-f", "-");
        try {
            assertThat(steps.release(parked)).isInstanceOf(Release.Absent.class);
            assertThat(steps.stop(parked)).isInstanceOfAny(Stopping.Absent.class, Stopping.NeverRan.class);
            assertThat(site.bridge().park(parked.attempt(), parked.spec(), steps.fence()))
                    .isInstanceOf(Parking.Refused.class);
            assertThat(kubectl("get", "job", name, "-o", "jsonpath={.spec.suspend}"))
                    .isEqualTo("true");
        } finally {
            kubectl("delete", "job", name);
        }
    }

    /** Shell metacharacters, newlines and what Kubernetes itself would expand reach the program as they are, and nothing else does. */
    @Test
    @Fault("B17")
    void wordsOfTheUserAreWordsOnly() {
        String name = "$(touch /marks/owned) `id` \"';x";
        List<String> words = List.of("$(HOME)", "$HOME $$", "a\nb", "`id`;'\"", "", "*");
        JobSpec spec = site.runs("#!/bin/sh\nprintf '%s|' \"$@\"\n").toBuilder()
                .name(name)
                .comment("$(HOME)")
                .build();
        Work.Script script = (Work.Script) spec.work();
        Parked parked = steps.released(
                spec.toBuilder().work(new Work.Script(script.text(), words)).build());
        assertThat(steps.awaitEnd(parked).end()).isEqualTo(new AttemptEnd.Finished(Verdict.SUCCEEDED));
        assertThat(site.bridge().log(parked.attempt(), parked.binding(), 0, LogReading.Stream.OUTPUT, 0))
                .isInstanceOfSatisfying(
                        LogReading.Chunk.class,
                        chunk -> assertThat(chunk.bytes().toLatin1()).isEqualTo(String.join("|", words) + "|"));
        assertThat(kubectl("get", "job", name(parked), "-o", "jsonpath={.metadata.annotations.sluice\\.dev/name}"))
                .isEqualTo(name);
    }

    /** The next park of the same attempt brings the Secret; until then nobody may bind the Job, for its pod would wait for ever. */
    @Test
    @Fault({"F6", "F7"})
    void aParkThatWasBrokenOffBetweenItsCallsIsNothingYet() {
        Parked parked = steps.park(site.sample(new Does.Exits(0)));
        kubectl("delete", "secret", name(parked));
        try (KubernetesBridge later = site.another()) {
            Steps its = new Steps(site, later);
            List<Sought> sought = List.of(Sought.of(parked.attempt()));
            assertThat(later.find(sought)).singleElement().isInstanceOf(Search.None.class);
            var look = (dev.sluice.cluster.Sweep.Seen) later.observe(Cursor.START, Duration.ZERO);
            assertThat(look.observations())
                    .noneMatch(each -> each.attempt().equals(parked.attempt().id()));
            assertThat(later.park(parked.attempt(), parked.spec(), its.fence()))
                    .isInstanceOfSatisfying(
                            Parking.Parked.class,
                            again -> assertThat(again.binding()).isEqualTo(parked.binding()));
            assertThat(later.find(sought)).singleElement().isInstanceOf(Search.Found.class);
            assertThat(its.release(parked)).isInstanceOf(Release.Released.class);
            assertThat(its.awaitEnd(parked).end()).isEqualTo(new AttemptEnd.Finished(Verdict.SUCCEEDED));
        }
    }

    /** Its end was heard and its time is over: it goes, its Secret and its pod with it. */
    @Test
    void whatEndedIsTakenAwayOnceItsEndWasHeard() {
        KubernetesSettings usual = site.settings();
        KubernetesSettings brief = new KubernetesSettings(
                usual.site(),
                usual.realm(),
                usual.accounts(),
                usual.makesNamespaces(),
                usual.skew(),
                Duration.ZERO,
                usual.longest(),
                usual.ownership(),
                usual.fileSystems(),
                usual.modules(),
                usual.clock());
        try (KubernetesBridge bridge = site.another(brief)) {
            Steps its = new Steps(site, bridge);
            Parked parked = its.released(site.sample(new Does.Exits(0)));
            its.awaitEnd(parked);
            String name = name(parked);
            assertThat(kubectl("get", "job", name, "-o", "name"))
                    .as("not heard yet")
                    .isEqualTo("job.batch/" + name);
            Cursor cursor = its.cursor();
            for (int i = 0;
                    i < 10 && !kubectl("get", "job", name, "--ignore-not-found").isEmpty();
                    i++) {
                var seen = (dev.sluice.cluster.Sweep.Seen) bridge.observe(cursor, Duration.ofSeconds(1));
                cursor = seen.next();
            }
            assertThat(kubectl("get", "job,secret", name, "--ignore-not-found")).isEmpty();
        }
    }
}
