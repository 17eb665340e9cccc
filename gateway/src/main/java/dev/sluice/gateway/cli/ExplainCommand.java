package dev.sluice.gateway.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "explain",
        description = "Say why a job stands as it stands: what blocks it, who is ahead, what would help.")
final class ExplainCommand extends ClientCommand {
    @Parameters(paramLabel = "ID", description = "The job.")
    private String id = "";

    ExplainCommand(Console console) {
        super(console);
    }

    @Override
    int run(Api api) throws Failure {
        JsonNode answer = api.get(Query.to("v1", "jobs", JobRef.parse(id).id(), "explain"));
        if (json) {
            print(answer);
        } else {
            print(console, answer);
        }
        return Exit.OK.code();
    }

    /** The sentences, then place by place what is against it; of an explanation or of a dry run's plan. */
    static void print(Console console, JsonNode answer) {
        answer.path("sentences").forEach(sentence -> console.out().println(Text.harmless(sentence.asText(""))));
        Table table = new Table().left("TASKS").right("AHEAD").left("WHERE", "WHY NOT THERE");
        for (JsonNode wait : answer.path("waits")) {
            String tasks = wait.path("tasks").asText("");
            String ahead = wait.path("ahead").asText("");
            String everywhere = reasons(wait.path("everywhere"));
            if (!everywhere.isEmpty()) {
                table.row(tasks, ahead, "anywhere", everywhere);
            }
            for (JsonNode place : wait.path("places")) {
                String partition = place.path("partition").asText("");
                String where = place.path("cluster").asText("") + (partition.isEmpty() ? "" : "/" + partition);
                String why = reasons(place.path("reasons"));
                table.row(tasks, ahead, where, why.isEmpty() ? "nothing: it waits for its turn" : why);
            }
        }
        if (!table.isEmpty()) {
            console.out().println();
            table.print(console);
        }
    }

    private static String reasons(JsonNode reasons) {
        List<String> texts = new ArrayList<>();
        reasons.forEach(reason -> texts.add(reason.path("text").asText("")));
        return String.join("; ", texts);
    }
}
