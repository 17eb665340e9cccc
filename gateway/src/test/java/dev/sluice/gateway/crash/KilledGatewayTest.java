package dev.sluice.gateway.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.Fault;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("long")
@Order(3)
class KilledGatewayTest {
    private static final int ROUNDS = 20;

    @Test
    @Fault("F1")
    void twentyDeathsUnderLoadLoseNothingAndStartNothingTwice(@TempDir Path directory)
            throws IOException, InterruptedException {
        KillRounds.Tally tally = new KillRounds(System.nanoTime(), ROUNDS, directory).run();
        assertThat(tally.complaints()).isEmpty();
        assertThat(tally.jobs()).as("a load worth the name").isGreaterThan(KillRounds.JOBS_A_ROUND * ROUNDS);
    }
}
