package dev.sluice.gateway.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.engine.StoreLost;
import dev.sluice.gateway.identity.Role;
import dev.sluice.gateway.identity.StoredTokens;
import dev.sluice.gateway.identity.TokenRecord;
import dev.sluice.gateway.identity.Tokens;
import dev.sluice.gateway.settings.Spelled;
import dev.sluice.gateway.store.TokenTable;
import dev.sluice.job.UserName;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Makes, lists and revokes API tokens right in the gateway's data directory, so that the first one needs none. A gateway that runs
 * on it knows of each within a second.
 */
@Command(
        name = "token",
        synopsisSubcommandLabel = "(create | list | revoke)",
        description = "Make, list and revoke API tokens.")
final class TokenCommands implements Runnable {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Print this help.")
    private boolean help;

    private final Console console;

    TokenCommands(Console console) {
        this.console = console;
    }

    /** With its own commands. */
    static CommandLine line(Console console) {
        return new CommandLine(new TokenCommands(console))
                .addSubcommand(new Create(console))
                .addSubcommand(new Listing(console))
                .addSubcommand(new Revoke(console));
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(line(console), "expected create, list or revoke behind token");
    }

    private abstract static class OnTable implements Callable<Integer> {
        final Console console;

        @Mixin
        private final DataOptions where = new DataOptions();

        OnTable(Console console) {
            this.console = console;
        }

        @Override
        public final Integer call() throws Failure {
            try (TokenTable table = TokenTable.open(where.directory(console))) {
                // What was read a moment ago is good enough for a command that ends at once.
                Tokens tokens = new Tokens(
                        new StoredTokens(table), where.settings(console).tokens(), console.clock(), () -> 0L);
                return run(tokens).code();
            } catch (StoreLost e) {
                throw new Failure(Exit.FAILED, String.valueOf(e.getMessage()));
            }
        }

        abstract Exit run(Tokens tokens) throws StoreLost, Failure;
    }

    @Command(
            name = "create",
            description = "Make a token and print it, this once: only a hash of it is kept.",
            footer = {
                "",
                "With the first token the gateway asks everybody for one. Keep it in a file of mode 0600, as"
                        + " ~/.config/sluice/token:  (umask 077; sluice token create -u ada > token)"
            })
    static final class Create extends OnTable {
        @Option(
                names = {"-u", "--user"},
                paramLabel = "NAME",
                required = true,
                description = "Whose it is.")
        private String user = "";

        @Option(names = "--label", paramLabel = "TEXT", description = "What it is for.")
        private String label = "";

        @Option(
                names = "--role",
                paramLabel = "ROLE",
                description =
                        "What its holder is at the most with it: viewer, submitter, operator, admin (default: all that the user is).")
        private Optional<String> role = Optional.empty();

        @Option(
                names = "--life",
                paramLabel = "DURATION",
                description = "For how long it is good, as 90d (default: the site's).")
        private Optional<String> life = Optional.empty();

        @Option(names = "--json", description = "Print JSON, for programs.")
        private boolean json;

        Create(Console console) {
            super(console);
        }

        @Override
        Exit run(Tokens tokens) throws StoreLost {
            Optional<Duration> lives = life.map(Spelled::duration);
            Tokens.Made made = tokens.make(new UserName(user), label, role.map(Role::parse), lives);
            if (json) {
                ObjectNode answer = json(made.token()).put("secret", made.text().reveal());
                console.out().println(answer);
                return Exit.OK;
            }
            console.out().println(made.text().reveal());
            console.say("token " + made.token().id() + " of " + user
                    + made.token().expires().map(end -> ", good until " + end).orElse("")
                    + "; it is not shown again");
            return Exit.OK;
        }
    }

    @Command(name = "list", description = "List the tokens, without their secrets.")
    static final class Listing extends OnTable {
        @Option(names = "--json", description = "Print JSON, for programs.")
        private boolean json;

        Listing(Console console) {
            super(console);
        }

        @Override
        Exit run(Tokens tokens) {
            if (json) {
                ArrayNode all = Api.JSON.createArrayNode();
                tokens.all().forEach(token -> all.add(json(token)));
                console.out().println(Api.JSON.createObjectNode().set("tokens", all));
                return Exit.OK;
            }
            When when = new When(console);
            Table table = new Table()
                    .left("ID", "USER", "STATE", "ROLE")
                    .right("MADE")
                    .left("EXPIRES", "LABEL");
            for (TokenRecord token : tokens.all()) {
                String state = state(token, console.clock().instant());
                table.row(
                        Table.Cell.of(token.id()),
                        Table.Cell.of(token.user().value()),
                        new Table.Cell(state, state.equals("good") ? Paint.GREEN : Paint.FAINT),
                        Table.Cell.of(token.cap().map(Role::text).orElse("")),
                        Table.Cell.of(when.ago(token.created().toString())),
                        Table.Cell.of(token.expires()
                                .map(Instant::toString)
                                .map(when::clock)
                                .orElse("")),
                        Table.Cell.of(token.label()));
            }
            if (table.isEmpty()) {
                console.say("no tokens: the gateway listens to this machine alone, and asks nobody for one");
            }
            table.print(console);
            return Exit.OK;
        }
    }

    @Command(name = "revoke", description = "Revoke tokens: within a second they are good for nothing.")
    static final class Revoke extends OnTable {
        @Parameters(paramLabel = "TOKEN", arity = "1..*", description = "Ids, as 'sluice token list' shows them.")
        private List<String> ids = new ArrayList<>();

        Revoke(Console console) {
            super(console);
        }

        @Override
        Exit run(Tokens tokens) throws StoreLost {
            Exit exit = Exit.OK;
            for (String id : ids) {
                if (tokens.revoke(id)) {
                    console.out().println(id + " is revoked");
                } else {
                    // Whatever was typed might be a token itself.
                    console.say("expected a token's id as 'sluice token list' shows it, found none of that name");
                    exit = Exit.FAILED;
                }
            }
            return exit;
        }
    }

    private static String state(TokenRecord token, Instant now) {
        return token.revoked().isPresent() ? "revoked" : token.good(now) ? "good" : "expired";
    }

    private static ObjectNode json(TokenRecord token) {
        ObjectNode json = Api.JSON
                .createObjectNode()
                .put("id", token.id())
                .put("user", token.user().value());
        if (!token.label().isEmpty()) {
            json.put("note", token.label());
        }
        token.cap().ifPresent(cap -> json.put("role", cap.text()));
        json.put("created", token.created().toString());
        token.expires().ifPresent(time -> json.put("expires", time.toString()));
        token.revoked().ifPresent(time -> json.put("revoked", time.toString()));
        return json;
    }
}
