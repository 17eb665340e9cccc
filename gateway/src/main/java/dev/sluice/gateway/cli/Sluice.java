package dev.sluice.gateway.cli;

import dev.sluice.gateway.settings.Nearest;
import dev.sluice.job.InvalidValue;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The command line {@code sluice}: finds the command, and turns whatever comes of it into a message and an exit code. */
public final class Sluice {
    static final String NAME = "sluice";
    private static final int MOST_COLUMNS = 110;

    private final Console console;
    private final Server server;
    private final String[] arguments;
    /** What stands behind {@code --} of {@code submit}: a command of the user's, in which nothing is an option of ours. */
    private final Optional<List<String>> tail;

    private Sluice(Console console, Server server, String[] arguments) {
        this.console = console;
        this.server = server;
        int dashes = Arrays.asList(arguments).indexOf("--");
        boolean split = arguments.length > 0 && arguments[0].equals("submit") && dashes > 0;
        this.arguments = split ? Arrays.copyOf(arguments, dashes) : arguments.clone();
        this.tail = split
                ? Optional.of(List.of(Arrays.copyOfRange(arguments, dashes + 1, arguments.length)))
                : Optional.empty();
    }

    /**
     * Runs a command of this process.
     *
     * @param server what {@code serve} starts
     * @return the exit code
     */
    public static int run(Server server, String... arguments) {
        Console console = Console.ofThisProcess();
        int code = run(console, server, arguments);
        console.out().flush();
        return console.out().checkError() && code == 0 ? Exit.FAILED.code() : code;
    }

    static int run(Console console, Server server, String... arguments) {
        Sluice sluice = new Sluice(console, server, arguments);
        int code = sluice.execute();
        console.out().flush();
        return code;
    }

    private int execute() {
        Map<String, Supplier<Object>> all = commands();
        String first = arguments.length == 0 ? "" : arguments[0];
        // Looking at every command costs a tenth of a second that most calls need not pay.
        CommandLine line = all.containsKey(first) ? with(Map.of(first, all.get(first))) : with(all);
        if (!first.isEmpty() && !first.startsWith("-") && !all.containsKey(first)) {
            String near = Nearest.to(first, all.keySet())
                    .map(name -> "; did you mean '" + name + "'?")
                    .orElse("; 'sluice --help' lists them");
            console.say("expected a command, found '" + first + "'" + near);
            return Exit.USAGE.code();
        }
        return line.execute(arguments);
    }

    private CommandLine with(Map<String, Supplier<Object>> commands) {
        CommandLine line = new CommandLine(new Top());
        commands.forEach((name, command) -> line.addSubcommand(name, command.get()));
        for (CommandLine each : line.getSubcommands().values()) {
            each.setStopAtPositional(each.getCommandName().equals("submit"));
        }
        line.setOut(new PrintWriter(console.out(), true));
        line.setErr(new PrintWriter(console.err(), true));
        line.setColorScheme(CommandLine.Help.defaultColorScheme(console.isColoured() ? Ansi.ON : Ansi.OFF));
        line.setUsageHelpWidth(Math.clamp(console.screen().columns(), 80, MOST_COLUMNS));
        line.setParameterExceptionHandler(this::wrongUsage);
        line.setExecutionExceptionHandler((exception, command, parsed) -> failed(exception));
        return line;
    }

    private Map<String, Supplier<Object>> commands() {
        Map<String, Supplier<Object>> all = new LinkedHashMap<>();
        all.put("submit", () -> new SubmitCommand(console, tail));
        all.put("list", () -> new ListCommand(console));
        all.put("show", () -> new ShowCommand(console));
        all.put("explain", () -> new ExplainCommand(console));
        all.put("logs", () -> new LogsCommand(console));
        all.put("wait", () -> new WaitCommand(console));
        all.put("cancel", () -> new ActCommand.Cancel(console));
        all.put("hold", () -> new ActCommand.Hold(console));
        all.put("release", () -> new ActCommand.Release(console));
        all.put("requeue", () -> new ActCommand.Requeue(console));
        all.put("events", () -> new EventsCommand(console));
        all.put("clusters", () -> new ClustersCommand(console));
        all.put("drain", () -> new SiteCommands.Drain(console));
        all.put("resume", () -> new SiteCommands.Resume(console));
        all.put("projects", () -> new SiteCommands.Projects(console));
        all.put("reload", () -> new SiteCommands.Reload(console));
        all.put("whoami", () -> new SiteCommands.Whoami(console));
        all.put("serve", () -> new ServeCommand(console, server));
        all.put("token", () -> TokenCommands.line(console));
        all.put("backup", () -> new DataCommands.ToFile(console));
        all.put("restore", () -> new DataCommands.FromFile(console));
        all.put("simulate", () -> new SimulateCommand(console));
        all.put("check-config", () -> new LocalCommands.CheckConfig(console));
        all.put("completion", () -> new LocalCommands.Completion(console, () -> with(commands())));
        all.put("version", () -> new LocalCommands.Version(console));
        all.put(RehearseCommand.NAME, () -> new RehearseCommand(console, server));
        return all;
    }

    private int wrongUsage(ParameterException wrong, String[] given) {
        String command = wrong.getCommandLine().getCommandSpec().qualifiedName();
        // Of several lines, the first says it; a message never repeats more of what was typed than that.
        String message = String.valueOf(wrong.getMessage()).lines().findFirst().orElse("");
        console.say(message + "; '" + command + " --help' explains");
        return Exit.USAGE.code();
    }

    private int failed(Exception exception) {
        switch (exception) {
            case Failure failure -> {
                console.say(String.valueOf(failure.getMessage()));
                return failure.exit().code();
            }
            case InvalidValue wrong -> {
                console.say(String.valueOf(wrong.getMessage()));
                return Exit.USAGE.code();
            }
            default -> {
                console.say("a mistake of ours: " + exception
                        + "; please report it, with what the same command says under SLUICE_DEBUG=1");
                if (!console.variable("SLUICE_DEBUG").isEmpty()) {
                    exception.printStackTrace(console.err());
                }
                return Exit.BROKEN.code();
            }
        }
    }

    @Command(
            name = NAME,
            synopsisSubcommandLabel = "COMMAND",
            description = {
                "",
                "One gate in front of SLURM and Kubernetes: hand in jobs, see where they stand and why.",
                ""
            },
            footer = {
                "",
                "Exit codes:",
                "  0  done; of a job that was waited for: it succeeded",
                "  1  a job did not succeed, what was named is not there, or work here failed",
                "  2  the command line is wrong",
                "  3  the gateway refused",
                "  4  no gateway answers",
                "  5  the gateway is busy or stops, after several tries",
                "  6  the gateway failed, or answered what makes no sense",
                "  7  what was waited for is not over yet",
                "  130  interrupted",
                "",
                "The gateway is at $SLUICE_URL (http://127.0.0.1:7171). A token comes from $SLUICE_TOKEN, from the file"
                        + " $SLUICE_TOKEN_FILE, or from ~/.config/sluice/token. 'sluice COMMAND --help' explains a command."
            })
    private static final class Top implements Runnable {
        @Option(
                names = {"-h", "--help"},
                usageHelp = true,
                description = "Print this help.")
        private boolean help;

        @CommandLine.Spec
        private CommandLine.Model.@Nullable CommandSpec spec;

        @Override
        public void run() {
            if (spec != null) {
                throw new ParameterException(spec.commandLine(), "expected a command");
            }
        }
    }
}
