package dev.sluice.gateway.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.concurrent.Callable;
import picocli.CommandLine.Option;

/** A command that asks a gateway. */
abstract class ClientCommand implements Callable<Integer> {
    final Console console;

    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "Where the gateway is; else $SLUICE_URL, else " + Access.USUAL + ".")
    private String url = "";

    @Option(names = "--json", description = "Print the gateway's JSON, for programs.")
    boolean json;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Print this help.")
    private boolean help;

    ClientCommand(Console console) {
        this.console = console;
    }

    @Override
    public final Integer call() throws Failure {
        return run(new Api(console, Access.of(console, url)));
    }

    abstract int run(Api api) throws Failure;

    /** One line of JSON. */
    void print(JsonNode json) {
        console.out().println(json);
    }
}
