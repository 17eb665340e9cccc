package dev.sluice.slurm;

import dev.sluice.testkit.slurm.Generation;
import org.junit.jupiter.api.Order;

/** SLURM 22.05. */
@Order(2)
final class Crash22Test extends Crashes {
    Crash22Test() {
        super(Generation.V22_05);
    }
}
