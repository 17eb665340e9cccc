package dev.sluice.slurm;

import dev.sluice.slurm.SlurmSite.By;
import dev.sluice.testkit.slurm.Generation;
import org.junit.jupiter.api.Order;

@Order(1)
final class Observed24BothTest extends Observed {
    Observed24BothTest() {
        super(Generation.V24_11, By.BOTH);
    }
}
