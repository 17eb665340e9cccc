package dev.sluice.gateway.projects;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks a teller, at once and then as often as it is to be asked, on a thread of its own. */
final class Poller implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Poller.class);

    private final Teller teller;
    private final Listener listener;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;

    /** Hears what the teller said, on the poller's thread. */
    interface Listener {
        void answered(Poller from, String text);

        void failed(Poller from, String why);
    }

    Poller(Teller teller, Listener listener) {
        this.teller = teller;
        this.listener = listener;
        this.thread =
                Thread.ofPlatform().daemon().name("sluice-" + teller.name()).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    Teller teller() {
        return teller;
    }

    private void run() {
        try {
            do {
                ask();
            } while (!closing.await(teller.every().toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException closed) {
            // It was told to end while it waited for an answer.
        }
    }

    private void ask() throws InterruptedException {
        try {
            listener.answered(this, teller.ask());
        } catch (IOException e) {
            listener.failed(this, String.valueOf(e.getMessage()));
        } catch (RuntimeException defect) {
            LOG.error("a defect: projects stay as they are, and are asked for again teller={}", teller.name(), defect);
        }
    }

    /** Asks no more; an answer that is under way may still come. */
    @Override
    public void close() {
        closing.countDown();
        thread.interrupt();
    }
}
