package dev.sluice.slurm;

import dev.sluice.slurm.SlurmSite.By;
import dev.sluice.testkit.slurm.Generation;
import org.junit.jupiter.api.Order;

@Order(1)
final class Observed26RestTest extends Observed {
    Observed26RestTest() {
        super(Generation.V26_05, By.REST);
    }
}
