package dev.sluice.slurm.rest;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A JSON web token of SLURM. Its {@code toString} tells nothing.
 *
 * @param end from when on slurmctld refuses it; {@link Instant#MAX} for one that does not end
 */
record Token(String text, Instant end) {
    /** What a header may carry without ending it. */
    private static final Pattern SAFE = Pattern.compile("[A-Za-z0-9._~+/=-]{1,16384}");

    private static final String PREFIX = "SLURM_JWT=";

    private static final JsonMapper MAPPER = new JsonMapper();

    /**
     * Reads what {@code scontrol token} or a program like it prints.
     *
     * @param otherwise when it ends if it does not say so itself
     * @return empty when it is no token
     */
    static Optional<Token> read(String printed, Instant otherwise) {
        String trimmed = printed.strip();
        String text = trimmed.startsWith(PREFIX) ? trimmed.substring(PREFIX.length()) : trimmed;
        return SAFE.matcher(text).matches() ? Optional.of(new Token(text, end(text, otherwise))) : Optional.empty();
    }

    private static Instant end(String text, Instant otherwise) {
        String[] parts = text.split("\\.", -1);
        if (parts.length != 3) {
            return otherwise;
        }
        try {
            byte[] claims = Base64.getUrlDecoder().decode(parts[1]);
            JsonNode exp =
                    MAPPER.readTree(new String(claims, StandardCharsets.UTF_8)).path("exp");
            return exp.canConvertToLong() && exp.isNumber() ? Instant.ofEpochSecond(exp.longValue()) : Instant.MAX;
        } catch (JacksonException | IllegalArgumentException e) {
            return otherwise;
        }
    }

    @Override
    public String toString() {
        return "***";
    }
}
