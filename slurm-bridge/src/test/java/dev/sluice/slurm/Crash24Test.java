package dev.sluice.slurm;

import dev.sluice.testkit.slurm.Generation;
import org.junit.jupiter.api.Order;

/** SLURM 24.11. */
@Order(2)
final class Crash24Test extends Crashes {
    Crash24Test() {
        super(Generation.V24_11);
    }
}
