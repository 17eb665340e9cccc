package dev.sluice.gateway.crash;

import dev.sluice.gateway.crash.KilledSlurm.By;
import dev.sluice.testkit.slurm.Generation;
import org.junit.jupiter.api.Order;

@Order(1)
final class KilledSlurm26Test extends KilledSlurmRound {
    KilledSlurm26Test() {
        super(Generation.V26_05, By.BOTH);
    }
}
