package dev.sluice.slurm.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.job.InvalidValue;
import dev.sluice.job.TaskSet;
import dev.sluice.script.OutputPath;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Filename patterns and indices, ours for SLURM's. */
final class PatternsTest {
    private static final int JOB = 1234;

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '\0',
            value = {
                "slurm-%j.out, slurm-1234.out",
                "%A, 1234",
                "%8j, 00001234",
                "%99j, 0000001234",
                "%J, 1234",
                "%x-%u-%N, %x-%u-%N",
                "%3n.%t.%s, %3n.%t.%s",
                "100%%, 100%%",
                "%%j, %%j",
                "100%, 100%%",
                "%q, %%q",
                "%5, %%5",
                "%-5j, %%-5j",
                "%12x, %10x",
                "\\slurm-%j.out, slurm-%%j.out",
                "a'b c$d, a'b c$d"
            })
    @DisplayName("B18 what SLURM goes on with has our id in it, and nothing it would read otherwise")
    void ofOneJob(String pattern, String expected) {
        assertThat(OutputPath.of(pattern, false, true).forSlurm(JOB)).contains(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "%A_%a, true, 1234_%a",
        "%A_%3a, true, 1234_%3a",
        "%A_%a, false,",
        "%j, true,",
        "%b, false,",
        "%b, true, %b"
    })
    void ofAnArray(String pattern, boolean sameIndices, String expected) {
        assertThat(OutputPath.of(pattern, true, sameIndices).forSlurm(JOB))
                .isEqualTo(java.util.Optional.ofNullable(expected));
    }

    @Test
    void indicesAreShiftedOnlyWhereTheyMust() {
        assertThat(IndexMap.of(TaskSet.range(0, 10_000), 10_001)).isEqualTo(IndexMap.SAME);
        IndexMap shifted = IndexMap.of(TaskSet.of(10_001, 10_003, 12_000), 10_001);
        assertThat(shifted).isEqualTo(new IndexMap(10_001));
        assertThat(shifted.toNative(TaskSet.of(10_001, 10_003, 12_000))).isEqualTo(TaskSet.of(0, 2, 1_999));
        assertThat(shifted.toOurs(TaskSet.of(0, 2, 1_999))).isEqualTo(TaskSet.of(10_001, 10_003, 12_000));
        assertThatThrownBy(() -> new IndexMap(-1)).isInstanceOf(InvalidValue.class);
        assertThatThrownBy(() -> new IndexMap(TaskSet.MAX_INDEX + 1)).isInstanceOf(InvalidValue.class);
    }
}
