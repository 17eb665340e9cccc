package dev.sluice.spec;

import static dev.sluice.spec.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.job.InvalidValue;
import dev.sluice.job.TaskSet;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ArraySpecTest {
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = ' ',
            value = {
                "0 0",
                "0-15 0-15",
                "0,6,16-32 0,6,16-32",
                "0-15:4 0,4,8,12",
                "0-15:4%3 0,4,8,12%3",
                "1-10:20 1",
                "7-7 7",
                "3,1-2 1-3",
                "[0-3,7] 0-3,7",
                "[0-3%2] 0-3%2",
                "[0-3]%2 0-3%2",
                "4000000 4000000",
                "1-999999999:0 refused",
            })
    void readsWhatTheManualDescribes(String text, String canonical) {
        if (canonical.equals("refused")) {
            assertRefused("array", () -> ArraySpec.parse(text));
            return;
        }
        ArraySpec array = ArraySpec.parse(text);
        assertThat(array).hasToString(canonical);
        assertThat(ArraySpec.parse(canonical)).isEqualTo(array);
    }

    @Test
    @DisplayName("B10 %0 is no limit, as scontrol's ArrayTaskThrottle=0; an index named twice is there once")
    void oddButGood() {
        assertThat(ArraySpec.parse("1-5%0")).isEqualTo(new ArraySpec(TaskSet.range(1, 5)));
        assertThat(ArraySpec.parse("1,1,1")).isEqualTo(new ArraySpec(TaskSet.of(1)));
    }

    @ParameterizedTest
    @DisplayName("B10 arrays that are none")
    @ValueSource(
            strings = {
                "",
                "%3",
                "a-b",
                "5-1",
                "1-10:0",
                "1-10:-1",
                "-1",
                "1-",
                "-5-1",
                "1:2",
                "1-2:3:4",
                "1-2-3",
                ",",
                "1,",
                ",1",
                "1%",
                "1%x",
                "1%2%3",
                "1%-1",
                "0-4294967295",
                "4000001",
                "0-1000000",
                "99999999999999999999",
                "1 ,2",
                "1\n",
                "[1",
                "1]",
                "[[1]]",
                "[]",
                "１",
                "0x1",
                "+1",
                "1.0"
            })
    void refused(String text) {
        assertRefused("array", () -> ArraySpec.parse(text));
    }

    @Test
    void tooManyIndicesAreNamedWithTheBound() {
        InvalidValue refused = assertRefused("array", () -> ArraySpec.parse("0-999999,0-999999"));
        assertThat(refused.expected()).contains("1000000");
        assertRefused("array", () -> new ArraySpec(TaskSet.range(0, 1_000_000)));
        assertRefused("array", () -> new ArraySpec(TaskSet.EMPTY));
        assertThat(ArraySpec.parse("1-1000000").indices().size()).isEqualTo(1_000_000);
        assertRefused("array tasks at once", () -> ArraySpec.parse("1%1000001"));
    }

    @Test
    @DisplayName("B28 no text costs more than the largest array")
    void hostileTextsAreCheap() {
        String ranges = "0-4000000:2,".repeat(5000);
        String deep = "[".repeat(32_000) + "1" + "]".repeat(32_000);
        Assertions.assertTimeoutPreemptively(Duration.ofSeconds(5), () -> {
            assertRefused("array", () -> ArraySpec.parse(ranges));
            assertRefused("array", () -> ArraySpec.parse(deep));
            assertRefused("array", () -> ArraySpec.parse("1,".repeat(2_000_000) + "1"));
        });
    }

    @Test
    void itsTextGivesItBack() {
        Random random = new Random(7);
        for (int i = 0; i < 2000; i++) {
            TaskSet.Builder tasks = new TaskSet.Builder().add(random.nextInt(4_000_001));
            for (int j = random.nextInt(8); j > 0; j--) {
                int from = random.nextInt(4_000_000);
                tasks.add(from, from + random.nextInt(Math.min(1000, 4_000_001 - from)));
            }
            ArraySpec array = new ArraySpec(tasks.build(), random.nextInt(4));
            assertThat(ArraySpec.parse(array.toString())).isEqualTo(array);
        }
    }
}
