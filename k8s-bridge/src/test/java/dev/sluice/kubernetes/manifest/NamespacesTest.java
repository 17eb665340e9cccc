package dev.sluice.kubernetes.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.job.InvalidValue;
import dev.sluice.job.ProjectPath;
import dev.sluice.testkit.Fault;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which namespace a project has. */
class NamespacesTest {
    private static String of(String project) {
        return new Namespaces("sluice-%p").of(new ProjectPath(project));
    }

    @ParameterizedTest
    @ValueSource(strings = {"cpu=1;2", "cpu=-1", "cpu=", "a b=1", "cpu=1KiB", "cpu=NaN", "cpu=99999999999999999999"})
    @Fault("B30")
    void aQuotaIsAmountsAndNothingElse(String words) {
        String[] parts = words.split("=", 2);
        assertThatThrownBy(() -> new Namespaces("sluice-%p", new TreeMap<>(Map.of(parts[0], parts[1]))))
                .isInstanceOf(InvalidValue.class);
        assertThat(new Namespaces("sluice-%p", new TreeMap<>(Map.of("requests.cpu", "1.5", "requests.memory", "2Gi")))
                        .quota())
                .hasSize(2);
    }

    @Test
    void aPlainNameIsTakenAsItIs() {
        assertThat(of("physics")).isEqualTo("sluice-physics");
        assertThat(new Namespaces("jobs").of(new ProjectPath("physics/lattice")))
                .isEqualTo("jobs");
    }

    @Test
    void noTwoProjectsShareOne() {
        List<String> projects = List.of(
                "a-b",
                "a/b",
                "a.b",
                "a_b",
                "a-",
                "a_",
                "a/b/c",
                "a-b/c",
                "a".repeat(63),
                "a".repeat(63) + "/a",
                "a".repeat(62) + "b");
        Set<String> all = new HashSet<>();
        for (String project : projects) {
            String namespace = of(project);
            assertThat(namespace).matches("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");
            all.add(namespace);
        }
        assertThat(all).hasSize(projects.size());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-%p",
                "%p-",
                "%p%p",
                "A%p",
                "a/%p",
                "a.b",
                "%q",
                "abcdefghijabcdefghijabcdefghijabcdefghij-%p"
            })
    void templatesMakeLabels(String template) {
        assertThatThrownBy(() -> new Namespaces(template)).isInstanceOf(InvalidValue.class);
    }
}
