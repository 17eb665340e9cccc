package dev.sluice.gateway.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A command that asks one thing of each of some jobs. What fails for one does not keep it from the others. */
abstract class ActCommand extends ClientCommand {
    @Parameters(paramLabel = "ID", arity = "1..*", description = "Jobs, or tasks of them as 1000000000_7.")
    private List<String> ids = new ArrayList<>();

    @Option(names = "--tasks", paramLabel = "TASKS", description = "Only these tasks, as 0-3,7.")
    private Optional<String> tasks = Optional.empty();

    ActCommand(Console console) {
        super(console);
    }

    /** Its request, without the tasks. */
    abstract Api.Request request(JobRef job, Query query);

    abstract Query path(JobRef job);

    /** What is said of a job for which it worked. */
    abstract String done();

    @Override
    final int run(Api api) throws Failure {
        List<JobRef> jobs = ids.stream().map(JobRef::parse).toList();
        Exit exit = Exit.OK;
        ArrayNode answers = Api.JSON.createArrayNode();
        for (JobRef job : jobs) {
            try {
                Query query = path(job)
                        .with(
                                "tasks",
                                job.task().isPresent() ? Optional.of(job.task().getAsInt()) : tasks);
                answers.add(api.ask(request(job, query)));
                if (!json) {
                    console.out().println(job + " " + done());
                }
            } catch (Failure e) {
                if (jobs.size() == 1 || e.exit() == Exit.UNREACHABLE) {
                    throw e;
                }
                console.say(job + ": " + e.getMessage());
                exit = exit == Exit.OK ? e.exit() : exit;
            }
        }
        if (json) {
            answers.forEach(this::print);
        }
        return exit.code();
    }

    @Command(name = "cancel", description = "Cancel jobs, or some of their tasks. What has ended stays as it ended.")
    static final class Cancel extends ActCommand {
        Cancel(Console console) {
            super(console);
        }

        @Override
        Query path(JobRef job) {
            return Query.to("v1", "jobs", job.id());
        }

        @Override
        Api.Request request(JobRef job, Query query) {
            return Api.Request.delete(query);
        }

        @Override
        String done() {
            return "is being cancelled";
        }
    }

    @Command(name = "hold", description = "Keep jobs from starting. What runs is left running.")
    static final class Hold extends Posted {
        Hold(Console console) {
            super(console, "hold", "is held", Api.Twice.SAME);
        }
    }

    @Command(name = "release", description = "End a hold.")
    static final class Release extends Posted {
        Release(Console console) {
            super(console, "release", "is released", Api.Twice.SAME);
        }
    }

    @Command(name = "requeue", description = "Stop what runs of jobs and start it again.")
    static final class Requeue extends Posted {
        Requeue(Console console) {
            super(console, "requeue", "is being queued again", Api.Twice.AGAIN);
        }
    }

    private abstract static class Posted extends ActCommand {
        private final String verb;
        private final String done;
        private final Api.Twice twice;

        Posted(Console console, String verb, String done, Api.Twice twice) {
            super(console);
            this.verb = verb;
            this.done = done;
            this.twice = twice;
        }

        @Override
        Query path(JobRef job) {
            return Query.to("v1", "jobs", job.id(), verb);
        }

        @Override
        Api.Request request(JobRef job, Query query) {
            return Api.Request.post(query, twice);
        }

        @Override
        String done() {
            return done;
        }
    }
}
