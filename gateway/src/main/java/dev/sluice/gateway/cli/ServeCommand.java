package dev.sluice.gateway.cli;

import dev.sluice.gateway.settings.GatewaySettings;
import dev.sluice.gateway.settings.Listen;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "serve",
        description = "Run the gateway, until it is stopped.",
        footer = {
            "",
            "Without a file, this machine is the one cluster. SIGTERM and SIGINT stop it: what it accepted is not forgotten,"
                    + " and jobs go on. docs/configuration.md lists the keys of the file."
        })
final class ServeCommand implements Callable<Integer> {
    private final Console console;
    private final Server server;

    @Option(names = "--config", paramLabel = "FILE", description = "The settings, in YAML.")
    private Optional<Path> config = Optional.empty();

    @Option(names = "--data", paramLabel = "DIR", description = "The directory of its data; goes before the file's.")
    private Optional<Path> data = Optional.empty();

    @Option(names = "--listen", paramLabel = "HOST:PORT", description = "Where it listens; goes before the file's.")
    private Optional<String> listen = Optional.empty();

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Print this help.")
    private boolean help;

    ServeCommand(Console console, Server server) {
        this.console = console;
        this.server = server;
    }

    @Override
    public Integer call() throws Failure {
        GatewaySettings settings = Configured.settings(console, config);
        Path directory = Configured.data(console, settings, data);
        Listen where = listen.map(Listen::new).orElse(settings.listen());
        return server.start(new ServeOptions(
                settings, config.map(file -> console.directory().resolve(file)), directory, where));
    }
}
