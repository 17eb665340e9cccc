package dev.sluice.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.Sighting;
import dev.sluice.job.AttemptEnd;
import dev.sluice.job.Verdict;
import dev.sluice.kubernetes.Steps.Parked;
import dev.sluice.kubernetes.manifest.Placing;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Resources;
import dev.sluice.testkit.Fault;
import dev.sluice.testkit.contract.Does;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Priorities as a real scheduler acts on them. */
final class PriorityTest extends OnSharedKubernetes {
    /** More than half of what the node of the test cluster says that it has. */
    private static final int MOST_OF_A_NODE = 5;

    @SuppressWarnings("NullAway.Init") // JUnit runs open before each test
    private KubernetesBridge bridge;

    @BeforeEach
    void open() {
        site.cluster().kubectlWith("""
            apiVersion: scheduling.k8s.io/v1
            kind: PriorityClass
            metadata: {name: sluice-least}
            value: 0
            ---
            apiVersion: scheduling.k8s.io/v1
            kind: PriorityClass
            metadata: {name: sluice-most}
            value: 1000000000
            """, "apply", "-f", "-");
        bridge = site.another(site.settings(plain -> plain.withPlacing(new Placing(
                Collections.emptySortedMap(),
                Collections.emptySortedMap(),
                new TreeMap<>(Map.of(0, "sluice-least", JobSpec.MAX_PRIORITY_CLASS, "sluice-most"))))));
        steps = new Steps(site, bridge);
    }

    @AfterEach
    void close() {
        bridge.close();
    }

    private JobSpec wide(Does what, int priority) {
        return site.sample(what).toBuilder()
                .resources(Resources.DEFAULTS.withTasks(MOST_OF_A_NODE))
                .priorityClass(priority)
                .build();
    }

    private String priority(Parked parked) {
        return site.cluster()
                .kubectl(
                        "-n",
                        KubernetesSite.NAMESPACE,
                        "get",
                        "pods",
                        "-l",
                        "job-name=" + KubernetesSite.name(parked.binding()),
                        "-o",
                        "jsonpath={.items[*].spec.priority}");
    }

    @Test
    @Fault("F21")
    void whoIsPreemptedByTheSchedulerIsToldFromAFailure() {
        Parked low = steps.running(wide(new Does.RunsOn(), JobSpec.MAX_PRIORITY_CLASS - 1));
        assertThat(priority(low)).isEqualTo("0");
        Parked high = steps.released(wide(new Does.Exits(0), JobSpec.MAX_PRIORITY_CLASS));
        Sighting.Ended end = steps.awaitEnd(low);
        assertThat(end.end()).isEqualTo(new AttemptEnd.Preempted());
        assertThat(end.started()).isBefore(end.at());
        assertThat(steps.awaitEnd(high).end()).isEqualTo(new AttemptEnd.Finished(Verdict.SUCCEEDED));
        assertThat(priority(high)).isEqualTo("1000000000");
        assertThat(steps.starts(low)).as("no second pod of it").isOne();
        assertThat(steps.starts(high)).isOne();
    }

    @Test
    void alikeTheyWaitForEachOther() {
        Parked first = steps.running(wide(new Does.RunsOn(), 5));
        Parked second = steps.released(wide(new Does.Exits(0), 0));
        Sighting waits =
                steps.await(second, seen -> seen instanceof Sighting.Pending(int run, String why) && !why.isEmpty());
        assertThat(((Sighting.Pending) waits).why())
                .startsWith("Unschedulable: 0/1 nodes are available: 1 Insufficient cpu.");
        assertThat(steps.standing(first)).isInstanceOf(Sighting.Running.class);
        steps.stop(first);
        assertThat(steps.awaitEnd(second).end()).isEqualTo(new AttemptEnd.Finished(Verdict.SUCCEEDED));
    }
}
