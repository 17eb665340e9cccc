package dev.sluice.slurm;

import dev.sluice.slurm.SlurmSite.By;
import dev.sluice.testkit.slurm.Generation;
import java.util.List;

final class Observed26Test extends Observed {
    Observed26Test() {
        super(Generation.V26_05, List.of(By.BOTH, By.REST));
    }
}
