package dev.sluice.testkit.slurm;

import org.junit.jupiter.api.Order;

/** SLURM 26.05. */
@Order(1)
final class SlurmCluster26Test extends SlurmClusterChecks {
    SlurmCluster26Test() {
        super(Generation.V26_05);
    }
}
