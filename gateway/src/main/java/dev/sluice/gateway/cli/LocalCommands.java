package dev.sluice.gateway.cli;

import dev.sluice.gateway.settings.GatewaySettings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Commands that need no gateway. */
final class LocalCommands {
    private LocalCommands() {}

    @Command(
            name = "check-config",
            description = "Read a gateway's settings and tell all that is wrong with them.",
            footer = {"", "Exit code: 0 when nothing is wrong, 1 when something is."})
    static final class CheckConfig implements Callable<Integer> {
        private final Console console;

        @Option(names = "--config", paramLabel = "FILE", required = true, description = "The settings, in YAML.")
        private Path config = Path.of("");

        @Option(
                names = {"-h", "--help"},
                usageHelp = true,
                description = "Print this help.")
        private boolean help;

        CheckConfig(Console console) {
            this.console = console;
        }

        @Override
        public Integer call() throws Failure {
            GatewaySettings settings = Configured.settings(console, Optional.of(config));
            console.out()
                    .println(config + ": nothing is wrong; clusters: "
                            + (settings.clusters().isEmpty()
                                    ? "none"
                                    : String.join(
                                            ", ",
                                            settings.clusters().keySet().stream()
                                                    .map(Object::toString)
                                                    .toList())));
            return Exit.OK.code();
        }
    }

    @Command(
            name = "completion",
            description = "Print a script that completes our commands and options.",
            footer = {"", "In ~/.bashrc or ~/.zshrc:  source <(sluice completion bash)"})
    static final class Completion implements Callable<Integer> {
        private final Console console;
        private final Supplier<CommandLine> whole;

        enum Shell {
            bash,
            zsh
        }

        @Parameters(paramLabel = "SHELL", description = "bash or zsh.")
        private Shell shell = Shell.bash;

        @Option(
                names = {"-h", "--help"},
                usageHelp = true,
                description = "Print this help.")
        private boolean help;

        Completion(Console console, Supplier<CommandLine> whole) {
            this.console = console;
            this.whole = whole;
        }

        @Override
        public Integer call() {
            // The script of picocli serves both: in zsh it turns on bash's completion first.
            console.out().print(AutoComplete.bash(Sluice.NAME, whole.get()));
            return Exit.OK.code();
        }
    }

    @Command(name = "version", description = "Print this release.")
    static final class Version implements Callable<Integer> {
        private final Console console;

        @Option(
                names = {"-h", "--help"},
                usageHelp = true,
                description = "Print this help.")
        private boolean help;

        Version(Console console) {
            this.console = console;
        }

        @Override
        public Integer call() throws Failure {
            console.out().println(Sluice.NAME + " " + release() + " (Java " + Runtime.version() + ")");
            return Exit.OK.code();
        }

        static String release() throws Failure {
            Properties properties = new Properties();
            try (InputStream in = Version.class.getResourceAsStream("release.properties")) {
                if (in != null) {
                    properties.load(in);
                }
            } catch (IOException e) {
                throw new Failure(Exit.FAILED, "expected our own release.properties on the class path, found none");
            }
            return properties.getProperty("release", "unknown");
        }
    }
}
