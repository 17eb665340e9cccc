package dev.sluice.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.Alteration;
import dev.sluice.cluster.Change;
import dev.sluice.cluster.ClusterBridge;
import dev.sluice.cluster.Cursor;
import dev.sluice.cluster.Grant;
import dev.sluice.cluster.LogReading;
import dev.sluice.cluster.Observation;
import dev.sluice.cluster.Release;
import dev.sluice.cluster.Sighting;
import dev.sluice.cluster.Stopping;
import dev.sluice.cluster.Sweep;
import dev.sluice.job.AttemptEnd;
import dev.sluice.job.Refusal;
import dev.sluice.job.Verdict;
import dev.sluice.kubernetes.Steps.Parked;
import dev.sluice.kubernetes.manifest.Keys;
import dev.sluice.kubernetes.manifest.Site.Gangs;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Nodes;
import dev.sluice.spec.Resources;
import dev.sluice.testkit.Fault;
import dev.sluice.testkit.contract.Does;
import dev.sluice.testkit.kubernetes.Form;
import dev.sluice.testkit.kubernetes.KubernetesCluster;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** Jobs of several nodes on a real Kubernetes of one machine with 8 CPUs. */
@Order(2)
final class GangTest extends OnKubernetes {
    /** More than any of these takes. */
    private static final Duration PATIENCE = Duration.ofSeconds(80);

    private static final Duration SHORT = Duration.ofSeconds(6);

    @SuppressWarnings("NullAway.Init") // JUnit runs open before each test
    private ClusterBridge bridge;

    @Override
    KubernetesCluster cluster() {
        return KubernetesCluster.shared(Form.FULL, "gangs");
    }

    @BeforeEach
    void open() {
        bridge = withPatience(PATIENCE);
        steps = new Steps(site, bridge);
    }

    @AfterEach
    void close() {
        bridge.close();
    }

    private ClusterBridge withPatience(Duration patience) {
        return site.another(site.settings(new Gangs(patience, false)));
    }

    private JobSpec gang(int cpus, String script) {
        return site.runs("#!/bin/sh\n" + script).toBuilder()
                .resources(Resources.DEFAULTS.withNodes(Nodes.exactly(2)).withCpusPerTask(cpus))
                .build();
    }

    /** One of whose nodes has room and the other has not, while the second job runs. */
    private record Half(Parked gang, Parked inItsWay) {}

    private Half halfReady(Steps by, String script) {
        Parked inItsWay = by.running(site.sample(new Does.RunsOn()).toBuilder()
                .resources(Resources.DEFAULTS.withCpusPerTask(3))
                .build());
        Parked gang = by.released(gang(3, script));
        return new Half(gang, inItsWay);
    }

    private static String pod(Parked parked, int node, List<String> pods) {
        return pods.stream()
                .filter(pod -> pod.startsWith(name(parked) + "-" + node + "-"))
                .findFirst()
                .orElseThrow();
    }

    private List<String> pods(Parked parked) {
        return kubectl("get", "pods", "-l", "job-name=" + name(parked), "-o", "name")
                .lines()
                .map(pod -> pod.substring("pod/".length()))
                .toList();
    }

    /** Those that are not over: of a gang that has ended there are none. */
    private List<String> running(Parked parked) {
        return kubectl("get", "pods", "-l", "job-name=" + name(parked), "--no-headers")
                .lines()
                .filter(line -> line.contains("Running") || line.contains("Terminating") || line.contains("Pending"))
                .toList();
    }

    /** Heard by the watch, and not by a list that begins after some of its pods have gone. */
    private AttemptEnd awaitEnd(Parked parked, Cursor from) {
        Sighting seen = steps.await(parked, Sighting.Ended.class::isInstance, from, site.patience());
        return ((Sighting.Ended) seen).end();
    }

    /** Looks until the cluster's own words hold that. */
    private void awaitRaw(ClusterBridge by, Parked parked, String words) {
        Instant deadline = site.now().plus(site.patience());
        Cursor cursor = Cursor.START;
        while (true) {
            Sweep sweep = by.observe(cursor, Steps.A_LITTLE);
            if (sweep instanceof Sweep.Seen seen) {
                for (Observation each : seen.observations()) {
                    if (each.attempt().equals(parked.attempt().id())
                            && each.raw().contains(words)) {
                        return;
                    }
                }
                cursor = seen.next();
            }
            assertThat(site.now())
                    .as("%s is not seen as expected; the last look: %s", parked, sweep)
                    .isBefore(deadline);
        }
    }

    @Test
    void allNodesOfAJobStartTogetherAndFindEachOther() {
        JobSpec spec = gang(1, """
                out=/marks/$SLUICE_RUN.$SLURM_NODEID
                env | sort >"$out.env"
                hostname >"$out.host"
                case $SLURM_NODEID in
                0) echo "from $SLURMD_NODENAME" | nc -l -p 7000 ;;
                *) until nc -w 5 ${SLURM_JOB_NODELIST%%,*} 7000 >"$out.heard"; do sleep 1; done ;;
                esac
                """).toBuilder()
                .resources(Resources.DEFAULTS.withNodes(Nodes.exactly(2)).withTasks(4))
                .build();
        Parked parked = steps.released(spec);
        assertThat(steps.awaitEnd(parked).end()).isEqualTo(new AttemptEnd.Finished(Verdict.SUCCEEDED));
        assertThat(steps.starts(parked)).isEqualTo(2);
        String run = parked.attempt().id() + ".0.0";
        String name = name(parked);
        assertThat(site.mark(run + ".0.host")).isEqualTo(name + "-0");
        assertThat(site.mark(run + ".1.host")).isEqualTo(name + "-1");
        assertThat(site.mark(run + ".1.heard")).isEqualTo("from " + name + "-0." + name);
        assertThat(site.mark(run + ".1.env").lines())
                .contains(
                        "SLURM_JOB_ID=" + parked.attempt().job(),
                        "SLURM_NNODES=2",
                        "SLURM_NODEID=1",
                        "SLURM_PROCID=2",
                        "SLURM_NTASKS=4",
                        "SLURM_TASKS_PER_NODE=2(x2)",
                        "SLURM_JOB_CPUS_PER_NODE=2(x2)",
                        "SLURM_CPUS_ON_NODE=2",
                        "SLURMD_NODENAME=" + name + "-1." + name,
                        "SLURM_JOB_NODELIST=" + name + "-0." + name + "," + name + "-1." + name);
        assertThat(site.mark(run + ".0.env").lines()).contains("SLURM_NODEID=0", "SLURM_PROCID=0");
        assertThat(kubectl("delete", "job", name)).contains("deleted");
        site.cluster().kubectl("-n", KubernetesSite.NAMESPACE, "wait", "--for=delete", "service/" + name);
    }

    @Test
    void aGangThatIsNotReadyInTimeRunsNothingGivesItsNodesBackAndSaysWhy() {
        try (ClusterBridge hasty = withPatience(SHORT)) {
            Steps by = new Steps(site, hasty);
            Half half = halfReady(by, "");
            Parked gang = half.gang();
            Sighting.Ended end = by.awaitEnd(gang);
            assertThat(end.end()).isInstanceOfSatisfying(AttemptEnd.RefusedByCluster.class, refused -> {
                assertThat(refused.refusal().code()).isEqualTo("not-together");
                assertThat(refused.refusal().retry()).isEqualTo(Refusal.Retry.LATER);
                assertThat(refused.refusal().message())
                        .startsWith("its nodes were not ready together within 6 s: 1 of 2 nodes ready, ")
                        .contains(": Unschedulable: ")
                        .contains("Insufficient cpu");
            });
            assertThat(end.started()).isEqualTo(end.at());
            kubectl("wait", "--for=delete", "pod", "-l", "job-name=" + name(gang), "--timeout=60s");
            assertThat(by.starts(gang)).isZero();
            assertThat(by.release(gang)).isInstanceOf(Release.class).isNotInstanceOf(Release.Released.class);
            assertThat(by.stop(half.inItsWay())).isNotInstanceOf(Stopping.Unknown.class);
            by.awaitEnd(half.inItsWay());
            Parked again = by.released(gang(3, ""));
            assertThat(by.awaitEnd(again).end()).isEqualTo(new AttemptEnd.Finished(Verdict.SUCCEEDED));
            assertThat(by.starts(gang)).isZero();
        }
    }

    @Test
    void eachNodeIsAMachineOfItsOwnWhereTheSiteSaysSo() {
        try (ClusterBridge apart = site.another(site.settings(new Gangs(SHORT, true)))) {
            Steps by = new Steps(site, apart);
            Parked gang = by.released(gang(1, ""));
            assertThat(by.awaitEnd(gang).end())
                    .isInstanceOfSatisfying(
                            AttemptEnd.RefusedByCluster.class,
                            refused -> assertThat(refused.refusal().message())
                                    .contains("1 of 2 nodes ready, ")
                                    .contains("anti-affinity"));
            assertThat(by.starts(gang)).isZero();
        }
    }

    @Test
    void twoGangsThatEachHalfFitBothFinish() {
        Parked one = steps.park(gang(3, "sleep 2\n"));
        Parked other = steps.park(gang(3, "sleep 2\n"));
        List<Release> first = bridge.release(List.of(grant(one), grant(other)));
        assertThat(first)
                .hasOnlyElementsOfTypes(Release.Released.class, Release.Refused.class)
                .filteredOn(Release.Refused.class::isInstance)
                .singleElement()
                .isInstanceOfSatisfying(Release.Refused.class, refused -> {
                    assertThat(refused.refusal().retry()).isEqualTo(Refusal.Retry.LATER);
                    assertThat(refused.refusal().message()).contains("start one after the other");
                });
        boolean isOneAhead = first.getFirst() instanceof Release.Released;
        Parked ahead = isOneAhead ? one : other;
        Parked behind = isOneAhead ? other : one;
        steps.await(ahead, Sighting.Running.class::isInstance);
        assertThat(steps.release(behind)).isInstanceOf(Release.Released.class);
        for (Parked each : List.of(ahead, behind)) {
            assertThat(steps.awaitEnd(each).end()).isEqualTo(new AttemptEnd.Finished(Verdict.SUCCEEDED));
            assertThat(steps.starts(each)).isEqualTo(2);
        }
    }

    private Grant grant(Parked parked) {
        return new Grant(
                parked.attempt(), parked.binding(), parked.tasks(), site.now().plusSeconds(10));
    }

    @Test
    void theFailureOfOneNodeIsThatOfAll() {
        Parked parked = steps.released(gang(1, "[ $SLURM_NODEID = 0 ] || exit 3\nexec sleep 600\n"));
        assertThat(steps.awaitEnd(parked).end()).isEqualTo(new AttemptEnd.Finished(new Verdict.Failed(3, 0, "")));
        assertThat(steps.starts(parked)).isEqualTo(2);
    }

    @Test
    @Fault({"F24", "F30"})
    void aPodThatSomebodyDeletesEndsAllOfThem() {
        Parked parked = steps.released(gang(1, "exec sleep 600\n"));
        steps.await(parked, Sighting.Running.class::isInstance);
        Cursor from = steps.cursor();
        kubectl("delete", "pod", pod(parked, 1, pods(parked)), "--wait=false");
        assertThat(awaitEnd(parked, from)).isEqualTo(new AttemptEnd.Stopped());
        assertThat(running(parked)).isEmpty();
    }

    @Test
    @Fault("F30")
    void anEvictionOfOneInterruptsAll() {
        Parked parked = steps.released(gang(1, "exec sleep 600\n"));
        steps.await(parked, Sighting.Running.class::isInstance);
        Cursor from = steps.cursor();
        evict(pod(parked, 1, pods(parked)));
        assertThat(awaitEnd(parked, from))
                .isInstanceOfSatisfying(
                        AttemptEnd.Interrupted.class,
                        end -> assertThat(end.why()).startsWith("evicted, as by a drain of its node"));
        assertThat(running(parked)).isEmpty();
    }

    @Test
    void aGangThatRunsIsCancelledWithAllItsNodes() {
        Parked parked = steps.released(gang(1, "exec sleep 600\n"));
        steps.await(parked, Sighting.Running.class::isInstance);
        assertThat(steps.stop(parked)).isInstanceOf(Stopping.Asked.class);
        assertThat(steps.awaitEnd(parked).end()).isEqualTo(new AttemptEnd.Stopped());
        assertThat(running(parked)).isEmpty();
    }

    @Test
    @Fault("F14")
    void aGangThatWaitsForItsNodesIsCancelledAndNeverRan() {
        Half half = halfReady(steps, "");
        awaitRaw(bridge, half.gang(), "1 of 2 nodes ready");
        assertThat(steps.stop(half.gang())).isInstanceOf(Stopping.NeverRan.class);
        assertThat(steps.stop(half.inItsWay())).isNotInstanceOf(Stopping.Unknown.class);
        kubectl("wait", "--for=delete", "pod", "-l", "job-name=" + name(half.gang()), "--timeout=60s");
        assertThat(steps.starts(half.gang())).isZero();
    }

    /** Kubernetes may count the pods that went with the hold as failed: then it is over and has run nothing. */
    @Test
    void aGangThatWaitsForItsNodesCanBeHeldAndReleasedAgain() {
        Half half = halfReady(steps, "");
        awaitRaw(bridge, half.gang(), "1 of 2 nodes ready");
        Parked gang = half.gang();
        assertThat(bridge.alter(gang.attempt().id(), gang.binding(), gang.tasks(), new Change.Hold(), steps.fence()))
                .isInstanceOf(Alteration.Altered.class);
        assertThat(steps.standing(gang)).isEqualTo(new Sighting.Held(0, Sighting.Holder.US, "suspended"));
        steps.stop(half.inItsWay());
        steps.awaitEnd(half.inItsWay());
        assertThat(steps.starts(gang)).isZero();
        assertThat(steps.release(gang)).isInstanceOfAny(Release.Released.class, Release.Absent.class);
        AttemptEnd end = steps.awaitEnd(gang).end();
        assertThat(end).isIn(new AttemptEnd.Finished(Verdict.SUCCEEDED), new AttemptEnd.NeverStarted());
        assertThat(steps.starts(gang)).isEqualTo(end.ran() ? 2 : 0);
    }

    @Test
    void whatHasStartedIsNotHeld() {
        Parked gang = steps.released(gang(1, "exec sleep 600\n"));
        steps.await(gang, Sighting.Running.class::isInstance);
        assertThat(bridge.alter(gang.attempt().id(), gang.binding(), gang.tasks(), new Change.Hold(), steps.fence()))
                .isInstanceOf(Alteration.Refused.class);
        assertThat(steps.standing(gang)).isInstanceOf(Sighting.Running.class);
        steps.stop(gang);
    }

    /** The bridge that released it is gone; the next one comes when its nodes are ready, or later. */
    @Test
    @Fault("F1")
    void whoeverComesAfterACrashStartsTheGang() {
        Parked gang;
        Parked inItsWay;
        try (ClusterBridge first = withPatience(PATIENCE)) {
            Half half = halfReady(new Steps(site, first), "");
            gang = half.gang();
            inItsWay = half.inItsWay();
            awaitRaw(first, gang, "1 of 2 nodes ready");
        }
        kubectl("delete", "job", name(inItsWay));
        kubectl("wait", "--for=condition=Ready", "pod", "-l", "job-name=" + name(gang), "--timeout=60s");
        assertThat(steps.starts(gang)).isZero();
        assertThat(steps.awaitEnd(gang).end()).isEqualTo(new AttemptEnd.Finished(Verdict.SUCCEEDED));
        assertThat(steps.starts(gang)).isEqualTo(2);
    }

    /** It said the word, told one of the two and died. */
    @Test
    @Fault("F1")
    void whoeverComesAfterACrashTellsTheRest() {
        Parked gang;
        try (ClusterBridge first = withPatience(PATIENCE)) {
            gang = new Steps(site, first).released(gang(1, ""));
        }
        kubectl("wait", "--for=condition=Ready", "pod", "-l", "job-name=" + name(gang), "--timeout=60s");
        String uids = kubectl("get", "pods", "-l", "job-name=" + name(gang), "-o", "jsonpath={.items[*].metadata.uid}");
        assertThat(uids.split(" ")).hasSize(2);
        String at = site.now().toString();
        kubectl("annotate", "job", name(gang), Keys.GO + "=" + at + " " + uids);
        kubectl("annotate", "pod", pod(gang, 0, pods(gang)), Keys.GO + "=" + at);
        Steps.Parked same = gang;
        Instant deadline = site.now().plus(site.patience());
        while (steps.starts(same) == 0) {
            assertThat(site.now()).as("the first node has not begun").isBefore(deadline);
        }
        assertThat(steps.starts(gang)).isOne();
        assertThat(steps.awaitEnd(gang).end()).isEqualTo(new AttemptEnd.Finished(Verdict.SUCCEEDED));
        assertThat(steps.starts(gang)).isEqualTo(2);
    }

    @Test
    void theLogIsThatOfTheFirstNode() {
        Parked parked = steps.released(gang(1, "echo node $SLURM_NODEID\n"));
        assertThat(steps.awaitEnd(parked).end()).isEqualTo(new AttemptEnd.Finished(Verdict.SUCCEEDED));
        assertThat(bridge.log(parked.attempt(), parked.binding(), 0, LogReading.Stream.OUTPUT, 0))
                .isInstanceOfSatisfying(
                        LogReading.Chunk.class,
                        chunk -> assertThat(new String(chunk.bytes().toArray(), StandardCharsets.UTF_8))
                                .isEqualTo("node 0\n"));
    }
}
