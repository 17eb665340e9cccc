package dev.sluice.slurm;

import dev.sluice.slurm.SlurmSite.By;
import dev.sluice.testkit.slurm.Generation;
import org.junit.jupiter.api.Order;

@Order(1)
final class Observed24RestTest extends Observed {
    Observed24RestTest() {
        super(Generation.V24_11, By.REST);
    }
}
