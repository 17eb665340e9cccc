package dev.sluice.gateway.telemetry;

import dev.sluice.gateway.webhook.WebhookListener;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.Locale;

/** The meters of webhooks. Thread-safe. */
public final class WebhookMeters implements WebhookListener {
    private final MeterRegistry registry;

    public WebhookMeters(Meters meters) {
        this.registry = meters.registry();
    }

    @Override
    public void tried(Result result, Duration took) {
        registry.timer(
                        "sluice.webhooks",
                        Tags.of("result", result.name().toLowerCase(Locale.ROOT).replace('_', '-')))
                .record(took);
    }
}
