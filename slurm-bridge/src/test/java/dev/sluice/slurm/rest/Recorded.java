package dev.sluice.slurm.rest;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * What slurmrestd really answered, by version of SLURM, version of the interface and what was asked. Taken from facts/slurm, and on
 * 25 Nov 2026 from the same labs (24.11.5, 26.05.5).
 */
record Recorded(int status, JsonNode body) {
    static final List<String> ALL = List.of(
            "24.11-v0.0.40",
            "24.11-v0.0.41",
            "24.11-v0.0.42",
            "26.05-v0.0.42",
            "26.05-v0.0.43",
            "26.05-v0.0.44",
            "26.05-v0.0.45");
    static final List<String> LIVE = List.of("24.11-v0.0.40", "24.11-v0.0.42", "26.05-v0.0.45");

    static Stream<String> all() {
        return ALL.stream();
    }

    static Stream<String> live() {
        return LIVE.stream();
    }

    static Recorded of(String version, String what) {
        String name = version + "-" + what + ".json";
        try (InputStream in = Objects.requireNonNull(Recorded.class.getResourceAsStream(name), name)) {
            JsonNode whole = Wire.MAPPER.readTree(in);
            return new Recorded(whole.path("status").asInt(), whole.path("body"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Reply reply() {
        return new Reply.Json(status, body);
    }

    Reader reader() {
        return new StringReader(body.toString());
    }
}
