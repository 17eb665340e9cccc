package dev.sluice.gateway.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Commands about the federation rather than about jobs. */
final class SiteCommands {
    private SiteCommands() {}

    private abstract static class Switch extends ClientCommand {
        private final String verb;
        private final String done;

        @Parameters(paramLabel = "CLUSTER", description = "The cluster's name.")
        private String cluster = "";

        Switch(Console console, String verb, String done) {
            super(console);
            this.verb = verb;
            this.done = done;
        }

        @Override
        int run(Api api) throws Failure {
            JsonNode answer = api.ask(Api.Request.post(Query.to("v1", "clusters", cluster, verb), Api.Twice.SAME));
            if (json) {
                print(answer);
            } else {
                console.out().println(cluster + " " + done);
            }
            return Exit.OK.code();
        }
    }

    @Command(name = "drain", description = "Give a cluster no new work. What is on it stays.")
    static final class Drain extends Switch {
        Drain(Console console) {
            super(console, "drain", "gets no new work");
        }
    }

    @Command(name = "resume", description = "Give a cluster work again.")
    static final class Resume extends Switch {
        Resume(Console console) {
            super(console, "resume", "gets work again");
        }
    }

    @Command(name = "projects", description = "List your projects: your role, the budget, and what they have used.")
    static final class Projects extends ClientCommand {
        Projects(Console console) {
            super(console);
        }

        @Override
        int run(Api api) throws Failure {
            JsonNode answer = api.get(Query.to("v1", "projects"));
            if (json) {
                print(answer);
                return Exit.OK.code();
            }
            Map<String, JsonNode> used = new HashMap<>();
            api.get(Query.to("v1", "usage"))
                    .path("projects")
                    .forEach(usage -> used.put(usage.path("project").asText(""), usage));
            Table table = new Table().left("PROJECT", "ROLE", "BUDGET").right("CPU HOURS", "RUNS", "MEMBERS");
            for (JsonNode project : answer.path("projects")) {
                String name = project.path("project").asText("");
                JsonNode usage = used.getOrDefault(name, Api.JSON.missingNode());
                table.row(
                        name,
                        project.path("role").asText(""),
                        project.path("budget").asText(""),
                        usage.has("cpuSeconds")
                                ? String.format(
                                        Locale.ROOT,
                                        "%.1f",
                                        usage.path("cpuSeconds").asDouble() / 3600)
                                : "",
                        usage.path("runs").asText(""),
                        project.has("members")
                                ? Integer.toString(project.path("members").size())
                                : "");
            }
            if (table.isEmpty()) {
                console.say("no projects");
            }
            table.print(console);
            return Exit.OK.code();
        }
    }

    @Command(
            name = "reload",
            description = "Let the gateway read its settings again: projects, policy and access.",
            footer = {
                "",
                "Everything is checked first; with a problem nothing changes. What else was changed in the file is named, and"
                        + " holds after a restart. Administrators only; SIGHUP to the gateway does the same."
            })
    static final class Reload extends ClientCommand {
        Reload(Console console) {
            super(console);
        }

        @Override
        int run(Api api) throws Failure {
            JsonNode answer = api.ask(Api.Request.post(Query.to("v1", "reload"), Api.Twice.SAME));
            if (json) {
                print(answer);
                return Exit.OK.code();
            }
            console.out().println("changed: " + words(answer.path("changed"), "nothing"));
            if (!answer.path("restart").isEmpty()) {
                console.out().println("changed after a restart: " + words(answer.path("restart"), ""));
            }
            for (JsonNode source : answer.path("sources")) {
                for (JsonNode problem : source.path("problems")) {
                    console.out().println(source.path("name").asText("") + " is not taken: " + problem.asText(""));
                }
            }
            return Exit.OK.code();
        }

        private static String words(JsonNode list, String none) {
            List<String> words = new ArrayList<>();
            list.forEach(word -> words.add(word.asText("")));
            return words.isEmpty() ? none : String.join(", ", words);
        }
    }

    @Command(name = "whoami", description = "Say who the gateway takes you for.")
    static final class Whoami extends ClientCommand {
        Whoami(Console console) {
            super(console);
        }

        @Override
        int run(Api api) throws Failure {
            JsonNode answer = api.get(Query.to("v1", "whoami"));
            if (json) {
                print(answer);
                return Exit.OK.code();
            }
            List<String> roles = new ArrayList<>();
            answer.path("roles")
                    .properties()
                    .forEach(role -> roles.add(role.getValue().asText("") + " of " + role.getKey()));
            new Table.Pairs()
                    .add("User", answer.path("user").asText(""))
                    .add("Administrator", answer.path("admin").asBoolean() ? "yes" : "no")
                    .add("Roles", String.join(", ", roles))
                    .print(console);
            return Exit.OK.code();
        }
    }
}
