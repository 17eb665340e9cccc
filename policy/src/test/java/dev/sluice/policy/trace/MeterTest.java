package dev.sluice.policy.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sluice.job.ClusterName;
import dev.sluice.policy.load.Dimension;
import dev.sluice.policy.load.Load;
import dev.sluice.policy.project.HalfLife;
import dev.sluice.policy.project.Resource;
import dev.sluice.policy.project.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class MeterTest {
    private static final HalfLife HALF_LIFE = new HalfLife(Duration.ofHours(1));

    /** Two sums of the same, made in two ways: the meter's as time goes on, the planner's when a run is over. */
    @Test
    void whatItHoldsDecaysAsWhatThePlannerIsTold() {
        Meter meter = new Meter(HALF_LIFE);
        meter.add(3, 100);
        meter.add(5, 1_000);
        meter.add(-3, 5_000);
        meter.add(-5, 9_000);
        ClusterName hpc = new ClusterName("hpc");
        Instant zero = Instant.EPOCH;
        Usage usage = Usage.NONE
                .plus(cpus(3), hpc, zero.plusSeconds(100), zero.plusSeconds(5_000), HALF_LIFE)
                .plus(cpus(5), hpc, zero.plusSeconds(1_000), zero.plusSeconds(9_000), HALF_LIFE);
        double told = usage.of(Resource.everywhere(Dimension.Plain.CPUS), zero.plusSeconds(10_000), HALF_LIFE);
        assertThat(meter.decayed(10_000) / told).isCloseTo(1, within(1e-9));
        assertThat(meter.total(10_000)).isEqualTo(3 * 4_900 + 5 * 8_000);
        assertThat(meter.held()).isZero();
    }

    private static Load cpus(long count) {
        return new Load(count, 0, 0, new TreeMap<>());
    }
}
