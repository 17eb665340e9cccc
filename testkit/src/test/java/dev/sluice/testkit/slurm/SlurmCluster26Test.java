package dev.sluice.testkit.slurm;

/** SLURM 26.05. */
final class SlurmCluster26Test extends SlurmClusterChecks {
    SlurmCluster26Test() {
        super(Generation.V26_05);
    }
}
