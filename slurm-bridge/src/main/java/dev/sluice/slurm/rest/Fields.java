package dev.sluice.slurm.rest;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** How slurmrestd writes values: numbers as objects, times as seconds, lists as text. */
final class Fields {
    private Fields() {}

    /** A number, plain or as {@code {set, infinite, number}}; empty for null, unset, infinite or none that fits. */
    static OptionalLong number(JsonNode node) {
        if (node.isObject()) {
            boolean set =
                    node.path("set").asBoolean(true) && !node.path("infinite").asBoolean(false);
            return set ? number(node.path("number")) : OptionalLong.empty();
        }
        if (node.isIntegralNumber() && node.canConvertToLong()) {
            return OptionalLong.of(node.longValue());
        }
        if (node.isFloatingPointNumber() && Math.abs(node.doubleValue()) < 0x1p53) {
            return OptionalLong.of((long) node.doubleValue());
        }
        if (node.isTextual() && node.textValue().matches("[0-9]{1,18}")) {
            return OptionalLong.of(Long.parseLong(node.textValue()));
        }
        return OptionalLong.empty();
    }

    static boolean isInfinite(JsonNode node) {
        return node.path("infinite").asBoolean(false);
    }

    /** Seconds since 1970; empty for 0, which SLURM writes for "not yet", and for what is no number. */
    static Optional<Instant> time(JsonNode node) {
        OptionalLong seconds = number(node);
        return seconds.isPresent() && seconds.getAsLong() > 0 && seconds.getAsLong() < 1L << 40
                ? Optional.of(Instant.ofEpochSecond(seconds.getAsLong()))
                : Optional.empty();
    }

    /** Text of a list, or of one word. */
    static List<String> words(JsonNode node) {
        List<String> words = new ArrayList<>();
        if (node.isArray()) {
            node.forEach(word -> words.add(word.asText()));
        } else if (node.isTextual() && !node.textValue().isEmpty()) {
            words.add(node.textValue());
        }
        return words;
    }

    /** Text with commas in it, as a list. */
    static List<String> commas(JsonNode node) {
        if (node.isArray()) {
            return words(node);
        }
        String text = node.asText("");
        return text.isEmpty() ? List.of() : List.of(text.split(","));
    }
}
