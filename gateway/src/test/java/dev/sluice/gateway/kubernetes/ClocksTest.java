package dev.sluice.gateway.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.testkit.Fault;
import dev.sluice.testkit.kubernetes.Form;
import dev.sluice.testkit.kubernetes.KubernetesCluster;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A gateway whose clock is not that of its cluster, which is a real Kubernetes. */
@Tag("cluster")
@Tag("kubernetes")
@Order(2)
@Timeout(400)
class ClocksTest {
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    /** From a gateway's start to the change of its time: what it has to be ready in. */
    private static final Duration BEFORE_THE_CHANGE = Duration.ofSeconds(40);

    private final KubernetesCluster cluster = KubernetesCluster.shared(Form.FULL);

    /** The time that a test has, and no more, in the cluster's words, which are whole seconds. */
    private static final Duration LEEWAY = Duration.ofSeconds(2);

    private static ObjectNode onTwoNodes(String marks) {
        ObjectNode job = Gate.marking(marks, "");
        job.putObject("resources").put("nodes", 2);
        return job;
    }

    /** Its run's times, which are the cluster's own. */
    private static void ranBetween(JsonNode over, Instant from, Instant to) {
        JsonNode run = over.get("runs").get(0);
        Instant started = Instant.parse(run.get("started").asText());
        Instant ended = Instant.parse(run.get("ended").asText());
        assertThat(started).as(over.toString()).isBetween(from.minus(LEEWAY), to.plus(LEEWAY));
        assertThat(ended).as(over.toString()).isBetween(started, to.plus(LEEWAY));
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT10M", "PT-10M"})
    @Fault("F28")
    void aClockThatIsMovedByTenMinutesLosesNothingAndRunsNothingTwice(Duration moved, @TempDir Path directory)
            throws Exception {
        try (Gate gate = new Gate(directory, cluster)) {
            gate.process.moveClock(moved);
            gate.start();
            Instant began = Instant.now();
            String marks = Gate.file("moved");
            String go = Gate.file("go");
            int goesOn = gate.submit(Gate.marking(marks, "until [ -e /marks/" + go + " ]; do sleep 1; done"));
            int limited = gate.submit(Gate.marking(marks, "sleep 8").put("limitSeconds", 60));
            int late = gate.submit(Gate.marking(marks, "exec sleep 600").put("limitSeconds", 5));
            int together = gate.submit(onTwoNodes(marks));
            int cancelled = gate.submit(Gate.marking(marks, "exec sleep 600"));
            gate.await(cancelled, "running");
            gate.cancel(cancelled);
            List<Integer> jobs = new ArrayList<>(List.of(goesOn, limited, late, together, together, cancelled));
            ranBetween(gate.await(limited, "succeeded"), began, Instant.now());
            ranBetween(gate.await(together, "succeeded"), began, Instant.now());
            ranBetween(gate.await(late, "timed-out"), began, Instant.now());
            gate.await(cancelled, "cancelled");

            // It is set right beneath a job that runs.
            gate.await(goesOn, "running");
            gate.process.kill();
            gate.process.moveClock(Duration.ZERO);
            gate.start();
            int after = gate.submit(Gate.marking(marks, ""));
            jobs.add(after);
            gate.await(after, "succeeded");
            assertThat(gate.status(goesOn)).isEqualTo("running");
            gate.touch(go);
            ranBetween(gate.await(goesOn, "succeeded"), began, Instant.now());
            for (int job : jobs) {
                assertThat(gate.view(job).get("attempts"))
                        .as("one attempt, and no second")
                        .hasSize(1);
            }
            gate.ranOnceEach(marks, jobs);
        }
    }

    /** The hour that local clocks show twice, in a gateway that is set back to it and lives where it is. */
    @Test
    @Fault("F28")
    void theHourThatComesTwiceIsNoneToJobs(@TempDir Path directory) throws Exception {
        Instant change = change();
        try (Gate gate = new Gate(directory, cluster)) {
            Instant began = Instant.now();
            Instant itsBegin = change.minus(BEFORE_THE_CHANGE);
            gate.process.moveClock(Duration.between(began, itsBegin), BERLIN);
            gate.start();
            String marks = Gate.file("twice");
            String go = Gate.file("go");
            int over = gate.submit(Gate.marking(marks, "until [ -e /marks/" + go + " ]; do sleep 1; done"));
            int later = gate.submit(
                    Gate.marking(marks, "").put("begin", change.plusSeconds(5).toString()));
            gate.await(over, "running");
            assertThat(gate.status(later)).isNotEqualTo("succeeded");
            Instant now = Instant.now();
            while (now.isBefore(began.plus(BEFORE_THE_CHANGE).plusSeconds(2))) {
                new CountDownLatch(1).await(100, TimeUnit.MILLISECONDS);
                now = Instant.now();
            }
            ranBetween(gate.await(later, "succeeded"), began.plus(BEFORE_THE_CHANGE), Instant.now());
            gate.touch(go);
            ranBetween(gate.await(over, "succeeded"), began, Instant.now());
            int after = gate.submit(Gate.marking(marks, ""));
            gate.await(after, "succeeded");
            gate.ranOnceEach(marks, List.of(over, later, after));
        }
    }

    /** When clocks there were set back last. */
    private static Instant change() {
        var change = BERLIN.getRules().previousTransition(Instant.now());
        while (change != null && change.isGap()) {
            change = BERLIN.getRules().previousTransition(change.getInstant());
        }
        if (change == null) {
            throw new IllegalStateException("expected a change of the time in " + BERLIN + ", found none");
        }
        return change.getInstant();
    }
}
