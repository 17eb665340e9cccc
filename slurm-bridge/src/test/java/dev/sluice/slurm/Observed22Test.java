package dev.sluice.slurm;

import dev.sluice.slurm.SlurmSite.By;
import dev.sluice.testkit.slurm.Generation;
import java.util.List;

final class Observed22Test extends Observed {
    Observed22Test() {
        super(Generation.V22_05, List.of(By.SSH));
    }
}
