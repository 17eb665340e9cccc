package dev.sluice.spec;

import static dev.sluice.spec.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.job.InvalidValue;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class EnvironmentTest {
    @Test
    @DisplayName("B15 values with newline, '=', quotes and commas are kept exactly")
    void valuesAreExact() {
        Map<String, String> given =
                Map.of("A", "1\n2", "B", "x=y", "C", "'\"$(id)`", "D", "", "E", "\u001b[31m\ud83d\ude00");
        assertThat(Environment.of(given).variables()).isEqualTo(given);
    }

    @Test
    @DisplayName("B38 a comma in a value stays in that value")
    void commasMakeNoSecondVariable() {
        Environment environment = Environment.of(Map.of("B", "1,LD_PRELOAD=/tmp/x.so"));
        assertThat(environment.variables()).containsExactly(Map.entry("B", "1,LD_PRELOAD=/tmp/x.so"));
    }

    @Test
    @DisplayName("B15 a value of 128 KiB is refused: NAME=value and its NUL fit into 131,072 bytes")
    void valueSizes() {
        assertThat(Environment.of(Map.of("A", "x".repeat(131_069))).variables()).hasSize(1);
        InvalidValue refused =
                assertRefused("environment A", () -> Environment.of(Map.of("A", "secret".repeat(131_072 / 6))));
        assertThat(refused).hasMessageNotContaining("secret");
        assertRefused("environment A", () -> Environment.of(Map.of("A", "é".repeat(65_535))));
    }

    @Test
    @DisplayName("B39 NUL in a value is refused, and the value not shown")
    void nulInAValue() {
        InvalidValue refused = assertRefused("environment TOKEN", () -> Environment.of(Map.of("TOKEN", "sec\0ret")));
        assertThat(refused).hasMessageNotContaining("ret").hasMessageNotContaining("sec");
        assertRefused("environment TOKEN", () -> Environment.of(Map.of("TOKEN", "\udc00")));
    }

    @ParameterizedTest
    @DisplayName("B37 B39 names that no environment can have are refused")
    @ValueSource(strings = {"", "A=B", "A\0", "A B", "A\n", "É", "A\u007f", "\u0410"})
    void badNames(String name) {
        assertRefused("environment", () -> Environment.of(Map.of(name, "x")));
    }

    @Test
    @DisplayName("B37 names that are no shell identifiers are taken, and told apart for who cannot pass them on")
    void namesThatAShellCannotSpell() {
        Environment environment = Environment.of(Map.of(
                "a.b-c", "1", "BASH_FUNC_ml%%", "() { :; }", "1ST", "x", "_OK1", "x", "PATH", "/bin", "a.b", "x"));
        assertThat(environment.notIdentifiers()).containsExactly("1ST", "BASH_FUNC_ml%%", "a.b", "a.b-c");
    }

    @Test
    void countAndSumAreBounded() {
        assertThat(Environment.of(many(4096, 10)).variables()).hasSize(4096);
        assertRefused("environment", () -> Environment.of(many(4097, 10)));
        assertRefused("environment", () -> Environment.of(many(11, 100_000)));
        assertRefused("environment", () -> Environment.of(Map.of("A".repeat(1025), "")));
    }

    private static Map<String, String> many(int count, int size) {
        return IntStream.range(0, count).boxed().collect(Collectors.toMap(i -> "V" + i, i -> "x".repeat(size)));
    }

    @Test
    @DisplayName("B40 no text of it shows a value")
    void valuesAreNotShown() {
        assertThat(Environment.of(Map.of("TOKEN", "hunter2"))).hasToString("Environment[TOKEN]");
    }

    @Test
    void orderIsNaturalAndTheCopyIsItsOwn() {
        SortedMap<String, String> backwards = new TreeMap<>(Comparator.<String>reverseOrder());
        backwards.putAll(Map.of("A", "1", "B", "2"));
        Environment environment = new Environment(backwards);
        backwards.put("C", "3");
        assertThat(environment.variables().keySet()).containsExactly("A", "B");
        assertThat(environment).isEqualTo(Environment.of(new HashMap<>(Map.of("B", "2", "A", "1"))));
        assertThatThrownBy(() -> environment.variables().put("X", "y"))
                .isInstanceOf(UnsupportedOperationException.class);
    }
}
