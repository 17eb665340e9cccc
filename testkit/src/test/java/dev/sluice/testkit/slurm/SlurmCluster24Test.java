package dev.sluice.testkit.slurm;

import org.junit.jupiter.api.Order;

/** SLURM 24.11. */
@Order(1)
final class SlurmCluster24Test extends SlurmClusterChecks {
    SlurmCluster24Test() {
        super(Generation.V24_11);
    }
}
