package dev.sluice.slurm;

import dev.sluice.slurm.SlurmSite.By;
import dev.sluice.testkit.slurm.Generation;
import org.junit.jupiter.api.Order;

@Order(1)
final class Observed24SshTest extends Observed {
    Observed24SshTest() {
        super(Generation.V24_11, By.SSH);
    }
}
