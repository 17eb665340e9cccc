package dev.sluice.gateway.http;

import io.vertx.core.http.HttpHeaders;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** The requests of many lines that are under way on one event loop. For its thread. */
final class LineStreams {
    private final Services services;
    private final HttpSettings settings;
    private final Intake intake;
    private final Budget buffered;
    private final Readers readers;
    private final Map<LineStream, Boolean> open = new IdentityHashMap<>();

    LineStreams(Services services, HttpSettings settings, Intake intake, Budget buffered, Readers readers) {
        this.services = services;
        this.settings = settings;
        this.intake = intake;
        this.buffered = buffered;
        this.readers = readers;
    }

    void begin(Exchange exchange) {
        LineStream stream = new LineStream(exchange, services, settings, intake, buffered, readers, this::over);
        open.put(stream, true);
        if ("100-continue".equalsIgnoreCase(exchange.header(HttpHeaders.EXPECT))) {
            Exchange.ignore(exchange.response().writeContinue());
        }
        stream.begin();
    }

    private void over(LineStream stream) {
        open.remove(stream);
    }

    /** No more lines are taken; those under way are answered. */
    void stop() {
        List<LineStream> all = new ArrayList<>(open.keySet());
        all.forEach(LineStream::stop);
    }
}
