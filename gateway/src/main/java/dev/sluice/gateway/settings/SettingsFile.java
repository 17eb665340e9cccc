package dev.sluice.gateway.settings;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.yaml.snakeyaml.nodes.Node;

/** Reads configuration files into records that are declared with {@link dev.sluice.settings.Setting}. */
public final class SettingsFile {
    private SettingsFile() {}

    /**
     * Reads a file. Relative paths in it are relative to its directory.
     *
     * @param file problems name it as it is given here
     */
    public static <T extends Record> Reading<T> read(Class<T> type, Path file) {
        Path home = file.toAbsolutePath().normalize().getParent();
        return switch (Source.read(file.toString(), file)) {
            case Source.Outcome.Unreadable(Problem problem) -> new Reading.Bad<>(List.of(problem));
            case Source.Outcome.Document(var root) ->
                bound(
                        type,
                        new Binder(file.toString(), home == null ? file : home, Shapes.of(type), Binder.MOST_NODES),
                        root);
        };
    }

    /** What holds where nobody configured anything. */
    public static <T extends Record> T defaults(Class<T> type) {
        Binder binder = new Binder("defaults", Path.of("").toAbsolutePath(), Shapes.of(type), Binder.MOST_NODES);
        return switch (bound(type, binder, Optional.empty())) {
            case Reading.Good<T>(T settings) -> settings;
            case Reading.Bad<T> bad -> throw new IllegalStateException("not all has a default: " + bad.text());
        };
    }

    static <T extends Record> Reading<T> bound(Class<T> type, Binder binder, Optional<Node> root) {
        Object settings = binder.bind(root);
        List<Problem> problems = binder.problems();
        if (problems.isEmpty() && settings != null) {
            return new Reading.Good<>(type.cast(settings));
        }
        return new Reading.Bad<>(problems);
    }
}
