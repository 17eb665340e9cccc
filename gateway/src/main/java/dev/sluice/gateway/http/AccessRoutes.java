package dev.sluice.gateway.http;

import dev.sluice.gateway.identity.Principal;
import dev.sluice.gateway.identity.TokenRecord;
import dev.sluice.gateway.identity.Tokens;
import dev.sluice.gateway.wire.JsonWriter;
import dev.sluice.gateway.wire.Problem.Code;
import dev.sluice.gateway.wire.Queries;
import dev.sluice.gateway.wire.TokenRequest;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Who somebody is, and the tokens that say so. */
final class AccessRoutes {
    private final Services services;
    private final HttpSettings settings;
    private final Budget buffered;

    AccessRoutes(Services services, HttpSettings settings, Budget buffered) {
        this.services = services;
        this.settings = settings;
        this.buffered = buffered;
    }

    void addTo(Routes routes) {
        routes.add("GET", "/v1/whoami", this::whoami);
        routes.add("GET", "/v1/tokens", x -> administrating(x, this::list));
        routes.add("POST", "/v1/tokens", x -> administrating(x, this::make));
        routes.add("DELETE", "/v1/tokens/{tokenId}", x -> administrating(x, this::revoke));
    }

    private void whoami(Exchange exchange) {
        JobRoutes.with(exchange, Queries.none(QueryString.values(exchange.query())), none -> {
            Principal principal = exchange.principal();
            exchange.answer(Answer.json(200, JsonWriter.bytes(out -> {
                out.begin()
                        .text("user", principal.user())
                        .flag("admin", services.access().admin(principal))
                        .begin("roles");
                services.access().roles(principal).forEach((project, role) -> out.text(project.value(), role.text()));
                out.end().end();
            })));
        });
    }

    private void administrating(Exchange exchange, Consumer<Exchange> then) {
        if (!services.access().admin(exchange.principal())) {
            exchange.problem(
                    Code.FORBIDDEN,
                    "expected an administrator, found " + exchange.principal().user());
        } else {
            JobRoutes.with(exchange, Queries.none(QueryString.values(exchange.query())), none -> then.accept(exchange));
        }
    }

    private void list(Exchange exchange) {
        exchange.answer(Answer.json(200, JsonWriter.bytes(out -> {
            out.begin().beginList("tokens");
            services.tokens().all().stream()
                    .filter(token -> token.revoked().isEmpty())
                    .forEach(token -> {
                        out.begin();
                        write(out, token);
                        out.end();
                    });
            out.endList().end();
        })));
    }

    private static void write(JsonWriter out, TokenRecord token) {
        out.text("id", token.id()).text("user", token.user());
        if (!token.label().isEmpty()) {
            out.text("note", token.label());
        }
        token.cap().ifPresent(role -> out.text("role", role.text()));
        out.time("created", token.created()).time("expires", token.expires());
    }

    private void make(Exchange exchange) {
        if (!BodyReader.isOf(exchange, Set.of(Answer.JSON))) {
            return;
        }
        BodyReader.read(
                exchange,
                settings,
                buffered,
                services.listener(),
                body -> JobRoutes.with(
                        exchange,
                        TokenRequest.read(body),
                        wanted -> exchange.read(() -> {
                            Tokens.Made made = services.tokens()
                                    .make(wanted.user(), wanted.note(), Optional.empty(), wanted.life());
                            return Answer.json(201, JsonWriter.bytes(out -> {
                                out.begin();
                                write(out, made.token());
                                out.text("secret", made.text().reveal()).end();
                            }));
                        })));
    }

    private void revoke(Exchange exchange) {
        String id = exchange.argument(0);
        exchange.read(() -> services.tokens().revoke(id)
                ? Answer.empty(204)
                : Answer.problem(Code.NOT_FOUND, "there is no token with this id"));
    }
}
