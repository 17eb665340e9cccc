package dev.sluice.gateway.crash;

import dev.sluice.gateway.crash.KilledSlurm.By;
import dev.sluice.testkit.slurm.Generation;
import org.junit.jupiter.api.Order;

@Order(1)
final class KilledSlurm24Test extends KilledSlurmRound {
    KilledSlurm24Test() {
        super(Generation.V24_11, By.REST);
    }
}
