package dev.sluice.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.CapacityReading;
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
import dev.sluice.job.Verdict;
import dev.sluice.kubernetes.Steps.Parked;
import dev.sluice.kubernetes.manifest.Keys;
import dev.sluice.spec.JobSpec;
import dev.sluice.testkit.Fault;
import dev.sluice.testkit.contract.Does;
import dev.sluice.testkit.kubernetes.Form;
import dev.sluice.testkit.kubernetes.KubernetesCluster;
import dev.sluice.testkit.kubernetes.Part;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A cluster whose parts hang, die and come back: nothing is lost, and nothing runs twice. */
@Order(1)
final class TroublesTest extends OnKubernetes {
    private static final Duration A_MINUTE_AND_A_HALF = Duration.ofSeconds(90);

    @SuppressWarnings("NullAway.Init") // JUnit runs startCluster before each test
    private static KubernetesCluster cluster;

    @BeforeAll
    static void startCluster() {
        cluster = KubernetesCluster.start(Form.FULL, Map.of());
    }

    @AfterAll
    static void closeCluster() {
        cluster.close();
    }

    @Override
    KubernetesCluster cluster() {
        return cluster;
    }

    @AfterEach
    void heal() {
        cluster.heal();
    }

    @Test
    @Fault({"F16", "F34"})
    void aServerThatHangsSaysNothingOfAnyJob() {
        Parked parked = steps.running(site.sample(new Does.RunsOn()));
        Cursor cursor = steps.cursor();
        cluster.freeze(Part.API_SERVER);
        try {
            assertThat(site.bridge().observe(cursor, Duration.ZERO)).isInstanceOf(Sweep.Unknown.class);
            assertThat(site.bridge().observe(Cursor.START, Duration.ZERO)).isInstanceOf(Sweep.Unknown.class);
            assertThat(site.bridge().capacity()).isInstanceOf(CapacityReading.Unknown.class);
            assertThat(site.bridge().find(List.of(Sought.of(parked.attempt()))))
                    .singleElement()
                    .isInstanceOf(Search.Unknown.class);
            assertThat(steps.stop(parked)).isInstanceOf(Stopping.Unknown.class);
        } finally {
            cluster.thaw(Part.API_SERVER);
        }
        cluster.heal();
        assertThat(steps.standing(parked)).isInstanceOf(Sighting.Running.class);
        assertThat(steps.starts(parked)).isOne();
    }

    @Test
    @Fault({"F6", "F7", "F51"})
    void aParkWithoutAnAnswerIsMadeOnceMoreAndThereIsOneJob() {
        JobSpec spec = site.sample(new Does.Exits(0));
        steps.park(spec);
        Attempt attempt = site.attempt(spec, spec.tasks());
        cluster.freeze(Part.API_SERVER);
        assertThat(site.bridge().park(attempt, spec, steps.fence())).isInstanceOf(Parking.Unknown.class);
        cluster.thaw(Part.API_SERVER);
        cluster.heal();
        Parking again = site.bridge().park(attempt, spec, steps.fence());
        assertThat(again).isInstanceOf(Parking.Parked.class);
        Parked parked = new Parked(attempt, ((Parking.Parked) again).binding(), spec);
        assertThat(site.bridge().find(List.of(Sought.of(attempt))))
                .singleElement()
                .satisfies(found -> assertThat(((Search.Found) found).traces())
                        .extracting(Search.Trace::binding)
                        .containsExactly(parked.binding()));
        assertThat(steps.release(parked)).isInstanceOf(Release.Released.class);
        assertThat(steps.awaitEnd(parked).end()).isEqualTo(new AttemptEnd.Finished(Verdict.SUCCEEDED));
        assertThat(steps.starts(parked)).isOne();
    }

    @ParameterizedTest
    @ValueSource(strings = {"etcd", "apiserver", "controller-manager", "scheduler", "kubelet", "containerd"})
    @Fault({"F1", "F32"})
    void whicheverPartIsKilledNothingIsLostAndNothingRunsTwice(String name) {
        Part part = new Part(name);
        Parked running = steps.running(site.sample(new Does.RunsOn()));
        Parked parked = steps.park(site.sample(new Does.Exits(0)));
        Parked ends = steps.released(site.runs("#!/bin/sh\nsleep 3\nexit 3\n"));
        Cursor cursor = steps.cursor();
        cluster.kill(part);
        Sighting end = steps.await(ends, Sighting.Ended.class::isInstance, cursor, A_MINUTE_AND_A_HALF);
        assertThat(((Sighting.Ended) end).end()).isEqualTo(new AttemptEnd.Finished(new Verdict.Failed(3, 0, "")));
        cluster.heal();
        assertThat(steps.standing(running)).isInstanceOf(Sighting.Running.class);
        assertThat(steps.standing(parked))
                .isInstanceOfSatisfying(
                        Sighting.Held.class, held -> assertThat(held.isByUs()).isTrue());
        assertThat(steps.starts(running)).isOne();
        assertThat(steps.starts(ends)).isOne();
        assertThat(steps.starts(parked)).isZero();
    }

    /**
     * As when runtime and kubelet die right behind a start, before one of them wrote it down: the container is gone from the runtime's
     * store, and the API server never heard of it. Then the kubelet starts it again, whatever a restart policy says.
     */
    @Test
    @Fault({"F1", "F32"})
    void aContainerThatItsNodeForgotIsNotStartedAgain() {
        Parked parked = steps.running(site.sample(new Does.RunsOn()));
        String[] pod = cluster.kubectl(
                        "get",
                        "pods",
                        "-A",
                        "-l",
                        Keys.ATTEMPT + "=" + parked.attempt().id(),
                        "-o",
                        "jsonpath={.items[0].metadata.namespace} {.items[0].metadata.name} {.items[0].metadata.uid}")
                .split(" ", 3);
        cluster.stop(Part.KUBELET);
        cluster.onNode("sh", "-c", """
                ctr="ctr -n k8s.io"
                container=$($ctr containers list -q 'labels."io.kubernetes.pod.uid"==%s,labels."io.cri-containerd.kind"==container')
                $ctr tasks kill -s KILL $container && sleep 1
                $ctr tasks delete $container
                $ctr containers delete $container
                """.formatted(pod[2]));
        cluster.kill(Part.CONTAINERD);
        cluster.kubectl(
                "patch",
                "pod",
                pod[1],
                "-n",
                pod[0],
                "--subresource=status",
                "--type=merge",
                "-p",
                "{\"status\":{\"phase\":\"Pending\",\"containerStatuses\":null,\"conditions\":null}}");
        Cursor cursor = steps.cursor();
        cluster.start(Part.KUBELET);
        Sighting end = steps.await(parked, Sighting.Ended.class::isInstance, cursor, A_MINUTE_AND_A_HALF);
        assertThat(((Sighting.Ended) end).end())
                .isInstanceOfSatisfying(
                        AttemptEnd.Interrupted.class,
                        interrupted -> assertThat(interrupted.why()).contains("started it a second time"));
        assertThat(steps.starts(parked)).isOne();
    }

    /** The server that comes back knows no version from before: its watches begin anew, by a list. */
    @Test
    @Fault("F29")
    void changesAreSeenBehindAServerThatForgotWhatItHadTold() {
        Parked parked = steps.park(site.sample(new Does.Exits(0)));
        Cursor cursor = steps.cursor();
        cluster.stop(Part.API_SERVER);
        cluster.start(Part.API_SERVER);
        cluster.heal();
        assertThat(steps.release(parked)).isInstanceOf(Release.Released.class);
        Sighting end = steps.await(parked, Sighting.Ended.class::isInstance, cursor, A_MINUTE_AND_A_HALF);
        assertThat(((Sighting.Ended) end).end()).isEqualTo(new AttemptEnd.Finished(Verdict.SUCCEEDED));
    }

    /** As an administrator does it, from a snapshot: its versions are counted from there again, and what came after never was. */
    @Test
    @Fault("F29")
    void behindAnEtcdThatWasRestoredWhatHadRunIsNotRunAgain() {
        Parked parked = steps.park(site.sample(new Does.Exits(0)));
        Parked ran = steps.park(site.sample(new Does.Exits(0)));
        Parked runs = steps.park(site.sample(new Does.RunsOn()));
        etcd("snapshot save /tmp/snapshot");
        Cursor cursor = steps.cursor();
        assertThat(steps.release(ran)).isInstanceOf(Release.Released.class);
        assertThat(steps.release(runs)).isInstanceOf(Release.Released.class);
        steps.await(ran, Sighting.Ended.class::isInstance, cursor, A_MINUTE_AND_A_HALF);
        steps.await(runs, Sighting.Running.class::isInstance);
        Parked lost = steps.park(site.sample(new Does.Exits(0)));
        cursor = steps.cursor();

        cluster.stop(Part.ETCD);
        cluster.onNode("rm", "-rf", "/var/lib/etcd/d", "/var/lib/etcd/restored");
        etcd("snapshot restore /tmp/snapshot --data-dir /var/lib/etcd/restored --name n"
                + " --initial-cluster n=http://127.0.0.1:2380 --initial-advertise-peer-urls http://127.0.0.1:2380");
        cluster.onNode("mv", "/var/lib/etcd/restored", "/var/lib/etcd/d");
        cluster.start(Part.ETCD);
        // They, too, hold what is no more.
        List.of(Part.API_SERVER, Part.CONTROLLER_MANAGER, Part.SCHEDULER, Part.KUBELET)
                .forEach(cluster::kill);
        cluster.heal();

        try (KubernetesBridge restarted = site.another()) {
            for (Parked each : List.of(ran, runs)) {
                assertThat(new Steps(site, restarted).standing(each))
                        .as("without a memory of it; whoever has its release on disk knows better")
                        .isEqualTo(new Sighting.Held(0, Sighting.Holder.UNRELEASED, "suspended"));
            }
        }
        for (Parked each : List.of(ran, runs)) {
            assertThat(steps.release(each)).as("before it was looked at").isNotInstanceOf(Release.Released.class);
        }
        assertThat(steps.release(parked)).isInstanceOf(Release.Released.class);
        Sighting end = steps.await(parked, Sighting.Ended.class::isInstance, cursor, A_MINUTE_AND_A_HALF);
        assertThat(((Sighting.Ended) end).end()).isEqualTo(new AttemptEnd.Finished(Verdict.SUCCEEDED));
        for (Parked each : List.of(ran, runs)) {
            assertThat(((Sighting.Ended) steps.standing(each)).end()).isInstanceOf(AttemptEnd.Interrupted.class);
            assertThat(steps.release(each)).as("behind that").isNotInstanceOf(Release.Released.class);
            assertThat(steps.starts(each)).isOne();
        }
        assertThat(site.bridge().find(List.of(Sought.of(lost.attempt()))))
                .singleElement()
                .isInstanceOf(Search.None.class);
        assertThat(steps.starts(parked)).isOne();
    }

    private static void etcd(String words) {
        cluster.onNode("sh", "-c", "ETCDCTL_API=3 etcdctl --endpoints http://127.0.0.1:2379 " + words);
    }

    /**
     * A pod on a silent node runs on, for all that anybody knows, until an administrator takes the node away: not even a forced deletion
     * ends the pod of a Job before.
     */
    @Test
    @Fault({"F30", "F21"})
    void aLostNodeIsToldFromAFailure() {
        Parked parked = steps.running(site.sample(new Does.RunsOn()));
        String node = cluster.kubectl("get", "nodes", "-o", "jsonpath={.items[0].metadata.name}");
        cluster.stop(Part.KUBELET);
        // With all of its nodes silent Kubernetes itself taints none.
        cluster.kubectl("taint", "node", node, "gone=for-a-test:NoExecute");
        steps.await(parked, Sighting.Completing.class::isInstance);
        cluster.kubectl("delete", "node", node, "--wait=false");
        Sighting end = steps.await(parked, Sighting.Ended.class::isInstance, Cursor.START, Duration.ofMinutes(3));
        assertThat(((Sighting.Ended) end).end()).isEqualTo(new AttemptEnd.NodeLost());
        cluster.heal();
        Marks.of(cluster).restart();
    }
}
