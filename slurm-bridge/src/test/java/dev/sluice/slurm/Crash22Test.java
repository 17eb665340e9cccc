package dev.sluice.slurm;

import dev.sluice.testkit.slurm.Generation;

/** SLURM 22.05. */
final class Crash22Test extends Crashes {
    Crash22Test() {
        super(Generation.V22_05);
    }
}
