package dev.sluice.gateway.http;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A client that follows server-sent events. */
final class EventStream implements AutoCloseable {
    private static final Event END = new Event("", "end of stream", "");

    private final InputStream body;
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> comments = new LinkedBlockingQueue<>();

    record Event(String id, String type, String data) {
        JsonNode json() throws IOException {
            return Site.json(data);
        }
    }

    private EventStream(InputStream body) {
        this.body = body;
        Thread.ofVirtual().start(this::read);
    }

    static EventStream of(Site site, String path, @Nullable String user, Optional<String> last) throws Exception {
        HttpRequest.Builder request = site.request("GET", path, user, null).header("Accept", "text/event-stream");
        last.ifPresent(id -> request.header("Last-Event-ID", id));
        HttpResponse<InputStream> response =
                site.client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        if (response.statusCode() != 200) {
            throw new AssertionError(
                    response.statusCode() + " " + new String(response.body().readAllBytes(), StandardCharsets.UTF_8));
        }
        return new EventStream(response.body());
    }

    private void read() {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8))) {
            String id = "";
            String type = "";
            String data = "";
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith(":")) {
                    comments.add(line);
                } else if (line.startsWith("id: ")) {
                    id = line.substring(4);
                } else if (line.startsWith("event: ")) {
                    type = line.substring(7);
                } else if (line.startsWith("data: ")) {
                    data = line.substring(6);
                } else if (line.isEmpty() && !data.isEmpty()) {
                    events.add(new Event(id, type, data));
                    id = "";
                    data = "";
                }
            }
        } catch (IOException broken) {
            // The end, too.
        }
        events.add(END);
    }

    Event next() throws InterruptedException {
        Event event = events.poll(Site.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        if (event == null) {
            throw new AssertionError("no event within " + Site.PATIENCE);
        }
        return event;
    }

    Event next(String type) throws InterruptedException {
        Event event = next();
        while (!event.type().equals(type)) {
            if (event == END) {
                throw new AssertionError("the stream ended without " + type);
            }
            event = next();
        }
        return event;
    }

    /** All events to the end of the stream. */
    List<Event> rest() throws InterruptedException {
        List<Event> all = new ArrayList<>();
        for (Event event = next(); event != END; event = next()) {
            all.add(event);
        }
        return all;
    }

    String comment() throws InterruptedException {
        String comment = comments.poll(Site.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        if (comment == null) {
            throw new AssertionError("no comment within " + Site.PATIENCE);
        }
        return comment;
    }

    @Override
    public void close() throws IOException {
        body.close();
    }
}
