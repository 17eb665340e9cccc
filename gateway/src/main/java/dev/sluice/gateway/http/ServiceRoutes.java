package dev.sluice.gateway.http;

import dev.sluice.gateway.wire.JsonWriter;
import dev.sluice.gateway.wire.Problem.Code;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;

/** What is told of the gateway itself: its contract, its health, its meters. */
final class ServiceRoutes {
    private static final String CONTRACT = "/openapi.yaml";
    private static final String METRICS = "text/plain; version=0.0.4; charset=utf-8";

    private final Services services;
    private final byte[] contract;
    private final byte[] up =
            JsonWriter.bytes(out -> out.begin().text("status", "up").end());

    ServiceRoutes(Services services) {
        this.services = services;
        this.contract = contract();
    }

    private static byte[] contract() {
        try (InputStream in = ServiceRoutes.class.getResourceAsStream(CONTRACT)) {
            if (in == null) {
                throw new IllegalStateException("this build lacks its contract, " + CONTRACT);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("the contract cannot be read", e);
        }
    }

    void addTo(Routes routes) {
        routes.open("GET", CONTRACT, x -> x.answer(Answer.of(200, Answer.YAML, contract)));
        routes.open("GET", "/health/live", x -> x.answer(Answer.json(200, up)));
        routes.open("GET", "/health/ready", this::ready);
        routes.add("GET", "/metrics", this::metrics);
    }

    private void ready(Exchange exchange) {
        Optional<String> obstacle = services.obstacles().get();
        exchange.answer(obstacle.isEmpty() ? Answer.json(200, up) : Answer.busy("not ready: " + obstacle.get(), 1));
    }

    private void metrics(Exchange exchange) {
        if (!services.access().watches(exchange.principal())) {
            exchange.problem(
                    Code.FORBIDDEN,
                    "expected a viewer of any project, found "
                            + exchange.principal().user());
        } else {
            // Making it walks over all meters: not on an event loop.
            exchange.read(() -> Answer.of(
                    200, METRICS, services.metrics().get().getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        }
    }
}
