package dev.sluice.gateway;

import dev.sluice.engine.StoreLost;
import dev.sluice.gateway.store.Purged;
import dev.sluice.gateway.store.SqliteStore;
import dev.sluice.gateway.store.StoreSettings;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The thread that takes away, now and then, what was kept long enough. */
final class Housekeeping implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);
    private static final Duration FIRST = Duration.ofMinutes(1);
    private static final Duration EVERY = Duration.ofMinutes(10);

    private final SqliteStore store;
    private final StoreSettings settings;
    private final InstantSource clock;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "sluice-housekeeping");

    Housekeeping(SqliteStore store, StoreSettings settings, InstantSource clock) {
        this.store = store;
        this.settings = settings;
        this.clock = clock;
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        try {
            Duration pause = FIRST;
            while (!closing.await(pause.toSeconds(), TimeUnit.SECONDS)) {
                pause = EVERY;
                purge();
            }
        } catch (InterruptedException ended) {
            LOG.warn("housekeeping ends: interrupted");
        }
    }

    private void purge() {
        try {
            Purged purged = store.purge(clock.instant(), settings);
            if (purged.jobs() > 0 || purged.events() > 0) {
                LOG.info("purged jobs={} events={}", purged.jobs(), purged.events());
            }
        } catch (StoreLost | RuntimeException e) {
            LOG.error("what is old stays for now, and is purged at the next try inMinutes={}", EVERY.toMinutes(), e);
        }
    }

    @Override
    public void close() throws InterruptedException {
        closing.countDown();
        thread.join();
    }
}
