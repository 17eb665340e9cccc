package dev.sluice.sbatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.job.InvalidValue;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Times to begin, file names, host lists and states. */
class VocabularyTest {
    @ParameterizedTest
    @DisplayName("B9 --begin; now is 2026-11-25T12:00:30 in Berlin")
    @CsvSource({
        "now,2026-11-25T11:00:30Z",
        "now+90,2026-11-25T11:02:00Z",
        "now+1hour,2026-11-25T12:00:30Z",
        "now-1day,2026-11-24T11:00:30Z",
        "NOW + 2 weeks,2026-12-09T11:00:30Z",
        "16:00,2026-11-25T15:00:00Z",
        "12:00,2026-11-26T11:00:00Z",
        "8:30pm,2026-11-25T19:30:00Z",
        "12:15 am,2026-11-25T23:15:00Z",
        "tomorrow,2026-11-25T23:00:00Z",
        "tomorrow noon,2026-11-26T11:00:00Z",
        "teatime,2026-11-25T15:00:00Z",
        "today,2026-11-24T23:00:00Z",
        "2026-12-01,2026-11-30T23:00:00Z",
        "2026-12-01T08:00:05,2026-12-01T07:00:05Z",
        "2020-01-01T00:00:00,2019-12-31T23:00:00Z",
        "12/31,2026-12-30T23:00:00Z",
        "01/15,2027-01-14T23:00:00Z",
        "1231 23:59,2026-12-31T22:59:00Z",
        "06/01/27,2027-05-31T22:00:00Z",
        "2027-02-30,2027-03-01T23:00:00Z",
        "uts1800000000,2027-01-15T08:00:00Z"
    })
    void begin(String text, Instant expected) {
        assertThat(Calls.job("--begin=" + text).begin()).contains(expected);
    }

    @ParameterizedTest
    @DisplayName("B9 the place where a time is none is told as sbatch counts it")
    @CsvSource({
        "whenever,0",
        "now+1fortnight,4",
        "2026-13-01,5",
        "tomorrow x,9",
        "25:00,0",
        "12:60,3",
        "now+,3",
        "now x,4"
    })
    void noBegin(String text, int at) {
        assertThat(Calls.refused("--begin=" + text))
                .isEqualTo(new Sbatch.Refused(
                        255,
                        List.of(
                                "Invalid time specification (pos=" + at + "): " + text,
                                "sbatch: error: Invalid --begin specification")));
    }

    private static final Map<Character, String> VALUES =
            Map.of('j', "1000000042", 'A', "1000000040", 'a', "7", 'x', "50% fit", 'u', "alice");

    @ParameterizedTest
    @CsvSource({
        "slurm-%j.out,slurm-1000000042.out",
        "%A_%a,1000000040_7",
        "%4a.log,0007.log",
        "%12a,0000000007",
        "%5u,alice",
        "%x,50% fit",
        "100%%,100%",
        "%N-%5z-%,%N-%5z-%",
        "\\%j,%j",
        "plain,plain"
    })
    void names(String pattern, String name) {
        assertThat(new FilenamePattern(pattern).expanded(VALUES)).isEqualTo(name);
    }

    @Test
    void hosts() {
        assertThat(HostList.parse("n[1-3,7],login").names()).containsExactly("n1", "n2", "n3", "n7", "login");
        assertThat(HostList.parse("n[08-11]").names()).containsExactly("n08", "n09", "n10", "n11");
        assertThat(HostList.parse("r[1-2]n[1-2].x").names()).containsExactly("r1n1.x", "r1n2.x", "r2n1.x", "r2n2.x");
        assertThat(HostList.parse("a,a,,b").names()).containsExactly("a", "b");
        assertThat(HostList.parse("").names()).isEmpty();
        assertThat(HostList.parse("n[1-65536]").names()).hasSize(HostList.MOST);
    }

    @ParameterizedTest
    @DisplayName("B29 host lists that are none, or too long")
    @ValueSource(
            strings = {
                "n[1",
                "n1]",
                "n[[1]]",
                "n[3-1]",
                "n[a]",
                "n[]",
                "n[1-]",
                "n[0-65536]",
                "n[1-300]m[1-300]",
                "n[99999999999]"
            })
    void noHosts(String text) {
        assertThatThrownBy(() -> HostList.parse(text)).isInstanceOf(InvalidValue.class);
    }

    @Test
    @DisplayName("F22 states of later releases are kept as found")
    void states() {
        SlurmState.Reading reading = SlurmState.read("RUNNING,COMPLETING,DANCING");
        assertThat(reading.base()).contains(SlurmState.RUNNING);
        assertThat(reading.has(SlurmState.COMPLETING)).isTrue();
        assertThat(reading.unknown()).containsExactly("DANCING");
        assertThat(SlurmState.read("CANCELLED by 1001").base()).contains(SlurmState.CANCELLED);
        assertThat(SlurmState.read("CANCELLED+").base()).contains(SlurmState.CANCELLED);
        assertThat(SlurmState.read("OUT_OF_ME+").base()).contains(SlurmState.OUT_OF_MEMORY);
        assertThat(SlurmState.read("RE+").unknown()).containsExactly("RE+");
        assertThat(SlurmState.read("").known()).isEmpty();
        assertThat(SlurmState.read(List.of("PENDING", "REQUEUED")).known())
                .containsExactlyInAnyOrder(SlurmState.PENDING, SlurmState.REQUEUED);
        assertThat(SlurmState.of("pd")).contains(SlurmState.PENDING);
        for (SlurmState state : SlurmState.values()) {
            assertThat(SlurmState.of(state.compact())).contains(state);
            assertThat(SlurmState.of(state.name())).contains(state);
        }
    }
}
