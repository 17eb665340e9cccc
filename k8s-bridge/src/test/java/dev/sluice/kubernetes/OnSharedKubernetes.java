package dev.sluice.kubernetes;

import dev.sluice.testkit.kubernetes.Form;
import dev.sluice.testkit.kubernetes.KubernetesCluster;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.parallel.ResourceLock;

/** A class of tests that leaves a cluster as it was, and has it for itself while it runs. */
@Order(2)
@ResourceLock("KubernetesCluster.shared")
abstract class OnSharedKubernetes extends OnKubernetes {
    @Override
    final KubernetesCluster cluster() {
        return KubernetesCluster.shared(Form.FULL);
    }
}
