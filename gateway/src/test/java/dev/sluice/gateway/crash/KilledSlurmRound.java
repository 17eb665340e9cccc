package dev.sluice.gateway.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.crash.KilledSlurm.By;
import dev.sluice.gateway.crash.KilledSlurm.Plan;
import dev.sluice.gateway.crash.KilledSlurm.Tally;
import dev.sluice.testkit.Fault;
import dev.sluice.testkit.slurm.Generation;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One round on one generation, a class for each, since most of it is waiting, and the doors alternate. {@code make crash CLUSTER=slurm
 * ROUNDS=n} makes more, and has bare sbatch beside.
 */
@Tag("cluster")
abstract class KilledSlurmRound {
    private static final int JOBS = 200;

    private final Generation generation;
    private final By by;

    KilledSlurmRound(Generation generation, By by) {
        this.generation = generation;
        this.by = by;
    }

    @Test
    @Fault("F32")
    void everyLaunchIsOneOfOurs(@TempDir Path directory) throws IOException, InterruptedException {
        Plan plan = new Plan(generation, by, JOBS, 0, System.nanoTime());
        Tally tally = KilledSlurm.round(plan, directory);
        System.out.println(tally);
        assertThat(tally.complaints()).as(tally.toString()).isEmpty();
        assertThat(tally.kills()).isPositive();
    }
}
