package dev.sluice.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.CapacityReading.Amount;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class TresTest {
    @Test
    void whatSlurmPrintsIsCounted() {
        assertThat(Tres.parse("cpu=2,mem=100M,node=1,billing=2")).isEqualTo(Amount.of(2, 100L << 20));
        assertThat(Tres.parse("billing=4,cpu=4,gres/gpu:a100=3,gres/gpu=3,mem=1.50G,node=1"))
                .isEqualTo(new Amount(4, 3L << 29, new TreeMap<>(Map.of("a100", 3L))));
        assertThat(Tres.parse("cpu=1,gres/gpu=2").gpus("*")).isEqualTo(2);
    }

    @Test
    void nothingAndNonsenseCountNothing() {
        assertThat(Tres.parse("")).isEqualTo(Amount.of(0, 0));
        assertThat(Tres.parse("cpu=,mem=much,node")).isEqualTo(Amount.of(0, 0));
    }
}
