package dev.sluice.gateway.cli;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A path with its query, encoded. */
final class Query {
    private final StringBuilder path;
    private final List<String> parameters = new ArrayList<>();

    private Query(StringBuilder path) {
        this.path = path;
    }

    /** The path of these parts, each encoded; {@code Query.to("v1", "jobs")} is {@code /v1/jobs}. */
    static Query to(Object... parts) {
        StringBuilder path = new StringBuilder();
        for (Object part : parts) {
            path.append('/').append(encoded(part.toString()));
        }
        return new Query(path);
    }

    Query with(String name, Object value) {
        parameters.add(name + "=" + encoded(value.toString()));
        return this;
    }

    Query with(String name, Optional<?> value) {
        value.ifPresent(present -> with(name, present));
        return this;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    @Override
    public String toString() {
        return parameters.isEmpty() ? path.toString() : path + "?" + String.join("&", parameters);
    }
}
