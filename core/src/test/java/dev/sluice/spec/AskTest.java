package dev.sluice.spec;

import static dev.sluice.spec.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.job.ClusterName;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AskTest {
    private static final ClusterName EAST = new ClusterName("east");
    private static final ClusterName WEST = new ClusterName("west");

    @Test
    void equalAsksAreOneShapeHoweverTheyWereBuilt() {
        Ask one = Ask.DEFAULTS
                .withNeeds(Needs.of(List.of("b", "a"), List.of("/x", "/s")))
                .withRouting(Routing.ANYWHERE.withAllowed(List.of(WEST, EAST)))
                .withResources(Resources.DEFAULTS.withLicenses(Map.of("l", 1, "k", 2)));
        Ask other = Ask.DEFAULTS
                .withResources(Resources.DEFAULTS.withLicenses(Map.of("k", 2, "l", 1)))
                .withRouting(Routing.ANYWHERE.withAllowed(new LinkedHashSet<>(List.of(EAST, WEST))))
                .withNeeds(Needs.of(Set.of("a", "b"), Set.of("/s", "/x")));
        assertThat(one).isEqualTo(other).hasSameHashCodeAs(other);
        assertThat(one).hasToString(other.toString());
        assertThat(one.withLimit(Duration.ofMinutes(59))).isNotEqualTo(one);
    }

    @Test
    @DisplayName("B9 B29 time limits are whole seconds, positive, and at most what stands for no limit")
    void limits() {
        assertThat(Ask.DEFAULTS.limit()).as("the cluster's to say").isEmpty();
        assertThat(Ask.DEFAULTS.isUnlimited()).isFalse();
        assertThat(Ask.DEFAULTS.withLimit(Ask.UNLIMITED).isUnlimited()).isTrue();
        assertThat(Ask.DEFAULTS.withLimit(Duration.ofSeconds(1)).isUnlimited()).isFalse();
        for (Duration bad : List.of(
                Duration.ZERO,
                Duration.ofSeconds(-1),
                Duration.ofMillis(1500),
                Duration.ofNanos(-1),
                Ask.UNLIMITED.plusSeconds(1),
                Duration.ofSeconds(Long.MAX_VALUE, 999_999_999),
                Duration.ofSeconds(Long.MIN_VALUE))) {
            assertRefused("time limit", () -> Ask.DEFAULTS.withLimit(bad));
        }
    }

    @ParameterizedTest
    @DisplayName("B17 B22 B39 native names carry no shell metacharacter, line break, option, list or look-alike letter")
    @ValueSource(
            strings = {
                "",
                "a;b",
                "a b",
                "a\nb",
                "a\0",
                "$(id)",
                "`id`",
                "a|b",
                "a&b",
                "a>b",
                "'a'",
                "\"a\"",
                "-a",
                "--uid=0",
                "a,b",
                "a=b",
                "a/b",
                "\u0430dmin",
                "Å",
                "a\u001b[0m",
                "a\u202eb",
                "*",
                "~root",
                "a\\b",
                "#a",
                "!a"
            })
    void nativeNames(String name) {
        assertRefused("partition", () -> Routing.ANYWHERE.withPartitions(List.of(name)));
        assertRefused("qos", () -> Routing.ANYWHERE.withQos(name));
        assertRefused("account", () -> Routing.ANYWHERE.withAccount(name));
        assertRefused("reservation", () -> Routing.ANYWHERE.withReservation(name));
    }

    @Test
    void nativeNamesOfRealSitesAreTaken() {
        for (String name :
                List.of("debug", "gpu_a100.40g", "root", "phys-123", "alice_37", "Physics", "a".repeat(128))) {
            assertThat(Routing.ANYWHERE.withAccount(name).account()).contains(name);
        }
        assertRefused("account", () -> Routing.ANYWHERE.withAccount("a".repeat(129)));
    }

    @Test
    @DisplayName("B17 a constraint is features and their operators only")
    void constraints() {
        for (String good : List.of(
                "intel",
                "intel&gpu",
                "foo|bar&baz",
                "[rack1*2&rack2*4]",
                "[(knl&snc4&flat)*4&haswell*1]",
                "foo&(bar|baz)")) {
            assertThat(Routing.ANYWHERE.withConstraint(good).constraint()).contains(good);
        }
        for (String bad :
                List.of("", "a b", "a;b", "a\n", "$(id)", "`id`", "a>b", "-x", "'a'", "é", "a".repeat(1025))) {
            assertRefused("constraint", () -> Routing.ANYWHERE.withConstraint(bad));
        }
    }

    @Test
    @DisplayName("B17 node lists are host names and ranges only")
    void nodeLists() {
        for (String good : List.of("n1", "n[1-3,7],login", "rack-[01-16].example.org", "a_b")) {
            assertThat(Routing.ANYWHERE.withNodeList(good).nodeList()).contains(good);
            assertThat(Routing.ANYWHERE.withExcludedNodes(good).excludedNodes()).contains(good);
        }
        for (String bad : List.of("", "a b", "a;b", "a\n", "$(id)", "-w", ",a", "./file", "é", "a".repeat(4097))) {
            assertRefused("node list", () -> Routing.ANYWHERE.withNodeList(bad));
            assertRefused("excluded nodes", () -> Routing.ANYWHERE.withExcludedNodes(bad));
        }
    }

    @Test
    void clustersThatContradictEachOtherAreNamed() {
        Routing east = Routing.ANYWHERE.withAllowed(List.of(EAST));
        assertThat(assertRefused("allowed clusters", () -> east.withRefused(List.of(EAST)))
                        .found())
                .isEqualTo("east");
        assertThat(assertRefused("preferred clusters", () -> east.withPreferred(List.of(WEST)))
                        .found())
                .contains("west");
        Routing notWest = Routing.ANYWHERE.withRefused(List.of(WEST));
        assertRefused("preferred clusters", () -> notWest.withPreferred(List.of(WEST)));
        assertThat(notWest.permits(EAST)).isTrue();
        assertThat(notWest.permits(WEST)).isFalse();
        assertThat(east.permits(WEST)).isFalse();
        assertThat(east.permits(EAST)).isTrue();
    }

    @Test
    void listsOfNamesAreBounded() {
        List<ClusterName> clusters =
                IntStream.range(0, 257).mapToObj(i -> new ClusterName("c" + i)).toList();
        assertRefused("refused clusters", () -> Routing.ANYWHERE.withRefused(clusters));
        assertRefused("partition", () -> Routing.ANYWHERE.withPartitions(Collections.nCopies(33, "p")));
        assertRefused("partition", () -> Routing.ANYWHERE.withPartitions(List.of("p", "q", "p")));
        List<String> names = IntStream.range(0, 257).mapToObj(i -> "/m" + i).toList();
        assertRefused("file systems", () -> Needs.of(List.of(), names));
        assertRefused("modules", () -> Needs.of(names, List.of()));
    }

    @Test
    void eachWitherOfRoutingChangesItsOwnField() {
        List<UnaryOperator<Routing>> changes = List.of(
                r -> r.withAllowed(List.of(EAST)),
                r -> r.withPreferred(List.of(EAST)),
                r -> r.withRefused(List.of(WEST)),
                r -> r.withPartitions(List.of("p", "q")),
                r -> r.withQos("q"),
                r -> r.withAccount("a"),
                r -> r.withConstraint("c"),
                r -> r.withReservation("r"),
                r -> r.withSharing(Routing.Sharing.EXCLUSIVE));
        Routing forwards = Routing.ANYWHERE;
        Routing backwards = Routing.ANYWHERE;
        for (int i = 0; i < changes.size(); i++) {
            forwards = changes.get(i).apply(forwards);
            backwards = changes.get(changes.size() - 1 - i).apply(backwards);
        }
        assertThat(forwards).isEqualTo(backwards);
        assertThat(forwards.preferred()).containsExactly(EAST);
        assertThat(forwards.reservation()).contains("r");
        assertThat(forwards.sharing()).isEqualTo(Routing.Sharing.EXCLUSIVE);
    }

    @Test
    void toNeedNoModulesIsMoreThanToSayNothingOfThem() {
        Needs silent = Needs.of(List.of(), List.of("/scratch"));
        Needs none = silent.withModules(List.of());
        assertThat(silent.modules()).isEmpty();
        assertThat(none.modules()).contains(Collections.emptySortedSet());
        assertThat(none).isNotEqualTo(silent);
        assertThat(none.moduleNames()).isEqualTo(silent.moduleNames()).isEmpty();
        assertThat(none.withModules(List.of("b", "a"))).isEqualTo(Needs.of(List.of("a", "b"), List.of("/scratch")));
    }

    @ParameterizedTest
    @DisplayName("B17 modules and file systems are plain names and plain roots")
    @ValueSource(strings = {"", "-v", "a b", "a;b", "a\n", "$X", "é", "/a/", "/a/../b", "/", "//a", "a\0"})
    void badNeeds(String name) {
        assertRefused("module", () -> Needs.of(List.of(name), List.of()));
        assertRefused("file system", () -> Needs.of(List.of(), List.of(name)));
    }
}
