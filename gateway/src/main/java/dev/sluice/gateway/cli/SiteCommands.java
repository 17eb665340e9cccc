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

    @Command(name = "clusters", description = "List the clusters: whether they answer, and what they have.")
    static final class Clusters extends ClientCommand {
        Clusters(Console console) {
            super(console);
        }

        @Override
        int run(Api api) throws Failure {
            JsonNode answer = api.get(Query.to("v1", "clusters"));
            if (json) {
                print(answer);
                return Exit.OK.code();
            }
            When when = new When(console);
            Table table = new Table()
                    .left("CLUSTER", "HEALTH", "DRAINED")
                    .right("ATTEMPTS")
                    .left("PARTITION")
                    .right("CPUS", "MEMORY", "GPUS", "READ")
                    .left("NOTE");
            for (JsonNode cluster : answer.path("clusters")) {
                rows(table, cluster, when);
            }
            if (table.isEmpty()) {
                console.say("no clusters are configured");
            }
            table.print(console);
            return Exit.OK.code();
        }

        private static void rows(Table table, JsonNode cluster, When when) {
            List<JsonNode> partitions = new ArrayList<>();
            cluster.path("partitions").forEach(partitions::add);
            if (partitions.isEmpty()) {
                partitions.add(Api.JSON.createObjectNode());
            }
            String health = cluster.path("health").asText("");
            String silent = cluster.path("silentSince").asText("");
            for (JsonNode partition : partitions) {
                JsonNode total = partition.path("total");
                table.row(
                        Table.Cell.of(cluster.path("name").asText("")),
                        new Table.Cell(health, Paint.of(health)),
                        Table.Cell.of(cluster.path("drained").asBoolean() ? "drained" : ""),
                        Table.Cell.of(cluster.path("attempts").asText("")),
                        Table.Cell.of(partition.path("name").asText("")),
                        Table.Cell.of(total.path("cpus").asText("")),
                        Table.Cell.of(
                                total.has("memoryBytes")
                                        ? Amounts.shownBytes(
                                                total.path("memoryBytes").asLong())
                                        : ""),
                        Table.Cell.of(gpus(total.path("gpus"))),
                        Table.Cell.of(when.ago(cluster.path("asOf").asText(""))),
                        Table.Cell.of(silent.isEmpty() ? "" : "silent since " + when.full(silent)));
            }
        }

        private static String gpus(JsonNode gpus) {
            List<String> parts = new ArrayList<>();
            gpus.properties()
                    .forEach(
                            gpu -> parts.add(gpu.getKey() + ":" + gpu.getValue().asLong()));
            return String.join(",", parts);
        }
    }

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
