package dev.sluice.gateway.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.crash.KilledSlurm.By;
import dev.sluice.gateway.crash.KilledSlurm.Plan;
import dev.sluice.gateway.crash.KilledSlurm.Tally;
import dev.sluice.testkit.Fault;
import dev.sluice.testkit.slurm.Generation;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One round for each generation, doors alternating; {@code make crash CLUSTER=slurm ROUNDS=n} makes more, and has bare sbatch beside. */
@Tag("cluster")
@Order(1)
final class KilledSlurmTest {
    private static final int JOBS = 200;

    @ParameterizedTest
    @Execution(ExecutionMode.CONCURRENT)
    @CsvSource({"V22_05, SSH", "V24_11, REST", "V26_05, BOTH"})
    @Fault("F32")
    void everyLaunchIsOneOfOurs(Generation generation, By by, @TempDir Path directory)
            throws IOException, InterruptedException {
        Plan plan = new Plan(generation, by, JOBS, 0, System.nanoTime());
        Tally tally = KilledSlurm.round(plan, directory);
        System.out.println(tally);
        assertThat(tally.complaints()).as(tally.toString()).isEmpty();
        assertThat(tally.kills()).isPositive();
    }
}
