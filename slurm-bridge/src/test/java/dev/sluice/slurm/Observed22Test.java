package dev.sluice.slurm;

import dev.sluice.slurm.SlurmSite.By;
import dev.sluice.testkit.slurm.Generation;
import java.util.Optional;
import org.junit.jupiter.api.Order;

/** With the pause of accounting that a gateway has. */
@Order(1)
final class Observed22Test extends Observed {
    Observed22Test() {
        super(Generation.V22_05, By.SSH, Optional.empty());
    }
}
