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

    private static final Pattern FAULT = Pattern.compile("@Fault\\(\\s*(\\{[^}]*}|\"[^\"]*\")");
    private static final Pattern DISPLAY_NAME = Pattern.compile("@DisplayName\\(\\s*\"((?:[FB]\\d+ )+)");
    private static final Pattern ROW = Pattern.compile("\\b[FB]\\d+\\b");

    /** A file with tests, and the rows that they name. */
    private record Source(Path file, Set<String> rows, boolean real) {}

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
                Set<String> named = new TreeSet<>();
                for (Pattern naming : List.of(FAULT, DISPLAY_NAME)) {
                    naming.matcher(text).results().forEach(use -> named.addAll(words(use.group(1))));
                }
                sources.add(new Source(
                        HOUSE.relativize(file), named, isContract(file) || text.contains("@Tag(\"cluster\")")));
            }
            return sources;
        }
    }

    /** The contract of all bridges, which RestContract24Test and its like run on real clusters. */
    private static boolean isContract(Path file) {
        return file.toString().contains("/testkit/src/main/java/dev/sluice/testkit/contract/");
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
        assertThat(named(sources().stream().filter(Source::real)))
                .as("rows with a test tagged cluster, or in the contract")
                .containsAll(ON_REAL_SLURM);
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
