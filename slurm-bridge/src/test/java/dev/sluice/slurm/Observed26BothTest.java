package dev.sluice.slurm;

import dev.sluice.slurm.SlurmSite.By;
import dev.sluice.testkit.slurm.Generation;
import org.junit.jupiter.api.Order;

@Order(1)
final class Observed26BothTest extends Observed {
    Observed26BothTest() {
        super(Generation.V26_05, By.BOTH);
    }
}
