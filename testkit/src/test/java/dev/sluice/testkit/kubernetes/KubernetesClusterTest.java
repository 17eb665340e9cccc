package dev.sluice.testkit.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The test cluster does what tests of the bridge to Kubernetes lean on. */
@Tag("cluster")
@Tag("kubernetes")
final class KubernetesClusterTest {
    @SuppressWarnings("NullAway.Init") // JUnit runs start before each test
    private static KubernetesCluster cluster;

    @BeforeAll
    static void start() {
        cluster = KubernetesCluster.start(Form.FULL, Map.of("LAB_CPUS", "12"));
    }

    @AfterAll
    static void close() {
        cluster.close();
    }

    @AfterEach
    void heal() {
        cluster.heal();
    }

    @Test
    void itsNodeHasTheCpusThatWereAskedFor() {
        assertThat(cluster.kubectl("get", "nodes", "-o", "jsonpath={.items[*].status.allocatable.cpu}"))
                .isEqualTo("12");
    }

    @Test
    void containersRunAndTellTheirExitCodesAndLogs() {
        cluster.kubectlWith("""
                apiVersion: v1
                kind: Pod
                metadata: {name: speaks}
                spec:
                  restartPolicy: Never
                  containers: [{name: c, image: "localhost/busybox:1", command: [sh, -c, "echo spoken; exit 7"]}]
                """, "create", "-f", "-");
        cluster.kubectl("wait", "--for=jsonpath={.status.phase}=Failed", "--timeout=50s", "pod/speaks");
        assertThat(cluster.kubectl("logs", "speaks")).isEqualTo("spoken");
        assertThat(cluster.kubectl(
                        "get",
                        "pod",
                        "speaks",
                        "-o",
                        "jsonpath={.status.containerStatuses[0].state.terminated.exitCode}"))
                .isEqualTo("7");
    }

    @ParameterizedTest
    @ValueSource(strings = {"etcd", "apiserver", "controller-manager", "scheduler", "kubelet", "containerd"})
    void whatIsKilledComesBack(String name) {
        Part part = new Part(name);
        cluster.kill(part);
        cluster.start(part);
        assertThat(cluster.kubectl("get", "--raw", "/readyz")).isEqualTo("ok");
    }

    @Test
    void whatIsStoppedStaysAway() {
        cluster.stop(Part.API_SERVER);
        assertThatThrownBy(() -> cluster.kubectl("get", "--raw", "/readyz", "--request-timeout=2s"))
                .isInstanceOf(AssertionError.class);
        cluster.start(Part.API_SERVER);
        assertThat(cluster.kubectl("get", "--raw", "/readyz")).isEqualTo("ok");
    }

    @Test
    void aWordThatLabFaultDoesNotKnowIsAnError() {
        assertThatThrownBy(() -> cluster.kill(new Part("nothing")))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("'nothing' is no service of the full form");
    }
}
