package dev.sluice.gateway.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** What an RFC 9457 problem says to a person. */
final class Problems {
    private Problems() {}

    /** @param problem missing where the answer was none */
    static String text(int status, JsonNode problem, Access access) {
        String detail = problem.path("detail").asText("");
        if (detail.isEmpty()) {
            return "expected the answer of a gateway from " + access.base() + ", found HTTP status " + status
                    + ": is that a gateway?";
        }
        List<String> lines = new ArrayList<>();
        lines.add(detail);
        JsonNode errors = problem.path("errors");
        if (errors.size() > 1) {
            errors.forEach(each -> lines.add("  " + each.path("pointer").asText("") + ": "
                    + each.path("detail").asText("")));
        }
        String advice = advice(status, access);
        if (!advice.isEmpty()) {
            lines.add(advice);
        }
        if (problem.has("instance")) {
            lines.add("to be quoted to the administrator: "
                    + problem.path("instance").asText(""));
        }
        return String.join("\n", lines);
    }

    private static String advice(int status, Access access) {
        if (status != 401) {
            return "";
        }
        return access.token().isPresent()
                ? "ask the administrator for another token"
                : "put a token into $SLUICE_TOKEN, or into a file of mode 0600 named by $SLUICE_TOKEN_FILE";
    }
}
