package dev.sluice.gateway.wire;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Writes one JSON text into memory. What is absent is left out. For one thread, one text.
 *
 * <p>Half a surrogate pair becomes U+FFFD: an answer is always UTF-8.
 */
public final class JsonWriter {
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
            .build();

    private final JsonGenerator out;

    private JsonWriter(JsonGenerator out) {
        this.out = out;
    }

    /** What the writing writes, in UTF-8, on one line. */
    public static byte[] bytes(Consumer<JsonWriter> writing) {
        try (ByteArrayBuilder bytes = new ByteArrayBuilder(512)) {
            try (JsonGenerator generator = FACTORY.createGenerator(bytes)) {
                writing.accept(new JsonWriter(generator));
            }
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException("writing into memory", e);
        }
    }

    private interface Step {
        void run(JsonGenerator out) throws IOException;
    }

    private JsonWriter step(Step step) {
        try {
            step.run(out);
        } catch (IOException e) {
            throw new UncheckedIOException("writing into memory", e);
        }
        return this;
    }

    /** Begins an object: the whole, or an element of a list. */
    public JsonWriter begin() {
        return step(JsonGenerator::writeStartObject);
    }

    public JsonWriter begin(String name) {
        return step(o -> o.writeObjectFieldStart(name));
    }

    /** The key of what is written next. */
    public JsonWriter name(String name) {
        return step(o -> o.writeFieldName(name));
    }

    public JsonWriter end() {
        return step(JsonGenerator::writeEndObject);
    }

    public JsonWriter beginList(String name) {
        return step(o -> o.writeArrayFieldStart(name));
    }

    public JsonWriter endList() {
        return step(JsonGenerator::writeEndArray);
    }

    public JsonWriter text(String name, String value) {
        return step(o -> o.writeStringField(name, whole(value)));
    }

    /** The text of a value, as its {@code toString} gives it. */
    public JsonWriter text(String name, Record value) {
        return text(name, value.toString());
    }

    public JsonWriter text(String name, Optional<?> value) {
        value.ifPresent(present -> text(name, present.toString()));
        return this;
    }

    public JsonWriter number(String name, long value) {
        return step(o -> o.writeNumberField(name, value));
    }

    /** Thousandths, as a number with the fraction that it needs. */
    public JsonWriter thousandths(String name, long value) {
        return step(o -> o.writeNumberField(name, BigDecimal.valueOf(value, 3).stripTrailingZeros()));
    }

    public JsonWriter flag(String name, boolean value) {
        return step(o -> o.writeBooleanField(name, value));
    }

    /** RFC 3339 in UTC, with the fraction that it needs. */
    public JsonWriter time(String name, Instant value) {
        return text(name, value.toString());
    }

    public JsonWriter time(String name, Optional<Instant> value) {
        return text(name, value);
    }

    /** A list of texts. */
    public JsonWriter texts(String name, Collection<?> values) {
        beginList(name);
        values.forEach(this::element);
        return endList();
    }

    /** An element of a list. */
    public JsonWriter element(Object value) {
        return step(o -> o.writeString(whole(value.toString())));
    }

    /** An object of texts. */
    public JsonWriter texts(String name, Map<String, String> values) {
        begin(name);
        values.forEach(this::text);
        return end();
    }

    /** An object of whole numbers. */
    public JsonWriter numbers(String name, Map<String, ? extends Number> values) {
        begin(name);
        values.forEach((key, value) -> number(key, value.longValue()));
        return end();
    }

    private static String whole(String text) {
        if (!Utf8.hasLoneSurrogate(text)) {
            return text;
        }
        StringBuilder out = new StringBuilder();
        text.codePoints().forEach(c -> out.appendCodePoint(Character.getType(c) == Character.SURROGATE ? 0xfffd : c));
        return out.toString();
    }
}
