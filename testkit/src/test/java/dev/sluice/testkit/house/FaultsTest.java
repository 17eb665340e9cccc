package dev.sluice.testkit.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The rows of docs/faults.md that the house says it survives, each by the tests that name it: {@code @Fault} on a method, or the
 * first words of its display name. Read from the sources of all modules, for core is below the testkit, and no module sees all
 * others' tests.
 */
class FaultsTest {
    private static final Path HOUSE = Path.of("..").toAbsolutePath().normalize();

    /** What the way to SLURM claims; other rows are other parts'. */
    private static final Set<String> SLURM = rows("F2-F6 F8 F14-F24 F26-F28 F31-F38 F46-F56 B1-B20 B38-B39");

    /** Those of them that a stand-in cannot prove: what SLURM, its daemons or sshd do themselves. */
    private static final Set<String> ON_REAL_SLURM =
            rows("F2 F6 F14-F15 F17-F18 F20-F21 F23-F24 F31-F38 F46-F56 B1-B4 B7 B9-B10 B15 B17 B20 B38");

    /** What the way to Kubernetes claims, and names in a test of its own: another cluster's would not prove it. */
    private static final Set<String> KUBERNETES = rows("F1 F6-F8 F14-F17 F22 F24 F28-F30 F32-F35 F51 B17 B25-B27 B29");

    /** Those of them that a real Kubernetes has to prove, by its own API server, controllers, kubelet and pods. */
    private static final Set<String> ON_REAL_KUBERNETES = rows("F1 F6-F7 F14-F17 F24 F28-F30 F32-F35 F51 B17 B25-B27");

    private static final Pattern FAULT = Pattern.compile("@Fault\\(\\s*(\\{[^}]*}|\"[^\"]*\")");
    private static final Pattern DISPLAY_NAME = Pattern.compile("@DisplayName\\(\\s*\"((?:[FB]\\d+ )+)");
    private static final Pattern TAG = Pattern.compile("@Tag\\(\"(\\w+)\"\\)");
    private static final Pattern BASE = Pattern.compile("\\bclass \\w+ extends (\\w+) \\{");
    private static final Pattern ROW = Pattern.compile("\\b[FB]\\d+\\b");

    /** A file with tests, the rows that they name, and the tags in it. */
    private record Source(Path file, Set<String> rows, Set<String> tags) {
        boolean isOnACluster() {
            return tags.contains("cluster") || isContract(file);
        }

        boolean isOfKubernetes() {
            return tags.contains("kubernetes") || file.startsWith("k8s-bridge");
        }
    }

    private static Set<String> rows(String text) {
        Set<String> all = new TreeSet<>();
        for (String word : text.split(" ")) {
            String[] ends = word.substring(1).split("-[FB]");
            IntStream.rangeClosed(Integer.parseInt(ends[0]), Integer.parseInt(ends[ends.length - 1]))
                    .forEach(row -> all.add(word.charAt(0) + Integer.toString(row)));
        }
        return all;
    }

    private static List<Source> sources() throws IOException {
        try (Stream<Path> files = Files.walk(HOUSE)) {
            List<Path> tests = files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> file.toString().contains("/src/test/") || isContract(file))
                    .toList();
            List<Source> sources = new ArrayList<>();
            for (Path file : tests) {
                String text = Files.readString(file);
                Set<String> tags = tags(text);
                Matcher base = BASE.matcher(text);
                while (base.find()) {
                    Path above = file.resolveSibling(base.group(1) + ".java");
                    String inherited = tests.contains(above) ? Files.readString(above) : "";
                    tags.addAll(tags(inherited));
                    base = BASE.matcher(inherited);
                }
                Set<String> named = new TreeSet<>();
                for (Pattern naming : List.of(FAULT, DISPLAY_NAME)) {
                    naming.matcher(text).results().forEach(use -> named.addAll(words(use.group(1))));
                }
                sources.add(new Source(HOUSE.relativize(file), named, tags));
            }
            return sources;
        }
    }

    /** The contract of all bridges, which RestContract24Test and its like run on real clusters. */
    private static boolean isContract(Path file) {
        return file.toString().contains("testkit/src/main/java/dev/sluice/testkit/contract/");
    }

    /** With those of the classes that it extends JUnit takes these for its own. */
    private static Set<String> tags(String text) {
        return TAG.matcher(text).results().map(tag -> tag.group(1)).collect(TreeSet::new, Set::add, Set::addAll);
    }

    private static Set<String> words(String text) {
        Set<String> words = new TreeSet<>();
        Matcher row = ROW.matcher(text);
        while (row.find()) {
            words.add(row.group());
        }
        return words;
    }

    private static Set<String> named(Stream<Source> sources) {
        return sources.map(Source::rows).flatMap(Collection::stream).collect(TreeSet::new, Set::add, Set::addAll);
    }

    @Test
    void everyRowThatSlurmClaimsIsNamedByATest() throws IOException {
        assertThat(named(sources().stream())).as("rows with a test").containsAll(SLURM);
    }

    @Test
    void whatAStandInCannotProveIsTestedOnRealSlurm() throws IOException {
        assertThat(SLURM).containsAll(ON_REAL_SLURM);
        assertThat(named(sources().stream().filter(Source::isOnACluster).filter(source -> !source.isOfKubernetes())))
                .as("rows with a test tagged cluster, or in the contract")
                .containsAll(ON_REAL_SLURM);
    }

    @Test
    void everyRowThatKubernetesClaimsIsNamedByATestOfIts() throws IOException {
        assertThat(named(sources().stream().filter(Source::isOfKubernetes)))
                .as("rows with a test of k8s-bridge, or tagged kubernetes")
                .containsAll(KUBERNETES);
    }

    @Test
    void whatAStandInCannotProveIsTestedOnARealKubernetes() throws IOException {
        assertThat(KUBERNETES).containsAll(ON_REAL_KUBERNETES);
        assertThat(named(sources().stream().filter(source -> source.tags().contains("kubernetes"))))
                .as("rows with a test tagged kubernetes")
                .containsAll(ON_REAL_KUBERNETES);
    }

    @Test
    void noTestNamesARowThatIsNotThere() throws IOException {
        Set<String> documented = words(Files.readString(HOUSE.resolve("docs/faults.md")));
        assertThat(sources())
                .hasSizeGreaterThan(150)
                .allSatisfy(source ->
                        assertThat(documented).as(source.file().toString()).containsAll(source.rows()));
    }
}
