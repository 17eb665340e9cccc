package dev.sluice.gateway.settings;

import dev.sluice.gateway.identity.ProjectSettings;
import dev.sluice.settings.Setting;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.yaml.snakeyaml.nodes.Node;

/** The projects that a program of the site's, or a cluster, told of. */
public record ToldProjects(
        @Setting(text = "The projects by name.") SortedMap<String, ProjectSettings> projects) {
    /** Of an answer. */
    public static final int MOST_BYTES = 16 << 20;

    /** Ten for each of 200,000 members and their projects. */
    private static final int MOST_NODES = 2_000_000;

    public ToldProjects {
        projects = Collections.unmodifiableSortedMap(new TreeMap<>(projects));
    }

    /**
     * Reads an answer: as strictly as the configuration file, whose {@code access.projects} has the same keys.
     *
     * @param name what problems call it
     */
    public static Reading<ToldProjects> read(String name, String text, PolicyConfig.Sync.Format format) {
        if (text.length() > MOST_BYTES || text.getBytes(StandardCharsets.UTF_8).length > MOST_BYTES) {
            return refused(name, "at most " + MOST_BYTES + " bytes", "more", "print less");
        }
        Reading<Optional<Node>> document = switch (format) {
            case CSV -> CsvProjects.read(name, text);
            // JSON is YAML.
            case JSON ->
                switch (Source.compose(name, text, MOST_BYTES)) {
                    case Source.Outcome.Document(var root) -> new Reading.Good<>(root);
                    case Source.Outcome.Unreadable(Problem problem) -> new Reading.Bad<>(List.of(problem));
                };
        };
        return switch (document) {
            case Reading.Bad<Optional<Node>>(List<Problem> problems) -> new Reading.Bad<>(problems);
            case Reading.Good<Optional<Node>>(Optional<Node> root) -> named(name, bound(name, root));
        };
    }

    private static Reading<ToldProjects> bound(String name, Optional<Node> root) {
        Binder binder = new Binder(name, Path.of("/"), Shapes.of(ToldProjects.class), MOST_NODES);
        return SettingsFile.bound(ToldProjects.class, binder, root);
    }

    /** An answer without any project is that of a program that has lost its own source. */
    private static Reading<ToldProjects> named(String name, Reading<ToldProjects> reading) {
        return reading instanceof Reading.Good<ToldProjects>(ToldProjects told)
                        && told.projects().isEmpty()
                ? refused(name, "at least one project", "none", "see to what the answer is made of")
                : reading;
    }

    private static Reading<ToldProjects> refused(String name, String expected, String found, String advice) {
        return new Reading.Bad<>(List.of(new Problem(name, 1, 1, "", expected, found, advice)));
    }
}
