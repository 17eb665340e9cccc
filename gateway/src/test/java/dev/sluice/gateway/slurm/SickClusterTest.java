package dev.sluice.gateway.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.testkit.Fault;
import dev.sluice.testkit.slurm.Service;
import dev.sluice.testkit.slurm.SlurmCluster;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real clusters that fall silent, and come back, before a gateway that others use as well. */
@Tag("cluster")
@Order(2)
@Timeout(240)
class SickClusterTest {
    /** What a shared machine's own noise may cost a handful of jobs; a call that hangs costs a time-out, which is longer. */
    private static final Duration NOISE = Duration.ofSeconds(6);

    @TempDir
    static Path directory;

    /** Of its own: who shares one would find it frozen. */
    private static final Map<String, SlurmCluster> CLUSTERS = new ConcurrentHashMap<>();

    private static Gate gate;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        Gate.ALL.parallelStream().forEach(name -> CLUSTERS.put(name, SlurmCluster.start(Gate.generation(name))));
        gate = new Gate(directory, Gate.Patience.SHORT, SickClusterTest::cluster);
        gate.start();
    }

    @AfterEach
    void heal() {
        CLUSTERS.values().parallelStream().forEach(SlurmCluster::heal);
    }

    @AfterAll
    static void stop() throws InterruptedException {
        gate.close();
        CLUSTERS.values().parallelStream().forEach(SlurmCluster::close);
    }

    private static SlurmCluster cluster(String name) {
        return Objects.requireNonNull(CLUSTERS.get(name));
    }

    /** What speaks to a gateway on this cluster. */
    private static List<Service> doors(String name) {
        return switch (name) {
            case Gate.API -> List.of(Service.REST);
            case Gate.OLD -> List.of(Service.SSH);
            default -> List.of(Service.REST, Service.SSH);
        };
    }

    /** A job that leaves a line in this file for each start. */
    private static ObjectNode marks(String cluster, String file, String then) {
        return Gate.script("ada", cluster, "#!/bin/sh\necho $SLURM_JOB_ID >>" + file + "\n" + then + "\n");
    }

    private static String file(String what) {
        return "/scratch/" + what + "-" + System.nanoTime();
    }

    /** The starts that are on record there, a line each. */
    private static List<String> starts(String cluster, String file) {
        return cluster(cluster)
                .exec("root", "sh", "-c", "cat " + file + " 2>/dev/null || :")
                .text()
                .lines()
                .toList();
    }

    private List<Integer> submit(int count, String cluster, String file, String then)
            throws IOException, InterruptedException {
        List<Integer> jobs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            jobs.add(gate.submit(marks(cluster, file, then)));
        }
        return jobs;
    }

    private Duration untilDone(String cluster) throws IOException, InterruptedException {
        long began = System.nanoTime();
        for (int job : submit(5, cluster, "/dev/null", "")) {
            gate.await(job, "succeeded");
        }
        return Duration.ofNanos(System.nanoTime() - began);
    }

    private static void ranOnceEach(String cluster, String file, List<Integer> jobs) {
        assertThat(starts(cluster, file))
                .containsExactlyInAnyOrderElementsOf(
                        jobs.stream().map(Object::toString).toList());
    }

    @Test
    @Fault({"F34", "F35"})
    void clustersThatTakeConnectionsAndNeverAnswerSlowNoOther(TestReporter told) throws Exception {
        untilDone(Gate.HPC);
        Duration well = untilDone(Gate.HPC);
        String marks = file("sick");
        cluster(Gate.API).freeze(Service.REST);
        cluster(Gate.OLD).freeze(Service.SSH);
        List<Integer> byRest = submit(15, Gate.API, marks, "");
        List<Integer> bySsh = submit(15, Gate.OLD, marks, "");

        Duration beside = untilDone(Gate.HPC);
        gate.awaitHealth(Gate.API, "down");
        gate.awaitHealth(Gate.OLD, "down");
        Duration still = untilDone(Gate.HPC);
        told.publishEntry("5 jobs on the well one", well + ", beside the sick ones " + beside + ", " + still);
        assertThat(beside).isLessThan(well.plus(NOISE));
        assertThat(still).isLessThan(well.plus(NOISE));
        assertThat(gate.awaitHealth(Gate.HPC, "up").has("silentSince")).isFalse();
        for (List<Integer> jobs : List.of(byRest, bySsh)) {
            for (int job : jobs) {
                assertThat(gate.view(job).get("status").asText()).isIn("queued", "dispatching");
            }
        }

        cluster(Gate.API).thaw(Service.REST);
        cluster(Gate.OLD).thaw(Service.SSH);
        for (List<Integer> jobs : List.of(byRest, bySsh)) {
            for (int job : jobs) {
                gate.await(job, "succeeded");
            }
        }
        ranOnceEach(Gate.API, marks, byRest);
        ranOnceEach(Gate.OLD, marks, bySsh);
    }

    @Test
    @Fault({"F33", "F32"})
    void aWholeClusterThatWasAwayEndsNoJobAndMeetsNoHerd(TestReporter told) throws Exception {
        SlurmCluster cluster = cluster(Gate.API);
        String marks = file("away");
        String go = file("go");
        List<Integer> jobs = submit(12, Gate.API, marks, "until [ -e " + go + " ]; do sleep 0.2; done");
        for (int job : jobs) {
            gate.await(job, "running");
        }
        for (Service service : List.of(Service.REST, Service.CONTROLLER, Service.ACCOUNTING)) {
            cluster.stop(service);
        }
        jobs.addAll(submit(12, Gate.API, marks, ""));
        gate.awaitHealth(Gate.API, "down");
        double before = gate.calls(Gate.API);
        cluster.exec("alice", "sh", "-c", "sleep 12; touch " + go).text();
        double away = gate.calls(Gate.API) - before;
        for (int i = 0; i < jobs.size(); i++) {
            assertThat(gate.view(jobs.get(i)).get("status").asText())
                    .isIn(i < 12 ? List.of("running") : List.of("queued", "dispatching"));
        }

        cluster.heal();
        long back = System.nanoTime();
        for (int job : jobs) {
            gate.await(job, "succeeded");
        }
        double seconds = (System.nanoTime() - back) / 1e9;
        Map<String, Long> rpcs = cluster.rpcsByUser();
        told.publishEntry(
                "calls while it was away, RPCs in %.0f s since it is back".formatted(seconds), away + ", " + rpcs);
        ranOnceEach(Gate.API, marks, jobs);
        assertThat(away).as("calls to a cluster that is away").isLessThan(6);
        assertThat(rpcs.get("alice")).as("submits and releases of 12 new jobs").isBetween(24L, 36L);
        assertThat(rpcs.get("sluice"))
                .as("a look at each job when it is parked, before it is let go and at its end; looks at the queue")
                .isLessThan(Math.round(3 * jobs.size() + 2 * seconds + 10));
    }

    @ParameterizedTest
    @ValueSource(strings = {Gate.OLD, Gate.API})
    @Fault({"F14", "F51", "F6"})
    void whatIsCancelledOnItsWayNeverRunsThoughItArrives(String name) throws Exception {
        SlurmCluster cluster = cluster(name);
        String marks = file("on-its-way");
        String unique = "late" + System.nanoTime();
        cluster.freeze(Service.CONTROLLER);
        int job = gate.submit(marks(name, marks, "").put("name", unique));
        gate.await(job, "dispatching");
        await(cluster, name.equals(Gate.OLD) ? "pgrep -u alice -x sbatch" : "sleep 2");
        gate.cancel(job);
        assertThat(gate.view(job).get("status").asText()).as("final at once").isEqualTo("cancelled");
        doors(name).forEach(cluster::kill);
        cluster.heal();

        await(cluster, "squeue -h -t all -n " + unique + " -o %T | grep -qx CANCELLED");
        assertThat(starts(name, marks)).isEmpty();
    }

    @Test
    @Fault("F15")
    void aCancelIsDoneOnceItsClusterIsBack() throws Exception {
        Map<String, Integer> jobs = Map.of(
                Gate.HPC, gate.submit(Gate.command("ada", Gate.HPC, "sleep", "600")),
                Gate.OLD, gate.submit(Gate.command("ada", Gate.OLD, "sleep", "600")),
                Gate.API, gate.submit(Gate.command("ada", Gate.API, "sleep", "600")));
        for (int job : jobs.values()) {
            gate.await(job, "running");
        }
        for (String name : jobs.keySet()) {
            doors(name).forEach(cluster(name)::stop);
        }
        for (int job : jobs.values()) {
            gate.cancel(job);
        }
        for (String name : jobs.keySet()) {
            gate.awaitHealth(name, "down");
        }
        gate.process.kill();
        gate.start();
        for (String name : jobs.keySet()) {
            gate.awaitHealth(name, "down");
        }
        for (Map.Entry<String, Integer> job : jobs.entrySet()) {
            assertThat(gate.view(job.getValue()).get("status").asText()).isEqualTo("running");
            assertThat(state(job.getKey(), gate.view(job.getValue()))).isEqualTo("RUNNING");
        }

        heal();
        for (Map.Entry<String, Integer> job : jobs.entrySet()) {
            JsonNode over = gate.await(job.getValue(), "cancelled");
            assertThat(state(job.getKey(), over)).isIn("CANCELLED", "COMPLETING");
        }
    }

    private static String state(String cluster, JsonNode view) {
        String id = view.get("attempts").get(0).get("native").asText();
        return cluster(cluster)
                .exec("root", "squeue", "-h", "-t", "all", "-j", id, "-o", "%T")
                .text();
    }

    private static void await(SlurmCluster cluster, String condition) {
        cluster.exec(Duration.ofMinutes(2), "root", "bash", "-c", "until " + condition + "; do sleep 0.2; done")
                .text();
    }
}
