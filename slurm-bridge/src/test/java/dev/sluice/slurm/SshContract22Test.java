package dev.sluice.slurm;

import dev.sluice.testkit.contract.ClusterBridgeContract;
import dev.sluice.testkit.contract.Site;
import dev.sluice.testkit.slurm.Generation;
import dev.sluice.testkit.slurm.SlurmCluster;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;

/** SLURM 22.05 by SSH alone. */
@Tag("cluster")
@Order(3)
final class SshContract22Test extends ClusterBridgeContract {
    @Override
    protected Site open() {
        return Sites.ssh(SlurmCluster.shared(Generation.V22_05));
    }
}
