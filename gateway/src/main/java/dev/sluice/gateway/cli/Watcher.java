package dev.sluice.gateway.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Hears from the gateway's events that a job changed, so that nobody has to ask again and again. It only wakes: whoever waits looks
 * at the job itself, now and then also without being woken. A thread of its own reads the stream.
 */
final class Watcher implements AutoCloseable {
    /** The gateway writes a comment each 15 s. */
    private static final Duration SILENCE = Duration.ofSeconds(40);

    private static final Duration LOOK = Duration.ofSeconds(15);
    private static final Duration BLIND_LOOK = Duration.ofSeconds(1);
    private static final int MOST = 10_000;

    private final Api api;
    private final BlockingQueue<Integer> changed = new LinkedBlockingQueue<>(MOST);
    private final Thread reader;
    private volatile boolean open = true;
    private volatile boolean hearing;

    Watcher(Api api) {
        this.api = api;
        this.reader = new Thread(this::hear, "events");
        reader.setDaemon(true);
        reader.start();
    }

    /** How often everything is to be looked at besides. */
    Duration look() {
        return hearing ? LOOK : BLIND_LOOK;
    }

    /** Waits for a job to change, for so long at the most; empty when none has. */
    Optional<Integer> await(Duration most) throws Failure {
        try {
            Integer job = changed.poll(most.toMillis(), TimeUnit.MILLISECONDS);
            return Optional.ofNullable(job);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure(Exit.INTERRUPTED, "interrupted");
        }
    }

    private void hear() {
        String last = "";
        while (open) {
            Map<String, String> from = last.isEmpty() ? Map.of() : Map.of("Last-Event-ID", last);
            Api.Request request =
                    Api.Request.get(Query.to("v1", "events")).accepting("text/event-stream", from, SILENCE);
            try (Sse events = new Sse(api.open(request))) {
                hearing = true;
                for (Optional<JsonNode> event = events.next(); open && event.isPresent(); event = events.next()) {
                    last = event.get().path("sequence").asText("");
                    // A full queue is not drained by anybody: then all are looked at anyway.
                    boolean taken = changed.offer(event.get().path("job").asInt());
                }
            } catch (IOException | Failure e) {
                // Whoever waits looks by himself meanwhile, and tells what is wrong if it lasts.
                hearing = false;
            }
            hearing = false;
            comeBackLater();
        }
    }

    private void comeBackLater() {
        try {
            api.console().rest(BLIND_LOOK);
        } catch (Failure e) {
            open = false;
        }
    }

    @Override
    public void close() {
        open = false;
        reader.interrupt();
    }
}
