package dev.sluice.gateway.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "events",
        description = "Print what happened, to one job or to all that one may see.",
        footer = {"", "With --json: an event a line, for programs."})
final class EventsCommand extends ClientCommand {
    /** The gateway writes a comment each 15 s. */
    private static final Duration SILENCE = Duration.ofSeconds(40);

    private static final Duration AGAIN = Duration.ofSeconds(1);
    private static final int MOST_LOST = 60;

    @Parameters(paramLabel = "ID", arity = "0..1", description = "The job; without one, all.")
    private Optional<String> id = Optional.empty();

    @Option(
            names = {"-f", "--follow"},
            description = "Go on with what happens next, until interrupted or until the job is over.")
    private boolean follow;

    @Option(
            names = "--after",
            paramLabel = "SEQUENCE",
            description =
                    "Begin behind this event; without it, -f begins with what happens next of all, or with the job's first.")
    private Optional<Long> after = Optional.empty();

    EventsCommand(Console console) {
        super(console);
    }

    @Override
    int run(Api api) throws Failure {
        Optional<JobRef> job = id.map(JobRef::parse);
        if (follow) {
            follow(api, job);
            return Exit.OK.code();
        }
        long next = after.orElse(0L);
        while (true) {
            JsonNode page = api.get(path(job).with("after", next).with("limit", 1000));
            page.path("events").forEach(this::show);
            if (page.path("events").isEmpty()) {
                return Exit.OK.code();
            }
            next = page.path("next").asLong();
        }
    }

    private static Query path(Optional<JobRef> job) {
        return job.isPresent() ? Query.to("v1", "jobs", job.get().id(), "events") : Query.to("v1", "events");
    }

    private void follow(Api api, Optional<JobRef> job) throws Failure {
        String last = after.or(() -> job.map(ref -> 0L)).map(String::valueOf).orElse("");
        int lost = 0;
        while (true) {
            boolean over = job.isPresent()
                    && new JobView(api.get(Query.to("v1", "jobs", job.get().id()))).isOver();
            Map<String, String> from = last.isEmpty() ? Map.of() : Map.of("Last-Event-ID", last);
            Api.Request request = Api.Request.get(path(job)).accepting("text/event-stream", from, SILENCE);
            try (Sse events = new Sse(api.open(request))) {
                for (Optional<JsonNode> event = events.next(); event.isPresent(); event = events.next()) {
                    show(event.get());
                    console.out().flush();
                    last = event.get().path("sequence").asText("");
                    lost = 0;
                }
            } catch (IOException e) {
                over = false;
                lost++;
            } catch (Failure e) {
                boolean away = e.exit() == Exit.UNREACHABLE || e.exit() == Exit.BUSY;
                if (!away || ++lost > MOST_LOST) {
                    throw e;
                }
                over = false;
            }
            if (over) {
                return;
            }
            console.rest(AGAIN);
        }
    }

    private void show(JsonNode event) {
        if (json) {
            print(event);
            return;
        }
        List<String> words = new ArrayList<>();
        words.add(new When(console).clock(event.path("at").asText("")));
        words.add(event.path("type").asText(""));
        add(words, "job ", event.path("job"));
        if (!event.path("tasks").asText("0").equals("0")) {
            add(words, "tasks ", event.path("tasks"));
        }
        add(words, "", event.path("status"));
        add(words, "on ", event.path("cluster"));
        add(words, "as ", event.path("native"));
        add(words, "by ", event.path("by"));
        add(words, "stopping: ", event.path("stopping"));
        add(words, "exit code ", event.path("exitCode"));
        add(words, "signal ", event.path("signal"));
        add(words, "", event.path("detail"));
        console.out().println(Text.harmless(String.join("  ", words)));
    }

    private static void add(List<String> words, String before, JsonNode value) {
        String text = value.asText("");
        if (!text.isEmpty()) {
            words.add(before + text);
        }
    }
}
