package dev.sluice.gateway.telemetry;

import dev.sluice.gateway.http.HttpListener;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** The meters of the HTTP door. Routes are templates of the contract, so that their number is bounded. Thread-safe. */
public final class HttpMeters implements HttpListener {
    private final MeterRegistry registry;
    private final Map<String, Timer> timers = new ConcurrentHashMap<>();
    private final Map<Bound, Counter> refused = new EnumMap<>(Bound.class);
    private volatile int connections;
    private volatile int eventFollowers;
    private volatile int logFollowers;

    public HttpMeters(Meters meters) {
        this.registry = meters.registry();
        for (Bound bound : Bound.values()) {
            refused.put(
                    bound,
                    Counter.builder("sluice.http.refused")
                            .description("Requests and connections that were refused or cut off at a bound")
                            .tag("bound", bound.name().toLowerCase(Locale.ROOT))
                            .register(registry));
        }
        Gauge.builder("sluice.http.connections", this, m -> m.connections)
                .description("Open connections")
                .register(registry);
        Gauge.builder("sluice.http.followers", this, m -> m.eventFollowers)
                .description("Followers of events and of logs")
                .tag("of", "events")
                .register(registry);
        Gauge.builder("sluice.http.followers", this, m -> m.logFollowers)
                .description("Followers of events and of logs")
                .tag("of", "logs")
                .register(registry);
    }

    @Override
    public void answered(String method, String route, int status, long nanos) {
        String outcome = status == 0 ? "gone" : (status / 100) + "xx";
        timers.computeIfAbsent(
                        method + ' ' + route + ' ' + outcome,
                        key -> Timer.builder("sluice.http.requests")
                                .description("Requests, by the contract's routes")
                                .tags("method", method, "route", route, "outcome", outcome)
                                .register(registry))
                .record(nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void connections(int open) {
        connections = open;
    }

    @Override
    public void followers(int events, int logs) {
        eventFollowers = events;
        logFollowers = logs;
    }

    @Override
    public void refused(Bound bound) {
        Counter counter = refused.get(bound);
        if (counter != null) {
            counter.increment();
        }
    }
}
