package dev.sluice.gateway.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.sluice.gateway.settings.Spelled;
import dev.sluice.job.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "wait",
        description = "Wait until jobs are over; without an id, until all of yours are.",
        footer = {
            "",
            "Exit code: 0 when all tasks succeeded, 1 when one did not, 7 when --timeout is over before.",
            "With --exit-code: the highest exit code of a task, 128 and more for a signal, as of sbatch --wait.",
            "An interrupt (130) ends the waiting, not the jobs."
        })
final class WaitCommand extends ClientCommand {
    @Parameters(paramLabel = "ID", arity = "0..*", description = "Jobs, or tasks of them as 1000000000_7.")
    private List<String> ids = new ArrayList<>();

    @Option(names = "--timeout", paramLabel = "DURATION", description = "Wait so long at the most, as 30s or 2h.")
    private Optional<String> timeout = Optional.empty();

    @Option(names = "--exit-code", description = "End with the jobs' own exit code.")
    private boolean exitCode;

    @Option(
            names = {"-q", "--quiet"},
            description = "Show no progress, and not how they ended.")
    private boolean quiet;

    WaitCommand(Console console) {
        super(console);
    }

    @Override
    int run(Api api) throws Failure {
        Optional<Duration> most = timeout.map(Spelled::duration);
        List<JobRef> jobs = ids.isEmpty()
                ? own(api)
                : ids.stream().map(JobRef::parse).distinct().toList();
        List<JobView> over = new Waiter(api, quiet ? Waiter.Progress.SILENT : Waiter.Progress.SHOWN).all(jobs, most);
        if (json) {
            ArrayNode all = Api.JSON.createArrayNode();
            over.forEach(job -> all.add(job.json()));
            print(Api.JSON.createObjectNode().set("jobs", all));
        } else if (!quiet) {
            for (int i = 0; i < over.size(); i++) {
                console.out().println(jobs.get(i) + " " + ending(over.get(i)));
            }
        }
        return conclude(api, over, exitCode);
    }

    /** The caller's jobs that are not over. */
    private List<JobRef> own(Api api) throws Failure {
        String user = api.get(Query.to("v1", "whoami")).path("user").asText("");
        String unfinished = Arrays.stream(Status.values())
                .filter(status -> !status.ended())
                .map(Status::text)
                .collect(Collectors.joining(","));
        List<JobRef> jobs = new ArrayList<>();
        String cursor = "";
        do {
            Query query = Query.to("v1", "jobs")
                    .with("user", user)
                    .with("status", unfinished)
                    .with("limit", 1000);
            JsonNode page = api.get(cursor.isEmpty() ? query : query.with("cursor", cursor));
            page.path("jobs")
                    .forEach(job -> jobs.add(JobRef.parse(job.path("id").asText(""))));
            cursor = page.path("next").asText("");
        } while (!cursor.isEmpty());
        return jobs;
    }

    static String ending(JobView job) {
        String why = job.why();
        return job.standing() + (why.isEmpty() ? "" : " (" + why + ")");
    }

    /** The exit of a command that waited, as the footer says. */
    static int conclude(Api api, List<JobView> over, boolean exitCode) throws Failure {
        boolean good = over.stream().allMatch(job -> job.counts().keySet().equals(Set.of(Status.SUCCEEDED)));
        if (good) {
            return Exit.OK.code();
        }
        if (exitCode) {
            int highest = 1;
            for (JobView job : over) {
                for (JsonNode group : job.groups(api)) {
                    highest = Math.max(highest, code(group));
                }
            }
            return highest;
        }
        return Exit.FAILED.code();
    }

    private static int code(JsonNode group) {
        return group.has("signal")
                ? 128 + group.path("signal").asInt()
                : group.path("exitCode").asInt();
    }
}
