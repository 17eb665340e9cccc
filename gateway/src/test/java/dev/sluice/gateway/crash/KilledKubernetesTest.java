package dev.sluice.gateway.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.crash.KilledKubernetes.Blow;
import dev.sluice.gateway.crash.KilledKubernetes.Plan;
import dev.sluice.gateway.crash.KilledKubernetes.Tally;
import dev.sluice.testkit.Fault;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One round; {@code make crash CLUSTER=kubernetes ROUNDS=n} makes more. */
@Tag("cluster")
@Tag("kubernetes")
@Order(1)
class KilledKubernetesTest {
    @Test
    @Fault({"F1", "F14", "F16", "F29", "F32"})
    void everyLaunchIsOneOfOursWhateverDies(@TempDir Path directory) throws IOException, InterruptedException {
        Tally tally = KilledKubernetes.round(new Plan(KilledKubernetes.JOBS, System.nanoTime()), directory);
        System.out.println(tally);
        assertThat(tally.complaints()).as(tally.toString()).isEmpty();
        assertThat(tally.blows()).containsKeys(Blow.values());
    }
}
