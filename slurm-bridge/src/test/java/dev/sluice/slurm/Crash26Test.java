package dev.sluice.slurm;

import dev.sluice.testkit.slurm.Generation;

/** SLURM 26.05. */
final class Crash26Test extends Crashes {
    Crash26Test() {
        super(Generation.V26_05);
    }
}
