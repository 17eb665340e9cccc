package dev.sluice.gateway.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Reads server-sent events (HTML Living Standard, 9.2) one after the other, as the gateway sends them: data in one line. */
final class Sse implements AutoCloseable {
    private static final int MOST_LINE = 1 << 20;
    private final BufferedReader in;

    Sse(InputStream in) {
        this.in = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    }

    /**
     * Waits for the next event.
     *
     * @return its data; empty when the stream has ended
     */
    Optional<JsonNode> next() throws IOException {
        StringBuilder data = new StringBuilder();
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            if (line.startsWith("data:")) {
                data.append(line, line.startsWith("data: ") ? 6 : 5, line.length());
            } else if (line.isEmpty() && !data.isEmpty()) {
                return Optional.of(Api.JSON.readTree(data.toString()));
            }
            if (data.length() > MOST_LINE) {
                throw new IOException("an event of more than " + MOST_LINE + " characters");
            }
        }
        return Optional.empty();
    }

    @Override
    public void close() {
        try {
            in.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
