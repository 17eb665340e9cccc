package dev.sluice.gateway.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "list",
        description = "List jobs, the newest first.",
        footer = {"", "Restrictions are joined by and; several statuses by or."})
final class ListCommand extends ClientCommand {
    private static final int PAGE = 1000;

    @Option(
            names = {"-u", "--user"},
            paramLabel = "NAME",
            description = "Jobs of this user.")
    private Optional<String> user = Optional.empty();

    @Option(
            names = {"-p", "--project"},
            paramLabel = "PATH",
            description = "Jobs of this project.")
    private Optional<String> project = Optional.empty();

    @Option(
            names = {"-n", "--name"},
            paramLabel = "NAME",
            description = "Jobs of exactly this name.")
    private Optional<String> name = Optional.empty();

    @Option(
            names = {"-s", "--status"},
            paramLabel = "STATUS",
            split = ",",
            description = "Jobs with a task that stands so: queued, running, failed … Several by commas.")
    private List<String> statuses = new ArrayList<>();

    @Option(names = "--cluster", paramLabel = "NAME", description = "Jobs with a live task on this cluster.")
    private Optional<String> cluster = Optional.empty();

    @Option(names = "--label", paramLabel = "KEY=VALUE", description = "Jobs that carry this label. May be repeated.")
    private List<String> labels = new ArrayList<>();

    @Option(names = "--since", paramLabel = "TIME", description = "Jobs submitted since 2h (ago), 2026-12-01, 08:00 …")
    private Optional<String> since = Optional.empty();

    @Option(names = "--before", paramLabel = "TIME", description = "Jobs submitted before that.")
    private Optional<String> before = Optional.empty();

    @Option(
            names = "--limit",
            paramLabel = "N",
            description = "At most so many jobs (default: ${DEFAULT-VALUE}); 0 for all.",
            defaultValue = "100")
    private int limit;

    @Option(
            names = {"-q", "--quiet"},
            description = "Print ids alone, a line each.")
    private boolean quiet;

    ListCommand(Console console) {
        super(console);
    }

    @Override
    int run(Api api) throws Failure {
        if (limit < 0) {
            throw Failure.usage("expected a number from 0 behind --limit, found " + limit);
        }
        ArrayNode jobs = Api.JSON.createArrayNode();
        Optional<String> next = fetch(api, jobs);
        if (json) {
            ObjectNode answer = Api.JSON.createObjectNode();
            answer.set("jobs", jobs);
            next.ifPresent(cursor -> answer.put("next", cursor));
            print(answer);
        } else if (quiet) {
            jobs.forEach(job -> console.out().println(job.path("id").asInt()));
        } else {
            print(jobs);
            next.ifPresent(cursor -> console.say("there are more; --limit 0 lists all"));
        }
        return Exit.OK.code();
    }

    private Optional<String> fetch(Api api, ArrayNode into) throws Failure {
        String cursor = "";
        do {
            int most = limit == 0 ? PAGE : Math.min(PAGE, limit - into.size());
            Query query = query().with("limit", most);
            JsonNode page = api.get(cursor.isEmpty() ? query : query.with("cursor", cursor));
            page.path("jobs").forEach(into::add);
            cursor = page.path("next").asText("");
        } while (!cursor.isEmpty() && (limit == 0 || into.size() < limit));
        return cursor.isEmpty() ? Optional.empty() : Optional.of(cursor);
    }

    private Query query() {
        When when = new When(console);
        Query query = Query.to("v1", "jobs")
                .with("user", user)
                .with("project", project)
                .with("name", name)
                .with("cluster", cluster)
                .with("submittedFrom", since.map(when::before))
                .with("submittedBefore", before.map(when::before));
        labels.forEach(label -> query.with("label", label));
        return statuses.isEmpty() ? query : query.with("status", String.join(",", statuses));
    }

    private void print(ArrayNode jobs) {
        When when = new When(console);
        Table table = new Table()
                .right("ID")
                .left("NAME", "USER", "PROJECT", "STATUS", "CLUSTER")
                .right("SUBMITTED", "RUN")
                .left("WHY");
        for (JsonNode each : jobs) {
            JobView job = new JobView(each);
            table.row(
                    Table.Cell.of(job.text("id")),
                    Table.Cell.of(Text.cut(job.text("name"), 32)),
                    Table.Cell.of(job.text("user")),
                    Table.Cell.of(job.text("project")),
                    new Table.Cell(job.standing(), job.paint()),
                    Table.Cell.of(job.clusters()),
                    Table.Cell.of(when.ago(job.text("submitted"))),
                    Table.Cell.of(when.between(job.started(), job.ended())),
                    Table.Cell.of(job.why()));
        }
        if (table.isEmpty()) {
            console.say("no jobs");
        }
        table.print(console);
    }
}
