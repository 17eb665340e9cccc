package dev.sluice.kubernetes;

import dev.sluice.kubernetes.Steps.Parked;
import dev.sluice.testkit.kubernetes.KubernetesCluster;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;

/** A test on a real Kubernetes, in a realm of its own. */
@Tag("cluster")
@Tag("kubernetes")
abstract class OnKubernetes {
    @SuppressWarnings("NullAway.Init") // JUnit runs openSite before each test
    KubernetesSite site;

    @SuppressWarnings("NullAway.Init") // as above
    Steps steps;

    abstract KubernetesCluster cluster();

    @BeforeEach
    void openSite() {
        site = new KubernetesSite(cluster());
        steps = new Steps(site);
    }

    @AfterEach
    void closeSite() {
        site.close();
    }

    /** What an administrator reads, or does, where the jobs are. */
    String kubectl(String... words) {
        List<String> all = new ArrayList<>(List.of("-n", KubernetesSite.NAMESPACE));
        all.addAll(List.of(words));
        return site.cluster().kubectl(all.toArray(String[]::new));
    }

    static String name(Parked parked) {
        return KubernetesSite.name(parked.binding());
    }

    /** As a drain of its node does it. */
    void evict(String pod) {
        String path = "/api/v1/namespaces/" + KubernetesSite.NAMESPACE + "/pods/" + pod + "/eviction";
        site.cluster().kubectlWith("""
            {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": "%s", "namespace": "%s"}}
            """.formatted(pod, KubernetesSite.NAMESPACE), "create", "--raw", path, "-f", "-");
    }
}
