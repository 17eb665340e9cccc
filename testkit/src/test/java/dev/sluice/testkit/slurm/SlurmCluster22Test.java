package dev.sluice.testkit.slurm;

import org.junit.jupiter.api.Order;

/** SLURM 22.05. */
@Order(1)
final class SlurmCluster22Test extends SlurmClusterChecks {
    SlurmCluster22Test() {
        super(Generation.V22_05);
    }
}
