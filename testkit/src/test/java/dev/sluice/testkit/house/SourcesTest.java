package dev.sluice.testkit.house;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.sluice.job.Lifecycle;
import dev.sluice.testkit.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What holds for the files of the house, rather than for its classes. */
class SourcesTest {
    private static final Path HOUSE = Path.of("..").toAbsolutePath().normalize();
    private static final int LONGEST = 500;

    /** FAULTS.md's that the core, the engine and the simulation must survive. */
    private static final Set<String> SURVIVED = Set.of(
            "F1", "F6", "F7", "F10", "F11", "F12", "F13", "F14", "F15", "F16", "F20", "F21", "F22", "F24", "F32", "F33",
            "F34", "F35", "F41", "F43", "F47", "F49", "F50", "F51", "F52", "F53", "F55", "F57");

    @Test
    void noSourceIsLongerThanOneCanRead() throws IOException {
        List<String> longer = new ArrayList<>();
        List<Path> sources = sources();
        for (Path source : sources) {
            long lines = Files.readAllLines(source).size();
            if (lines > LONGEST) {
                longer.add(HOUSE.relativize(source) + ": " + lines + " lines");
            }
        }
        assertThat(sources).hasSizeGreaterThan(150);
        assertThat(longer).as("to be split by stage").isEmpty();
    }

    private static List<Path> sources() throws IOException {
        try (Stream<Path> files = Files.walk(HOUSE)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> file.toString().contains("/src/"))
                    .toList();
        }
    }

    @Test
    void theDiagramInTheDocumentsIsTheTableOfTheLifecycle() throws IOException {
        Path document = HOUSE.resolve("docs/lifecycle.md");
        String expected = """
                # Lifecycle

                The stages of a task, and what brings it from one to the next. Between `WAITING` and `ENDED` it belongs to an
                attempt. Drawn from `dev.sluice.job.Lifecycle`; a test fails when the two differ, and another when no test
                visits a transition.

                ```mermaid
                %s```
                """.formatted(Lifecycle.mermaid());
        if (Boolean.getBoolean("sluice.update")) {
            Files.writeString(document, expected);
        }
        assertThat(document).as("update with: mvn test -Dsluice.update=true").hasContent(expected);
    }

    @Test
    void everyFaultThatMustBeSurvivedIsNamedByATest() {
        Set<String> named = new TreeSet<>();
        for (JavaClass type : new ClassFileImporter().importPackages("dev.sluice")) {
            type.getMethods().stream()
                    .filter(method -> method.isAnnotatedWith(Fault.class))
                    .forEach(method -> named.addAll(
                            List.of(method.getAnnotationOfType(Fault.class).value())));
        }
        assertThat(named).containsAll(SURVIVED);
    }
}
