package dev.sluice.spec;

import static dev.sluice.spec.Dependency.Kind.AFTER;
import static dev.sluice.spec.Dependency.Kind.AFTER_ANY;
import static dev.sluice.spec.Dependency.Kind.AFTER_CORRESPONDING;
import static dev.sluice.spec.Dependency.Kind.AFTER_NOT_OK;
import static dev.sluice.spec.Dependency.Kind.AFTER_OK;
import static dev.sluice.spec.Dependency.Singleton.SINGLETON;
import static dev.sluice.spec.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.job.JobId;
import dev.sluice.spec.Dependency.OnJob;
import java.time.Duration;
import java.util.Collections;
import java.util.OptionalInt;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DependenciesTest {
    private static final JobId A = new JobId(1_000_000_020);
    private static final JobId B = new JobId(1_000_000_021);
    private static final JobId C = new JobId(1_000_000_023);

    @Test
    void theManualsExamples() {
        assertThat(Dependencies.parse("afterok:1000000020:1000000021,afterany:1000000023"))
                .isEqualTo(Dependencies.allOf(new OnJob(AFTER_OK, A), new OnJob(AFTER_OK, B), new OnJob(AFTER_ANY, C)));
        assertThat(Dependencies.parse("afterok:1000000020:1000000021?afterany:1000000023"))
                .isEqualTo(Dependencies.anyOf(new OnJob(AFTER_OK, A), new OnJob(AFTER_OK, B), new OnJob(AFTER_ANY, C)));
    }

    @Test
    @DisplayName("B11 afterok:1?afterany:2 is either of them, singleton is a condition like others")
    void either() {
        assertThat(Dependencies.parse("afterok:1?afterany:2").mode()).isEqualTo(Dependencies.Mode.ANY);
        assertThat(Dependencies.parse("singleton").list()).containsExactly(SINGLETON);
        assertThat(Dependencies.parse("singleton,afternotok:1").list())
                .containsExactly(SINGLETON, new OnJob(AFTER_NOT_OK, new JobId(1)));
    }

    @Test
    void delaysAndTasks() {
        assertThat(Dependencies.parse("after:7+5:8:9_3+10").list())
                .containsExactly(
                        new OnJob(AFTER, new JobId(7), OptionalInt.empty(), Duration.ofMinutes(5)),
                        new OnJob(AFTER, new JobId(8)),
                        new OnJob(AFTER, new JobId(9), OptionalInt.of(3), Duration.ofMinutes(10)));
        assertThat(Dependencies.parse("aftercorr:7").list())
                .containsExactly(new OnJob(AFTER_CORRESPONDING, new JobId(7)));
    }

    @Test
    void aBareNumberIsAfterany() {
        assertThat(Dependencies.parse("7:8")).isEqualTo(Dependencies.parse("afterany:7:8"));
    }

    @ParameterizedTest
    @DisplayName("B11 dependencies that are none")
    @ValueSource(
            strings = {
                "",
                "foo",
                "afterok",
                "afterok:",
                "afterok:abc",
                "afterok:1,",
                ",afterok:1",
                "afterok:1,afterany:2?after:3",
                "afterok:1+5",
                "afterok:1_",
                "afterok:1__2",
                "afterok:1_2_3",
                "after:1+",
                "after:1+-5",
                "after:1+5+6",
                "afterok:-1",
                "afterok:99999999999",
                "singleton:1",
                "AFTEROK:1",
                "afterok:1 ",
                "afterok:１",
                "afterburstbuffer:1",
                "aftercorr:1_2",
                "afterok:1\n"
            })
    void refused(String text) {
        assertRefused("dependency", () -> Dependencies.parse(text));
    }

    @Test
    @DisplayName("B11 B29 ids, indices and delays out of range are named")
    void outOfRange() {
        assertRefused("job id", () -> Dependencies.parse("afterok:0"));
        assertRefused("dependency task", () -> Dependencies.parse("afterok:1_4000001"));
        assertRefused("dependency delay", () -> Dependencies.parse("after:1+525601"));
        assertRefused("dependency delay", () -> Dependencies.parse("after:1+2147483647"));
        assertRefused("dependency delay", () -> new OnJob(AFTER, A, OptionalInt.empty(), Duration.ofSeconds(90)));
    }

    @Test
    void theNumberIsBounded() {
        assertThat(Dependencies.parse("afterok" + ":1".repeat(1024)).list()).hasSize(1024);
        assertRefused("dependency", () -> Dependencies.parse("afterok" + ":1".repeat(1025)));
        assertRefused("dependency", () -> Dependencies.parse(":".repeat(1_000_000)));
        assertRefused(
                "dependency", () -> new Dependencies(Dependencies.Mode.ALL, Collections.nCopies(1025, SINGLETON)));
    }

    @Test
    void ofOneConditionAnyAndAllAreTheSame() {
        assertThat(Dependencies.anyOf(SINGLETON)).isEqualTo(Dependencies.allOf(SINGLETON));
        assertThat(Dependencies.NONE.isNone()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "afterok:1",
                "after:1+5,after:2_7",
                "afterok:1?afternotok:2",
                "singleton",
                "aftercorr:3,afterany:4_0"
            })
    void itsTextGivesItBack(String text) {
        assertThat(Dependencies.parse(text)).hasToString(text);
    }
}
