package dev.sluice.slurm;

import dev.sluice.slurm.SlurmSite.By;
import dev.sluice.testkit.slurm.Generation;
import java.util.List;

final class ObservedTest extends Observed {
    ObservedTest() {
        super(Generation.V24_11, List.of(By.BOTH, By.SSH, By.REST));
    }
}
