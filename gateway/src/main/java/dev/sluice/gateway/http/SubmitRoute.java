package dev.sluice.gateway.http;

import dev.sluice.engine.Input;
import dev.sluice.engine.Reply;
import dev.sluice.gateway.identity.Access;
import dev.sluice.gateway.wire.ExplanationViews;
import dev.sluice.gateway.wire.JobViews;
import dev.sluice.gateway.wire.Problem;
import dev.sluice.gateway.wire.Problem.Code;
import dev.sluice.gateway.wire.Queries;
import dev.sluice.gateway.wire.Reading;
import dev.sluice.gateway.wire.SpecReader;
import dev.sluice.job.JobId;
import dev.sluice.spec.JobSpec;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /v1/jobs}: one job, a list of jobs, or a trial of one. The hot path: a small body is read and handed in on the event
 * loop that received it, and its answer leaves from there in one call with those of the same commit.
 */
final class SubmitRoute {
    /** Larger ones are read on a thread of their own. */
    private static final int SMALL = 64 << 10;

    private static final Set<String> EITHER = Set.of(Answer.JSON, Answer.LINES);

    private final Services services;
    private final HttpSettings settings;
    private final Intake intake;
    private final Budget buffered;
    private final LineStreams lines;

    SubmitRoute(Services services, HttpSettings settings, Intake intake, Budget buffered, LineStreams lines) {
        this.services = services;
        this.settings = settings;
        this.intake = intake;
        this.buffered = buffered;
        this.lines = lines;
    }

    void submit(Exchange exchange) {
        if (!BodyReader.isOf(exchange, EITHER)) {
            return;
        }
        Queries.Submission kind;
        switch (Queries.submission(QueryString.values(exchange.query()))) {
            case Reading.Good<Queries.Submission>(Queries.Submission good) -> kind = good;
            case Reading.Bad<Queries.Submission>(Problem problem) -> {
                exchange.body(Exchange.Body.COMING);
                exchange.problem(problem);
                return;
            }
        }
        String key = exchange.header("Idempotency-Key");
        if (key != null && !SpecReader.isIdempotencyKey(key)) {
            exchange.body(Exchange.Body.COMING);
            exchange.problem(
                    Code.INVALID_REQUEST,
                    "Idempotency-Key: expected 1 to 255 printable ASCII characters, found something else");
            return;
        }
        boolean streamed = BodyReader.mediaType(exchange.header("Content-Type")).equals(Answer.LINES);
        if (!streamed) {
            BodyReader.read(exchange, settings, buffered, services.listener(), body -> body(exchange, kind, key, body));
        } else if (key != null || kind == Queries.Submission.DRY_RUN) {
            exchange.body(Exchange.Body.COMING);
            exchange.problem(
                    Code.INVALID_REQUEST,
                    "application/x-ndjson: expected neither dryRun nor an Idempotency-Key (each line has its own), found one");
        } else {
            lines.begin(exchange);
        }
    }

    private void body(Exchange exchange, Queries.Submission kind, @Nullable String key, byte[] body) throws Exception {
        if (body.length > SMALL) {
            exchange.work(() -> read(exchange, kind, key, body));
        } else {
            read(exchange, kind, key, body);
        }
    }

    private void read(Exchange exchange, Queries.Submission kind, @Nullable String key, byte[] body) throws Exception {
        switch (SpecReader.body(body, intake.context(exchange.principal()))) {
            case Reading.Bad<SpecReader.Body>(Problem problem) -> exchange.hand(() -> exchange.problem(problem));
            case Reading.Good<SpecReader.Body>(SpecReader.Body good) -> {
                Optional<Input.Token> token = key == null
                        ? Optional.empty()
                        : Optional.of(KeyHash.of(exchange.principal().user(), key, body));
                if (Intake.needsDisk(good.jobs()) && body.length <= SMALL) {
                    exchange.work(() -> handIn(exchange, kind, token, good));
                } else {
                    handIn(exchange, kind, token, good);
                }
            }
        }
    }

    private void handIn(Exchange exchange, Queries.Submission kind, Optional<Input.Token> token, SpecReader.Body body)
            throws Exception {
        switch (intake.submissions(exchange.principal(), body.jobs())) {
            case Reading.Bad<List<Input.Submission>>(Problem problem) -> exchange.hand(() -> exchange.problem(problem));
            case Reading.Good<List<Input.Submission>>(List<Input.Submission> jobs) -> {
                Input.Requester by = Access.self(exchange.principal());
                switch (kind) {
                    case FOR_GOOD ->
                        Asking.ask(
                                services.desk(),
                                exchange,
                                new Input.Submit(by, token, jobs),
                                Answers.Invalid.REQUEST,
                                reply -> accepted(reply, body));
                    case DRY_RUN -> tryOut(exchange, by, body, jobs);
                }
            }
        }
    }

    private void tryOut(Exchange exchange, Input.Requester by, SpecReader.Body body, List<Input.Submission> jobs) {
        switch (body) {
            case SpecReader.Body.Many many ->
                exchange.hand(() -> exchange.problem(
                        Code.INVALID_REQUEST, "dryRun: expected one job, found a list of " + jobs.size()));
            case SpecReader.Body.One one ->
                Asking.ask(
                        services.desk(),
                        exchange,
                        new Input.Try(by, jobs.getFirst()),
                        Answers.Invalid.REQUEST,
                        reply -> reply instanceof Reply.Tried tried
                                ? Answer.json(
                                        200,
                                        ExplanationViews.tried(tried.seenBy(project -> services.access()
                                                .role(exchange.principal(), project)
                                                .isPresent())))
                                : Answers.unexpected(reply));
        }
    }

    private static Answer accepted(Reply reply, SpecReader.Body body) {
        if (!(reply instanceof Reply.Accepted accepted)
                || accepted.jobs().size() != body.jobs().size()) {
            return Answers.unexpected(reply);
        }
        List<JobId> ids = accepted.jobs();
        List<JobSpec> specs = body.jobs();
        return switch (body) {
            case SpecReader.Body.One one ->
                Answer.json(201, JobViews.accepted(ids.getFirst(), specs.getFirst()))
                        .location("/v1/jobs/" + ids.getFirst());
            case SpecReader.Body.Many many -> Answer.json(201, JobViews.accepted(ids, specs));
        };
    }
}
