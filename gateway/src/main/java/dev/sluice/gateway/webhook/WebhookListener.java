package dev.sluice.gateway.webhook;

import java.time.Duration;

/** Is told how deliveries went, for meters. Called from any thread; must neither block nor throw. */
public interface WebhookListener {
    /** A try is over. */
    void tried(Result result, Duration took);

    enum Result {
        DELIVERED,
        FAILED,
        REFUSED,
        GAVE_UP
    }

    WebhookListener NONE = (result, took) -> {};
}
