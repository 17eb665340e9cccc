package dev.sluice.gateway.http;

import dev.sluice.engine.Input;
import dev.sluice.engine.JobQuery;
import dev.sluice.engine.JobRecord;
import dev.sluice.engine.Reply;
import dev.sluice.engine.StoreLost;
import dev.sluice.gateway.identity.Access;
import dev.sluice.gateway.identity.Principal;
import dev.sluice.gateway.wire.ExplanationViews;
import dev.sluice.gateway.wire.JobPatch;
import dev.sluice.gateway.wire.JobViews;
import dev.sluice.gateway.wire.Problem;
import dev.sluice.gateway.wire.Problem.Code;
import dev.sluice.gateway.wire.Queries;
import dev.sluice.gateway.wire.Reading;
import dev.sluice.gateway.wire.SpecWriter;
import dev.sluice.job.JobId;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.TaskSet;
import dev.sluice.spec.JobSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/** What is asked about jobs, and what is to become of them. */
final class JobRoutes {
    private static final Set<String> PATCH = Set.of("application/merge-patch+json", Answer.JSON);

    private final Services services;
    private final HttpSettings settings;
    private final Intake intake;
    private final Budget buffered;

    JobRoutes(Services services, HttpSettings settings, Intake intake, Budget buffered) {
        this.services = services;
        this.settings = settings;
        this.intake = intake;
        this.buffered = buffered;
    }

    void addTo(Routes routes) {
        routes.add("GET", "/v1/jobs", this::list);
        routes.add("GET", "/v1/jobs/{id}", this::show);
        routes.add("GET", "/v1/jobs/{id}/spec", this::spec);
        routes.add("GET", "/v1/jobs/{id}/tasks", this::tasks);
        routes.add("GET", "/v1/jobs/{id}/explain", this::explain);
        routes.add("DELETE", "/v1/jobs/{id}", x -> act(x, Deed.CANCEL));
        routes.add("POST", "/v1/jobs/{id}/hold", x -> act(x, Deed.HOLD));
        routes.add("POST", "/v1/jobs/{id}/release", x -> act(x, Deed.RELEASE));
        routes.add("POST", "/v1/jobs/{id}/requeue", x -> act(x, Deed.REQUEUE));
        routes.add("PATCH", "/v1/jobs/{id}", this::alter);
    }

    // ---- reads ----

    /** Runs with a value that was read, or answers with the problem. */
    static <T> void with(Exchange exchange, Reading<T> reading, java.util.function.Consumer<T> then) {
        switch (reading) {
            case Reading.Good<T>(T value) -> then.accept(value);
            case Reading.Bad<T>(Problem problem) -> exchange.problem(problem);
        }
    }

    private static Map<String, List<String>> query(Exchange exchange) {
        return QueryString.values(exchange.query());
    }

    /** The answer for a job that is not there, or that is not his to see: the same for both. */
    static Answer noJob(String id) {
        return Answer.problem(
                Code.NOT_FOUND,
                Queries.jobId(id).isPresent()
                        ? "there is no job " + id
                        : "expected a job id, a number from 1 to 2147483647, found another text");
    }

    private void list(Exchange exchange) {
        JobQuery.Scope scope = services.access().scope(exchange.principal());
        with(
                exchange,
                Queries.jobs(query(exchange), scope),
                query -> exchange.read(() -> {
                    List<JobRecord> page = services.store().jobs(query);
                    List<JobId> ids = page.stream().map(job -> job.head().id()).toList();
                    return Answer.json(200, JobViews.jobs(page, Queries.next(query, ids)));
                }));
    }

    /** Makes an answer of a job that he may see. */
    private interface Showing {
        Answer of(JobRecord job, JobId id) throws StoreLost;
    }

    private void showing(Exchange exchange, Showing showing) {
        Optional<JobId> id = Queries.jobId(exchange.argument(0));
        if (id.isEmpty()) {
            exchange.answer(noJob(exchange.argument(0)));
            return;
        }
        exchange.read(() -> {
            Optional<JobRecord> job = intake.visible(exchange.principal(), id.get());
            return job.isPresent() ? showing.of(job.get(), id.get()) : noJob(exchange.argument(0));
        });
    }

    private void show(Exchange exchange) {
        with(
                exchange,
                Queries.none(query(exchange)),
                none -> showing(exchange, (job, id) -> Answer.json(200, JobViews.job(job, id))));
    }

    private void tasks(Exchange exchange) {
        with(
                exchange,
                Queries.tasks(query(exchange)),
                page -> showing(
                        exchange, (job, id) -> Answer.json(200, JobViews.tasks(job, page.after(), page.limit()))));
    }

    /** The environment is in it, and may hold secrets: for those who could have put it there. */
    private void spec(Exchange exchange) {
        with(
                exchange,
                Queries.none(query(exchange)),
                none -> showing(exchange, (job, id) -> {
                    Access.Touch touch = services.access()
                            .touch(
                                    exchange.principal(),
                                    job.head().user(),
                                    job.head().project());
                    boolean own = job.head().user().equals(exchange.principal().user());
                    if (!own && touch instanceof Access.Touch.MayNot mayNot) {
                        return Answer.problem(Code.FORBIDDEN, mayNot.why());
                    }
                    Optional<JobSpec> spec = services.store().spec(job.head().id());
                    return spec.isPresent()
                            ? Answer.json(200, SpecWriter.json(spec.get()))
                            : noJob(exchange.argument(0));
                }));
    }

    /** Whoever sees a job may know why it waits: the engine is asked in an operator's name, since it was looked at here who asks. */
    private void explain(Exchange exchange) {
        with(
                exchange,
                Queries.none(query(exchange)),
                none -> onJob(exchange, (job, id) -> {
                    Reply.Explained asItEnded = new Reply.Explained(job.head(), job.slices(), Optional.empty());
                    ask(exchange, new Input.Explain(Access.operator(exchange.principal()), id), reply -> {
                        if (reply instanceof Reply.Explained explained) {
                            return Answer.json(
                                    200, ExplanationViews.explained(explained.seenBy(known(exchange.principal()))));
                        }
                        // The engine has forgotten it, the store has not.
                        return reply instanceof Reply.NotFound
                                ? Answer.json(200, ExplanationViews.explained(asItEnded))
                                : refused(reply);
                    });
                }));
    }

    // ---- deeds ----

    private enum Deed {
        CANCEL,
        HOLD,
        RELEASE,
        REQUEUE;

        Input.Command command(Input.Requester by, JobId job, Optional<TaskSet> tasks) {
            return switch (this) {
                case CANCEL -> new Input.Cancel(by, job, tasks);
                case HOLD -> new Input.Hold(by, job, tasks);
                case RELEASE -> new Input.Unhold(by, job, tasks);
                case REQUEUE -> new Input.Requeue(by, job, tasks);
            };
        }
    }

    /** Something to do with a job that he may see, on a thread that may block. */
    private interface Doing {
        void with(JobRecord job, JobId id) throws Exception;
    }

    private void onJob(Exchange exchange, Doing doing) {
        Optional<JobId> id = Queries.jobId(exchange.argument(0));
        if (id.isEmpty()) {
            exchange.answer(noJob(exchange.argument(0)));
            return;
        }
        exchange.work(() -> {
            Optional<JobRecord> job = intake.visible(exchange.principal(), id.get());
            if (job.isEmpty()) {
                exchange.hand(() -> exchange.answer(noJob(exchange.argument(0))));
            } else {
                doing.with(job.get(), id.get());
            }
        });
    }

    /** Something to do with a job in the capacity in which he may. */
    private interface Touching {
        void with(JobRecord job, JobId id, Input.Requester as) throws Exception;
    }

    private void touching(Exchange exchange, Touching touching) {
        onJob(exchange, (job, id) -> {
            switch (services.access()
                    .touch(exchange.principal(), job.head().user(), job.head().project())) {
                case Access.Touch.May may -> touching.with(job, id, may.as());
                case Access.Touch.MayNot mayNot -> exchange.hand(() -> exchange.problem(Code.FORBIDDEN, mayNot.why()));
                case Access.Touch.Hidden hidden -> exchange.hand(() -> exchange.answer(noJob(exchange.argument(0))));
            }
        });
    }

    private void act(Exchange exchange, Deed deed) {
        with(
                exchange,
                Queries.taskSet(query(exchange)),
                tasks -> touching(exchange, (job, id, as) -> {
                    if (tasks.isPresent() && !job.head().tasks().intersects(tasks.get())) {
                        exchange.hand(() -> exchange.problem(
                                Code.NOT_FOUND,
                                "tasks: expected some of %s, found none of them"
                                        .formatted(shown(job.head().tasks()))));
                        return;
                    }
                    ask(exchange, deed.command(as, id, tasks), reply -> acted(reply, deed, id));
                }));
    }

    /** The projects that somebody may know of. */
    private Predicate<ProjectPath> known(Principal principal) {
        return project -> services.access().role(principal, project).isPresent();
    }

    private static String shown(TaskSet tasks) {
        String text = tasks.toString();
        return text.length() <= 100 ? text : text.substring(0, 100) + "…";
    }

    private static Answer acted(Reply reply, Deed deed, JobId id) {
        if (reply instanceof Reply.NotFound) {
            // It was seen in the store: it has ended, and was archived. Cancelled twice is cancelled once.
            return deed == Deed.CANCEL ? Answer.underWay() : archived(id);
        }
        return reply instanceof Reply.Done ? Answer.underWay() : refused(reply);
    }

    private static Answer archived(JobId id) {
        return Answer.problem(Code.CONFLICT, "job %s has ended and was archived; hand it in again".formatted(id));
    }

    private void alter(Exchange exchange) {
        if (!BodyReader.isOf(exchange, PATCH)) {
            return;
        }
        BodyReader.read(
                exchange,
                settings,
                buffered,
                services.listener(),
                body -> with(
                        exchange,
                        Queries.none(query(exchange)),
                        none -> with(
                                exchange,
                                JobPatch.read(body),
                                patch -> touching(exchange, (job, id, as) -> alter(exchange, patch, job, as)))));
    }

    private void alter(Exchange exchange, JobPatch patch, JobRecord job, Input.Requester as) {
        JobId id = job.head().id();
        switch (patch.command(as, id, job.labels())) {
            case Reading.Bad<Input.Alter>(Problem problem) -> exchange.hand(() -> exchange.problem(problem));
            case Reading.Good<Input.Alter>(Input.Alter command) -> {
                var unused = services.desk()
                        .ask(command)
                        .whenComplete((reply, thrown) -> exchange.hand(() -> {
                            if (reply instanceof Reply.Done) {
                                // As it is now, from disk: the reply came when it was there.
                                exchange.read(() -> intake.visible(exchange.principal(), id)
                                        .map(now -> Answer.json(200, JobViews.job(now)))
                                        .orElseGet(() -> noJob(id.toString())));
                            } else if (reply instanceof Reply.NotFound) {
                                exchange.answer(archived(id));
                            } else {
                                exchange.answer(reply == null ? Answers.thrown(thrown) : refused(reply));
                            }
                        }));
            }
        }
    }

    private void ask(Exchange exchange, Input.Command command, Function<Reply, Answer> answer) {
        var unused = services.desk()
                .ask(command)
                .whenComplete((reply, thrown) -> exchange.hand(
                        () -> exchange.answer(reply == null ? Answers.thrown(thrown) : answer.apply(reply))));
    }

    private static Answer refused(Reply reply) {
        return Answers.refusal(reply, Answers.Invalid.STANDING).orElseGet(() -> Answers.unexpected(reply));
    }
}
