package dev.sluice.kubernetes;

import dev.sluice.testkit.contract.ClusterBridgeContract;
import dev.sluice.testkit.contract.Site;
import dev.sluice.testkit.kubernetes.Form;
import dev.sluice.testkit.kubernetes.KubernetesCluster;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;

/** The contract on a real Kubernetes. */
@Tag("cluster")
@Tag("kubernetes")
@Order(1)
final class KubernetesContractTest extends ClusterBridgeContract {
    @Override
    protected Site open() {
        return new KubernetesSite(KubernetesCluster.shared(Form.FULL, "contract"));
    }
}
