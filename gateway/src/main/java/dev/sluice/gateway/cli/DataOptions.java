package dev.sluice.gateway.cli;

import dev.sluice.gateway.settings.GatewaySettings;
import dev.sluice.gateway.store.DataDirectory;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options of a command that works on a gateway's data directory, whether the gateway runs or not. */
final class DataOptions {
    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "The gateway's settings, which may say where its data are.")
    private Optional<Path> config = Optional.empty();

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "The directory of the gateway's data; goes before the file's.")
    private Optional<Path> data = Optional.empty();

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Print this help.")
    private boolean help;

    GatewaySettings settings(Console console) throws Failure {
        return Configured.settings(console, config);
    }

    DataDirectory directory(Console console) throws Failure {
        return new DataDirectory(Configured.data(console, settings(console), data));
    }
}
