package dev.sluice.gateway.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "show", description = "Show a job: how its tasks stand, where they were tried, and what ran.")
final class ShowCommand extends ClientCommand {
    @Parameters(paramLabel = "ID", description = "The job, or a task of it.")
    private String id = "";

    @Option(names = "--spec", description = "Print it as it was handed in, in JSON.")
    private boolean spec;

    ShowCommand(Console console) {
        super(console);
    }

    @Override
    int run(Api api) throws Failure {
        JobRef ref = JobRef.parse(id);
        if (spec) {
            print(api.get(Query.to("v1", "jobs", ref.id(), "spec")));
            return Exit.OK.code();
        }
        JsonNode answer = api.get(Query.to("v1", "jobs", ref.id()));
        if (json) {
            print(answer);
            return Exit.OK.code();
        }
        JobView job = new JobView(answer);
        head(job);
        groups(job.groups(api));
        attempts(answer.path("attempts"));
        runs(answer.path("runs"));
        return Exit.OK.code();
    }

    private void head(JobView job) {
        When when = new When(console);
        JsonNode json = job.json();
        new Table.Pairs()
                .add(
                        "Id",
                        job.text("id")
                                + (job.task().isPresent()
                                        ? " (asked for task " + job.task().getAsInt() + ")"
                                        : ""))
                .add("Name", job.text("name"))
                .add("Project", job.text("project"))
                .add("User", job.text("user"))
                .add("Status", new Table.Cell(job.standing(), job.paint()))
                .add("Submitted", when.full(job.text("submitted")))
                .add("Begin", when.full(job.text("begin")))
                .add("After", job.text("after"))
                .add("Tasks", job.text("tasks").equals("0") ? "" : job.text("tasks") + atOnce(json))
                .add("Resources", resources(json.path("resources")))
                .add("Limit", limit(json.path("limitSeconds")))
                .add("Image", job.text("image"))
                .add("Priority", json.path("priorityClass").asInt() == 0 ? "" : job.text("priorityClass"))
                .add("Labels", labels(json.path("labels")))
                .add("Comment", job.text("comment"))
                .print(console);
    }

    private static String atOnce(JsonNode json) {
        return json.has("atOnce") ? ", at most " + json.path("atOnce").asInt() + " at once" : "";
    }

    private static String limit(JsonNode limit) {
        if (limit.isMissingNode()) {
            return "what its cluster gives";
        }
        return limit.isNumber() ? Amounts.shown(Duration.ofSeconds(limit.asLong())) : limit.asText("");
    }

    private static String labels(JsonNode labels) {
        List<String> pairs = new ArrayList<>();
        labels.properties()
                .forEach(label ->
                        pairs.add(label.getKey() + "=" + label.getValue().asText("")));
        return String.join(", ", pairs);
    }

    static String resources(JsonNode resources) {
        List<String> parts = new ArrayList<>();
        if (resources.path("nodes").asInt() > 1) {
            parts.add(Text.count(resources.path("nodes").asInt(), "node"));
        }
        parts.add(Text.count(resources.path("cpus").asLong(), "CPU"));
        if (resources.path("memoryBytes").asLong() > 0) {
            parts.add(Amounts.shownBytes(resources.path("memoryBytes").asLong()));
        }
        resources
                .path("gpus")
                .properties()
                .forEach(gpu -> parts.add(Text.count(gpu.getValue().asLong(), "GPU")
                        + (gpu.getKey().equals("*") ? "" : " of type " + gpu.getKey())));
        return String.join(", ", parts);
    }

    private void groups(List<JsonNode> groups) {
        When when = new When(console);
        Table table = new Table()
                .left("TASKS", "STATUS", "CLUSTER", "PARTITION", "NATIVE")
                .right("TRY", "STARTED", "RUN")
                .left("WHY");
        for (JsonNode group : groups) {
            String started = group.path("started").asText("");
            String status = group.path("status").asText("");
            table.row(
                    Table.Cell.of(group.path("tasks").asText("")),
                    new Table.Cell(status, Paint.of(status)),
                    Table.Cell.of(group.path("cluster").asText("")),
                    Table.Cell.of(group.path("partition").asText("")),
                    Table.Cell.of(group.path("native").asText("")),
                    Table.Cell.of(group.path("tries").asText("")),
                    Table.Cell.of(when.ago(started)),
                    Table.Cell.of(when.between(started, group.path("ended").asText(""))),
                    Table.Cell.of(JobView.why(group)));
        }
        section(table);
    }

    private void attempts(JsonNode attempts) {
        When when = new When(console);
        Table table = new Table()
                .left("ATTEMPT", "TASKS", "CLUSTER", "NATIVE")
                .right("PLACED")
                .left("WHY THERE");
        attempts.forEach(attempt -> table.row(
                attempt.path("attempt").asText(""),
                attempt.path("tasks").asText(""),
                attempt.path("cluster").asText(""),
                attempt.path("native").asText(""),
                when.ago(attempt.path("placed").asText("")),
                attempt.path("why").asText("")));
        section(table);
    }

    private void runs(JsonNode runs) {
        When when = new When(console);
        Table table = new Table().left("RUN OF TASKS", "ATTEMPT").right("STARTED", "TOOK");
        runs.forEach(run -> table.row(
                run.path("tasks").asText(""),
                run.path("attempt").asText(""),
                when.ago(run.path("started").asText("")),
                when.between(run.path("started").asText(""), run.path("ended").asText(""))));
        section(table);
    }

    private void section(Table table) {
        if (!table.isEmpty()) {
            console.out().println();
            table.print(console);
        }
    }
}
