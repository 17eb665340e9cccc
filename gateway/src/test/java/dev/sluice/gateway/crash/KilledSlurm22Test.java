package dev.sluice.gateway.crash;

import dev.sluice.gateway.crash.KilledSlurm.By;
import dev.sluice.testkit.slurm.Generation;
import org.junit.jupiter.api.Order;

@Order(1)
final class KilledSlurm22Test extends KilledSlurmRound {
    KilledSlurm22Test() {
        super(Generation.V22_05, By.SSH);
    }
}
