package dev.sluice.policy.place;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.time.Instant;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** What of a cluster's failures is held against it. */
class ReliabilityTest {
    private static final Instant NOW = Instant.parse("2026-03-01T00:00:00Z");
    private static final Instant HALF_AN_HOUR_AGO = NOW.minus(Duration.ofMinutes(30));
    private static final Offset<Double> ROUNDING = within(1e-9);

    private static Reliability faults(int tasks, Instant at) {
        return Reliability.UNKNOWN.plus(tasks, true, at);
    }

    @Test
    void aClusterOfWhichNothingIsKnownIsTrusted() {
        assertThat(Reliability.UNKNOWN.faultiness(NOW)).isZero();
    }

    @Test
    void faultsCountBesideFourEndsThatWereNone() {
        assertThat(faults(1, NOW).faultiness(NOW)).isEqualTo(1 / 5.0, ROUNDING);
        assertThat(faults(4, NOW).faultiness(NOW)).isEqualTo(4 / 8.0, ROUNDING);
        assertThat(faults(4, NOW).plus(8, false, NOW).faultiness(NOW)).isEqualTo(4 / 16.0, ROUNDING);
    }

    @Test
    void halfAnHourLaterHalfOfThemCount() {
        assertThat(faults(4, HALF_AN_HOUR_AGO).faultiness(NOW)).isEqualTo(2 / 6.0, ROUNDING);
    }

    @Test
    void whatCameBeforeCountsLessThanWhatCameLater() {
        assertThat(faults(4, HALF_AN_HOUR_AGO).plus(4, false, NOW).faultiness(NOW))
                .isEqualTo(2 / 10.0, ROUNDING);
        assertThat(Reliability.UNKNOWN
                        .plus(4, false, HALF_AN_HOUR_AGO)
                        .plus(4, true, NOW)
                        .faultiness(NOW))
                .isEqualTo(4 / 10.0, ROUNDING);
    }

    @Test
    void whatIsHeardLateCountsAsIfItCameNow() {
        Reliability late = faults(4, NOW).plus(4, true, HALF_AN_HOUR_AGO);
        assertThat(late).isEqualTo(faults(8, NOW));
        assertThat(late.faultiness(HALF_AN_HOUR_AGO)).isEqualTo(8 / 12.0, ROUNDING);
    }
}
