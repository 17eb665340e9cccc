package dev.sluice.testkit.slurm;

/** SLURM 24.11. */
final class SlurmCluster24Test extends SlurmClusterChecks {
    SlurmCluster24Test() {
        super(Generation.V24_11);
    }
}
