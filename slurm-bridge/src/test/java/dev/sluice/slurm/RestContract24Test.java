package dev.sluice.slurm;

import dev.sluice.testkit.contract.ClusterBridgeContract;
import dev.sluice.testkit.contract.Site;
import dev.sluice.testkit.slurm.Generation;
import dev.sluice.testkit.slurm.SlurmCluster;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;

/** SLURM 24.11 by slurmrestd alone. */
@Tag("cluster")
@Order(3)
final class RestContract24Test extends ClusterBridgeContract {
    @Override
    protected Site open() {
        return Sites.rest(SlurmCluster.shared(Generation.V24_11));
    }
}
