package dev.sluice.gateway.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.testkit.Fault;
import dev.sluice.testkit.kubernetes.Form;
import dev.sluice.testkit.kubernetes.KubernetesCluster;
import dev.sluice.testkit.kubernetes.Part;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real Kubernetes that falls silent, and comes back, before a gateway that has another cluster as well. */
@Tag("cluster")
@Tag("kubernetes")
@Order(2)
@Timeout(400)
class SickKubernetesTest {
    /** What a shared machine's own noise may cost a handful of jobs; a call that hangs costs 10 s, its time-out. */
    private static final Duration NOISE = Duration.ofSeconds(6);

    private static final Pattern REQUESTS = Pattern.compile(
            "apiserver_request_total\\{.*group=\"(\\w*)\",resource=\"(\\w+)\",.*verb=\"(\\w+)\".*} (\\S+)");

    /** What runs on the node, a line each. */
    private static final String PROGRAMS =
            "for each in /proc/[0-9]*/cmdline; do tr '\\0' ' ' <$each 2>/dev/null; echo; done";

    /** In the order in which they fall. */
    private static final List<Part> ALL_PARTS =
            List.of(Part.KUBELET, Part.SCHEDULER, Part.CONTROLLER_MANAGER, Part.API_SERVER, Part.ETCD);

    @TempDir
    static Path directory;

    /** Of its own: who shares one would find it away. */
    @SuppressWarnings("NullAway.Init") // JUnit runs start before each test
    private static KubernetesCluster cluster;

    @SuppressWarnings("NullAway.Init") // as above
    private static Gate gate;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        cluster = KubernetesCluster.start(Form.FULL, Map.of("LAB_CPUS", "32"));
        gate = new Gate(directory, cluster);
        gate.start();
    }

    @AfterEach
    void heal() {
        cluster.heal();
    }

    @AfterAll
    static void stop() throws InterruptedException {
        gate.close();
        cluster.close();
    }

    private static Duration untilDone() throws IOException, InterruptedException {
        long began = System.nanoTime();
        gate.awaitAll(gate.submit(5, Gate.command(Gate.HERE, "true")), "succeeded");
        return Duration.ofNanos(System.nanoTime() - began);
    }

    @Test
    @Fault({"F34", "F35"})
    void aClusterThatTakesConnectionsAndNeverAnswersSlowsNoOther(TestReporter told) throws Exception {
        untilDone();
        Duration well = untilDone();
        String marks = Gate.file("sick");
        cluster.freeze(Part.API_SERVER);
        List<Integer> jobs = gate.submit(15, Gate.marking(marks, ""));

        Duration beside = untilDone();
        gate.awaitHealth(Gate.K8S, "down");
        Duration still = untilDone();
        told.publishEntry("5 jobs on the well one", well + ", beside the sick one " + beside + ", " + still);
        assertThat(beside).isLessThan(well.plus(NOISE));
        assertThat(still).isLessThan(well.plus(NOISE));
        assertThat(gate.awaitHealth(Gate.HERE, "up").has("silentSince")).isFalse();
        for (int job : jobs) {
            assertThat(gate.status(job)).isIn("queued", "dispatching");
        }

        cluster.thaw(Part.API_SERVER);
        gate.awaitAll(jobs, "succeeded");
        gate.ranOnceEach(marks, jobs);
    }

    @Test
    @Fault({"F33", "F32", "F16"})
    void aWholeClusterThatWasAwayEndsNoJobAndMeetsNoHerd(TestReporter told) throws Exception {
        String marks = Gate.file("away");
        String go = Gate.file("go");
        List<Integer> running =
                gate.submit(12, Gate.marking(marks, "until [ -e /marks/" + go + " ]; do sleep 1; done"));
        gate.awaitAll(running, "running");
        ALL_PARTS.forEach(cluster::stop);
        List<Integer> waiting = gate.submit(12, Gate.marking(marks, ""));
        gate.awaitHealth(Gate.K8S, "down");
        double before = gate.calls(Gate.K8S);
        new CountDownLatch(1).await(12, TimeUnit.SECONDS);
        double away = gate.calls(Gate.K8S) - before;
        for (int job : running) {
            assertThat(gate.status(job)).isEqualTo("running");
        }
        for (int job : waiting) {
            assertThat(gate.status(job)).isIn("queued", "dispatching");
        }
        gate.touch(go);

        cluster.heal();
        long back = System.nanoTime();
        gate.awaitAll(running, "succeeded");
        gate.awaitAll(waiting, "succeeded");
        double seconds = (System.nanoTime() - back) / 1e9;
        String requests = cluster.kubectl("get", "--raw", "/metrics");
        long parks = requests(requests, "batch", "jobs", "POST");
        long releases = requests(requests, "batch", "jobs", "PATCH");
        long lists = requests(requests, "batch", "jobs", "LIST") + requests(requests, "", "pods", "LIST");
        told.publishEntry(
                "calls while it was away; in %.0f s since it is back".formatted(seconds),
                away + "; " + parks + " parks, " + releases + " releases, " + lists + " lists");
        gate.ranOnceEach(
                marks, List.of(running, waiting).stream().flatMap(List::stream).toList());
        for (int job : running) {
            assertThat(gate.view(job).get("attempts"))
                    .as("one attempt, and no second")
                    .hasSize(1);
        }
        assertThat(away).as("calls to a cluster that is away").isLessThan(6);
        assertThat(parks).as("Jobs that were made").isBetween(12L, 18L);
        assertThat(releases).as("Jobs that were let go").isBetween(12L, 18L);
        assertThat(lists)
                .as("whole looks of the gateway and of the cluster itself")
                .isLessThan(40 + Math.round(seconds));
    }

    /** The API server counts from its own start. */
    private static long requests(String metrics, String group, String resource, String verb) {
        long sum = 0;
        Matcher line = REQUESTS.matcher(metrics);
        while (line.find()) {
            if (line.group(1).equals(group)
                    && line.group(2).equals(resource)
                    && line.group(3).equals(verb)) {
                sum += Math.round(Double.parseDouble(line.group(4)));
            }
        }
        return sum;
    }

    /** For the gateway, whose clock is set five hours on while it is restarted. */
    @Test
    @Fault("F15")
    void aCancelIsDoneOnceItsClusterIsBackAfterHours() throws Exception {
        String marks = Gate.file("cancelled");
        int running = gate.submit(Gate.marking(marks, "exec sleep 600"));
        gate.await(running, "running");
        String[] place = gate.place(running);
        cluster.stop(Part.API_SERVER);
        int waiting = gate.submit(Gate.marking(marks, "exec sleep 600"));
        gate.cancel(running);
        gate.cancel(waiting);
        gate.awaitHealth(Gate.K8S, "down");
        try {
            gate.process.kill();
            gate.process.moveClock(Duration.ofHours(5));
            gate.start();
            gate.awaitHealth(Gate.K8S, "down");
            assertThat(gate.status(running)).as("for all that is known").isEqualTo("running");
            assertThat(cluster.onNode("sh", "-c", PROGRAMS + " | grep -cx 'sleep 60[0] ' || :")
                            .strip())
                    .as("it runs on")
                    .isEqualTo("1");

            cluster.start(Part.API_SERVER);
            gate.await(running, "cancelled");
            gate.await(waiting, "cancelled");
            assertThat(cluster.kubectl(
                            "-n",
                            place[0],
                            "get",
                            "pods",
                            "-l",
                            "job-name=" + place[1],
                            "-o",
                            "jsonpath={.items[?(@.status.phase==\"Running\")].metadata.name}"))
                    .isEmpty();
            gate.ranOnceEach(marks, List.of(running));
        } finally {
            gate.process.kill();
            gate.process.moveClock(Duration.ZERO);
            gate.start();
        }
        JsonNode over = gate.view(running);
        assertThat(over.get("attempts")).as("one attempt, and no second").hasSize(1);
    }
}
