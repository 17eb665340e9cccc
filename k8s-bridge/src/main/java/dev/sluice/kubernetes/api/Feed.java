package dev.sluice.kubernetes.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * All changes of one kind of object, in order and without gaps: a watch that begins where a list was taken, and goes on from the last
 * version it heard for as long as the server remembers it. Where it does not (410), the feed asks for a new list.
 *
 * <p>A watch has an end of its own each {@link #TURN}, so that a connection that is dead and does not look it is found out.
 */
public final class Feed<T extends HasMetadata> implements AutoCloseable {
    /** How long one watch lasts. */
    static final Duration TURN = Duration.ofSeconds(50);

    private static final Duration GRACE = Duration.ofSeconds(10);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

    /** Who listens. Called by the feed's own thread. */
    public interface Listener<T> {
        void changed(T object);

        /** @param last as it stood when it went */
        void deleted(T last);

        /** Changes may have been missed: {@link #startFrom} a new list. */
        void lost();
    }

    private final Api api;
    private final String path;
    private final String query;
    private final Class<T> type;
    private final UnaryOperator<T> kept;
    private final Listener<T> listener;

    private @Nullable Thread thread;
    private @Nullable InputStream open;
    private String version = "";
    private boolean closed;

    /** How often it left what it heard: who reads a stream from before hears nothing. */
    private int history;

    private Optional<String> trouble = Optional.of("it has not begun");

    /** @param kept what of each object is kept in memory */
    public Feed(Api api, String path, String query, Class<T> type, UnaryOperator<T> kept, Listener<T> listener) {
        this.api = api;
        this.path = path;
        this.query = query;
        this.type = type;
        this.kept = kept;
        this.listener = listener;
    }

    /** Goes on from a list that its listener has; a feed that goes on by itself is left alone. */
    public synchronized void startFrom(String listed) {
        if (closed || !version.isEmpty()) {
            return;
        }
        version = listed;
        notifyAll();
        if (thread == null) {
            thread = Thread.ofVirtual().name("feed " + path).start(this::run);
        }
    }

    /** Leaves what it hears, which is no part of the cluster's history any more, and waits for a list to start from. */
    public void leave() {
        InputStream last;
        synchronized (this) {
            version = "";
            history++;
            last = open;
            open = null;
        }
        close(last);
    }

    /** Why it hears nothing at present. */
    public synchronized Optional<String> trouble() {
        return trouble;
    }

    private void run() {
        Duration pause = FIRST_PAUSE;
        try {
            while (true) {
                Optional<From> from = awaitVersion();
                if (from.isEmpty()) {
                    return;
                }
                if (turn(from.get())) {
                    pause = FIRST_PAUSE;
                } else {
                    pause(pause);
                    pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** No longer than until it is closed. */
    private synchronized void pause(Duration time) throws InterruptedException {
        long until = System.nanoTime() + time.toNanos();
        for (long left = time.toMillis(); left > 0 && !closed; left = (until - System.nanoTime()) / 1_000_000) {
            wait(left);
        }
    }

    /** Empty: it is closed. */
    private synchronized Optional<From> awaitVersion() throws InterruptedException {
        while (version.isEmpty() && !closed) {
            wait();
        }
        return closed ? Optional.empty() : Optional.of(new From(version, history));
    }

    private record From(String version, int history) {}

    /** One watch; whether it came to its own end. */
    private boolean turn(From from) {
        String address = path + "?watch=1&allowWatchBookmarks=true&timeoutSeconds=" + TURN.toSeconds()
                + "&resourceVersion=" + Query.encoded(from.version()) + (query.isEmpty() ? "" : "&" + query);
        return switch (api.stream(address)) {
            case Reply.Said<InputStream>(InputStream body) -> read(body, from.history());
            case Reply.Conflict<InputStream> gone -> {
                forget(gone.message(), from.history());
                yield false;
            }
            case Reply.Absent<InputStream> absent -> failed(absent.message());
            case Reply.Refused<InputStream> refused -> failed(refused.refusal().message());
            case Reply.Unknown<InputStream> unknown -> failed(unknown.doubt().why());
        };
    }

    private boolean read(InputStream body, int its) {
        if (!opened(body, its)) {
            close(body);
            return false;
        }
        CountDownLatch read = Api.closeAfter(body, TURN.plus(GRACE));
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!isCurrent(its) || !heard(line, its)) {
                    return false;
                }
            }
            return true;
        } catch (IOException e) {
            return failed(e.toString());
        } finally {
            read.countDown();
        }
    }

    private synchronized boolean opened(InputStream body, int its) {
        if (!isCurrent(its)) {
            return false;
        }
        open = body;
        trouble = Optional.empty();
        return true;
    }

    private synchronized boolean isCurrent(int its) {
        return !closed && its == history;
    }

    /** Whether the watch goes on. */
    private boolean heard(String line, int its) {
        try {
            JsonNode event = api.json().unmarshal(line, JsonNode.class);
            String word = event.path("type").asText();
            JsonNode node = event.path("object");
            switch (word) {
                case "ADDED", "MODIFIED" ->
                    listener.changed(kept.apply(api.json().convertValue(node, type)));
                case "DELETED" -> listener.deleted(kept.apply(api.json().convertValue(node, type)));
                case "BOOKMARK" -> {}
                default -> {
                    if (node.path("code").asInt() == 410) {
                        forget(node.path("message").asText(), its);
                    } else {
                        failed(node.path("message").asText());
                    }
                    return false;
                }
            }
            advance(node.path("metadata").path("resourceVersion").asText(), its);
            return true;
        } catch (RuntimeException e) {
            // An event that cannot be read is one that was missed.
            forget("an event that cannot be read: " + e.getMessage(), its);
            return false;
        }
    }

    private synchronized void advance(String to, int its) {
        if (its == history) {
            version = to;
        }
    }

    private void forget(String why, int its) {
        synchronized (this) {
            if (its != history) {
                return;
            }
            trouble = Optional.of(why);
            version = "";
        }
        listener.lost();
    }

    private synchronized boolean failed(String why) {
        trouble = Optional.of(why);
        return false;
    }

    @Override
    public void close() {
        InputStream last;
        Thread reader;
        synchronized (this) {
            closed = true;
            last = open;
            reader = thread;
            notifyAll();
        }
        if (reader != null) {
            reader.interrupt();
        }
        close(last);
    }

    private static void close(@Nullable InputStream last) {
        if (last != null) {
            try {
                last.close();
            } catch (IOException e) {
                // It was at its end.
                return;
            }
        }
    }
}
