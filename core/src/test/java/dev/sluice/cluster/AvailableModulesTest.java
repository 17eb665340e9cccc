package dev.sluice.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.job.InvalidValue;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class AvailableModulesTest {
    private static final AvailableModules SITE =
            AvailableModules.of(List.of("gcc/12.2", "gcc/13-rc1", "openmpi", "compiler/intel/2024.1", "lib", "R/4.4"));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gcc/12.2",
                "gcc",
                "gcc/",
                "gcc/12",
                "gcc/13",
                "gcc/default",
                "gcc/latest",
                "gcc@12:13",
                "gcc@99",
                "openmpi",
                "openmpi/5.0",
                "openmpi/5.0/cuda",
                "openmpi@5",
                "compiler",
                "compiler/intel",
                "compiler/intel/2024",
                "compiler/intel/default",
                "lib/hdf5/1.14",
                "R",
            })
    void itHas(String name) {
        assertThat(SITE.missing(List.of(name))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gcc/13.2",
                "gcc/1",
                "gcc/12.3",
                "gcc/120",
                "gc",
                "gccx",
                "gcc-12",
                "GCC",
                "intel",
                "compiler/int",
                "compiler/gcc",
                "library",
                "libx/1",
                "r",
                "default",
                "latest",
                "clang@17",
            })
    void itHasNot(String name) {
        assertThat(SITE.missing(List.of(name))).containsExactly(name);
    }

    @Test
    void nothingIsMissingWhereNobodyHasSaidOrAllIsThere() {
        assertThat(AvailableModules.UNKNOWN.missing(List.of("x"))).isEmpty();
        assertThat(AvailableModules.of(List.of("gcc", "*")).missing(List.of("x")))
                .isEmpty();
        assertThat(AvailableModules.NONE.missing(List.of("b", "a"))).containsExactly("b", "a");
        assertThat(AvailableModules.NONE.missing(List.of())).isEmpty();
        assertThat(AvailableModules.NONE)
                .isEqualTo(AvailableModules.of(List.of()))
                .isNotEqualTo(AvailableModules.UNKNOWN);
    }

    @ParameterizedTest
    @CsvSource({
        "gcc/14, gcc/12.2 gcc/13-rc1",
        "gcc@14, gcc/12.2 gcc/13-rc1",
        "compiler/intel/9, compiler/intel/2024.1",
        "lib, lib",
        "gc, ''",
        "clang, ''"
    })
    void whatIsLikeIt(String asked, String like) {
        assertThat(String.join(" ", SITE.like(List.of(asked), 8))).isEqualTo(like);
        assertThat(AvailableModules.UNKNOWN.like(List.of(asked), 8)).isEmpty();
    }

    @Test
    void noMoreIsTold() {
        List<String> versions = IntStream.range(0, 100).mapToObj(i -> "x/" + i).toList();
        assertThat(AvailableModules.of(versions).like(List.of("x/a", "x/b"), 3)).containsExactly("x/0", "x/1", "x/10");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/gcc", "gcc 12", "**", "gcc/*", "-x"})
    void whatIsNoName(String name) {
        assertThatThrownBy(() -> AvailableModules.of(List.of("a", "*", name)))
                .isInstanceOf(InvalidValue.class)
                .hasMessageContaining("modules");
    }

    /** Against a reading of every listed name, one by one. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void asIfEachWereLookedAt(int seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 2000; round++) {
            List<String> listed = IntStream.range(0, random.nextInt(5))
                    .mapToObj(i -> "a" + word(random))
                    .toList();
            String asked = "a" + word(random);
            String name = asked.replaceAll("/+$", "");
            boolean has = listed.stream()
                    .anyMatch(known -> known.equals(name)
                            || name.startsWith(known + "/")
                            || known.startsWith(name + "/")
                            || name.contains("/") && (known.startsWith(name + ".") || known.startsWith(name + "-")));
            assertThat(AvailableModules.of(listed).missing(List.of(asked)).isEmpty())
                    .as("%s in %s", asked, listed)
                    .isEqualTo(has);
        }
    }

    private static String word(Random random) {
        String letters = "ab/.-1";
        StringBuilder word = new StringBuilder();
        for (int i = random.nextInt(5); i > 0; i--) {
            word.append(letters.charAt(random.nextInt(letters.length())));
        }
        return word.toString();
    }

    @Test
    void aSiteWithManyModulesCostsAPlanLittle() {
        AvailableModules many = AvailableModules.of(
                IntStream.range(0, 100_000).mapToObj(i -> "m" + i + "/1").toList());
        List<String> asked = IntStream.range(0, 256).mapToObj(i -> "n" + i).toList();
        Assertions.assertTimeoutPreemptively(Duration.ofSeconds(10), () -> {
            for (int i = 0; i < 1000; i++) {
                assertThat(many.missing(asked)).hasSize(256);
            }
        });
    }
}
