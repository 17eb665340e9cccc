package dev.sluice.gateway;

import dev.sluice.engine.StoreLost;
import dev.sluice.gateway.store.Outbox;
import dev.sluice.gateway.webhook.Delivery;
import dev.sluice.gateway.webhook.OutboxQueue;
import dev.sluice.gateway.wire.EventViews;
import dev.sluice.job.JobId;
import dev.sluice.spec.Bytes;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The store's outbox as the deliverer of webhooks sees it: events in the form of the API. */
final class Letterbox implements OutboxQueue {
    private final Outbox outbox;

    Letterbox(Outbox outbox) {
        this.outbox = outbox;
    }

    @Override
    public List<Delivery> due(Instant now, int most) throws StoreLost {
        return outbox.due(now, most).stream().map(Letterbox::delivery).toList();
    }

    private static Delivery delivery(Outbox.Delivery stored) {
        return new Delivery(
                stored.job(),
                stored.id(),
                stored.url(),
                EventViews.type(stored.event().event()),
                Bytes.of(EventViews.event(stored.event()).orElseThrow()),
                stored.event().at(),
                stored.tries());
    }

    @Override
    public Optional<Instant> next(Instant now) throws StoreLost {
        return outbox.next(now);
    }

    @Override
    public void done(JobId job, long sequence) throws StoreLost {
        outbox.delivered(sequence);
    }

    @Override
    public void defer(JobId job, long sequence, int tries, Instant notBefore) throws StoreLost {
        outbox.defer(sequence, tries, notBefore);
    }
}
