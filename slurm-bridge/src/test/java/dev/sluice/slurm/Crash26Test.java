package dev.sluice.slurm;

import dev.sluice.testkit.slurm.Generation;
import org.junit.jupiter.api.Order;

/** SLURM 26.05. */
@Order(2)
final class Crash26Test extends Crashes {
    Crash26Test() {
        super(Generation.V26_05);
    }
}
