package dev.sluice.testkit.slurm;

/** SLURM 22.05. */
final class SlurmCluster22Test extends SlurmClusterChecks {
    SlurmCluster22Test() {
        super(Generation.V22_05);
    }
}
