package dev.sluice.gateway.cli;

import dev.sluice.gateway.settings.GatewaySettings;
import dev.sluice.gateway.settings.Problem;
import dev.sluice.gateway.settings.Reading;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Collectors;

/** The settings that a command of this machine works with. */
final class Configured {
    private Configured() {}

    /**
     * Those of the file, or the defaults where there is none.
     *
     * @throws Failure with all that is wrong in it
     */
    static GatewaySettings settings(Console console, Optional<Path> file) throws Failure {
        if (file.isEmpty()) {
            return GatewaySettings.defaults();
        }
        return switch (GatewaySettings.read(console.directory().resolve(file.get()))) {
            case Reading.Good<GatewaySettings>(GatewaySettings settings) -> settings;
            case Reading.Bad<GatewaySettings> bad -> throw new Failure(Exit.FAILED, text(bad));
        };
    }

    private static String text(Reading.Bad<GatewaySettings> bad) {
        return Text.count(bad.problems().size(), "problem") + " in the configuration\n"
                + bad.problems().stream().map(Problem::text).collect(Collectors.joining("\n"));
    }

    static Path data(Console console, GatewaySettings settings, Optional<Path> data) {
        return console.directory()
                .resolve(data.orElseGet(() -> settings.dataDirectory(console.environment())))
                .normalize();
    }
}
