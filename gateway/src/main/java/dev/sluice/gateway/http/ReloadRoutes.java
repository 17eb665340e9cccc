package dev.sluice.gateway.http;

import dev.sluice.gateway.wire.JsonWriter;
import dev.sluice.gateway.wire.Problem;
import dev.sluice.gateway.wire.Problem.Code;
import dev.sluice.gateway.wire.Queries;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** {@code /v1/reload}: projects, policy and access read again, by an administrator. */
final class ReloadRoutes {
    private final Services services;

    ReloadRoutes(Services services) {
        this.services = services;
    }

    void addTo(Routes routes) {
        routes.add("GET", "/v1/reload", x -> administrating(x, this::standing));
        routes.add("POST", "/v1/reload", x -> administrating(x, this::reload));
    }

    private void administrating(Exchange exchange, Supplier<Answer> answer) {
        if (!services.access().admin(exchange.principal())) {
            exchange.problem(
                    Code.FORBIDDEN,
                    "expected an administrator, found " + exchange.principal().user());
        } else {
            JobRoutes.with(
                    exchange, Queries.none(QueryString.values(exchange.query())), none -> exchange.read(answer::get));
        }
    }

    private Answer standing() {
        return Answer.json(200, JsonWriter.bytes(out -> {
            out.begin();
            sources(out);
            out.end();
        }));
    }

    private Answer reload() {
        return switch (services.reloading().reload()) {
            case Reloading.Outcome.Done(List<String> changed, List<String> restart) ->
                Answer.json(200, JsonWriter.bytes(out -> {
                    out.begin();
                    out.texts("changed", changed).texts("restart", restart);
                    sources(out);
                    out.end();
                }));
            case Reloading.Outcome.Refused(List<String> problems) ->
                Answer.problem(new Problem(
                        Code.CONFLICT,
                        problems.size() == 1
                                ? "nothing was changed: " + problems.getFirst()
                                : "nothing was changed: expected no problems in the settings, found " + problems.size(),
                        problems.stream()
                                .limit(Problem.MAX_ERRORS)
                                .map(ReloadRoutes::error)
                                .toList(),
                        Optional.empty()));
        };
    }

    /** Where it is, as {@code sluice.yaml:3:5}, and what. */
    private static Problem.Error error(String problem) {
        int colon = problem.indexOf(": ");
        return colon < 0
                ? new Problem.Error("", problem)
                : new Problem.Error(problem.substring(0, colon), problem.substring(colon + 2));
    }

    private void sources(JsonWriter out) {
        out.beginList("sources");
        for (Reloading.Source source : services.reloading().sources()) {
            out.begin().text("name", source.name());
            source.asked().ifPresent(time -> out.time("asked", time));
            source.taken().ifPresent(time -> out.time("taken", time));
            out.number("projects", source.projects())
                    .texts("problems", source.problems())
                    .end();
        }
        out.endList();
    }
}
