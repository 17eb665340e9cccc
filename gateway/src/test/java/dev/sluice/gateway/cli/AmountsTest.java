package dev.sluice.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.job.InvalidValue;
import dev.sluice.testkit.Fault;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Times and amounts as people type and read them. */
class AmountsTest {
    @ParameterizedTest
    @Fault("B9")
    @CsvSource({
        "90,5400",
        "1:30,90",
        "1:30:00,5400",
        "2-12,216000",
        "2-12:30,217800",
        "1-0:0:5,86405",
        "1h30m,5400",
        "90s,90",
        "7d,604800"
    })
    void limitsAreSbatchsOrHaveUnits(String text, long seconds) {
        assertThat(Amounts.limitSeconds(text)).hasValue(seconds);
    }

    @ParameterizedTest
    @ValueSource(strings = {"unlimited", "UNLIMITED", "infinite", "0", "0:00"})
    void someLimitsAreNone(String text) {
        assertThat(Amounts.limitSeconds(text)).isEmpty();
    }

    @ParameterizedTest
    @Fault("B9")
    @ValueSource(strings = {"", "-5", "1-2:3:4:5", "1:2:3:4", "5x", "1500ms", "1 h"})
    void noLimit(String text) {
        assertThatThrownBy(() -> Amounts.limitSeconds(text)).isInstanceOf(InvalidValue.class);
    }

    @ParameterizedTest
    @CsvSource({
        "4096,4294967296",
        "4G,4294967296",
        "100k,102400",
        "1T,1099511627776",
        "4GiB,4294967296",
        "500MB,500000000",
        "0,0"
    })
    void memoryIsSbatchsOrHasUnits(String text, long bytes) {
        assertThat(Amounts.memoryBytes(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @Fault("B9")
    @ValueSource(strings = {"", "10X", "-1G", "1.5", "4 G"})
    void noMemory(String text) {
        assertThatThrownBy(() -> Amounts.memoryBytes(text)).isInstanceOf(InvalidValue.class);
    }

    @ParameterizedTest
    @CsvSource({"0,0s", "59,59s", "60,1m00s", "3599,59m59s", "3600,1h00m", "90061,1d01h", "-5,0s"})
    void durationsAreShownInTwoUnits(long seconds, String text) {
        assertThat(Amounts.shown(Duration.ofSeconds(seconds))).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"512,512 B", "1536,1.5 KiB", "8589934592,8 GiB", "270582939648,252 GiB", "1125899906842624,1 PiB"})
    void amountsAreShownInTheLargestUnit(long bytes, String text) {
        assertThat(Amounts.shownBytes(bytes)).isEqualTo(text);
    }

    private static final Console CONSOLE = new Console(
            InputStream.nullInputStream(),
            System.out,
            System.err,
            new Console.Screen(Console.Look.PIPE, Console.Look.PIPE, 80),
            Map.of(),
            Path.of("/"),
            () -> Rig.NOW,
            ZoneId.of("Europe/Berlin"),
            duration -> {});

    @ParameterizedTest
    @Fault("F28")
    @CsvSource({
        "now,2026-11-24T12:00:00Z",
        "now+90,2026-11-24T12:01:30Z",
        "now+2hours,2026-11-24T14:00:00Z",
        "now+1week,2026-12-01T12:00:00Z",
        "14:30,2026-11-24T13:30:00Z",
        "12:30,2026-11-25T11:30:00Z",
        "2026-12-01,2026-11-30T23:00:00Z",
        "2026-07-01T08:00,2026-07-01T06:00:00Z",
        "2026-12-01T08:00:00Z,2026-12-01T08:00:00Z",
        "2026-12-01T08:00:00-05:00,2026-12-01T13:00:00Z"
    })
    void pointsInTimeAreInOnesZone(String text, Instant expected) {
        assertThat(new When(CONSOLE).ahead(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "later", "25:00", "now-1hour", "2026-13-01", "2026-02-30T08:00", "12", "now+9hour1"})
    void noPointInTime(String text) {
        assertThatThrownBy(() -> new When(CONSOLE).ahead(text)).isInstanceOf(InvalidValue.class);
    }
}
