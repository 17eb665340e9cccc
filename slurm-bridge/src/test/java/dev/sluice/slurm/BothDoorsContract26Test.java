package dev.sluice.slurm;

import dev.sluice.testkit.contract.ClusterBridgeContract;
import dev.sluice.testkit.contract.Site;
import dev.sluice.testkit.slurm.Generation;
import dev.sluice.testkit.slurm.SlurmCluster;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;

/** SLURM 26.05 by both doors. */
@Tag("cluster")
@Order(3)
final class BothDoorsContract26Test extends ClusterBridgeContract {
    @Override
    protected Site open() {
        return Sites.both(SlurmCluster.shared(Generation.V26_05));
    }
}
