package dev.sluice.slurm;

import dev.sluice.testkit.slurm.Generation;

/** SLURM 24.11. */
final class Crash24Test extends Crashes {
    Crash24Test() {
        super(Generation.V24_11);
    }
}
