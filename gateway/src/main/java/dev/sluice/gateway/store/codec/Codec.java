package dev.sluice.gateway.store.codec;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;

/**
 * Writes values of one type as JSON, and reads them back exactly. Thread-safe.
 *
 * <p>A record is an object with a key for each component, a sealed interface an object whose first key {@code type} names the
 * record, or that name alone where it has no components. Ids, times and task sets are their text. A component is left out
 * where it has the value that {@link StoredDefaults} or its type gives to an absent one, so that a component that is added
 * later is read from older rows too. A key that no component has is refused: what wrote it knew more than this release.
 *
 * <p>The text is ASCII, so that no string is changed by an encoding, lone surrogates included.
 */
public final class Codec<T> {
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private final Class<T> type;
    private final Form form;

    private Codec(Class<T> type, Form form) {
        this.type = type;
        this.form = form;
    }

    /** @throws IllegalArgumentException for a type that holds something without a stored form */
    public static <T> Codec<T> of(Class<T> type) {
        return new Codec<>(type, Forms.of(type));
    }

    public String write(T value) {
        return written(out -> form.write(out, value));
    }

    /** @throws Unreadable when it is not what {@link #write(Object)} writes */
    public T read(String text) {
        return read(text, form::read);
    }

    /** A record by the components in which it differs from another; {@code {}} when in none. */
    public String write(T value, T base) {
        return written(out -> record().write(out, value, base));
    }

    /** @throws Unreadable when it is not what {@link #write(Object, Object)} writes */
    public T read(String text, T base) {
        return read(text, in -> record().read(in, base));
    }

    private RecordForm record() {
        if (form instanceof RecordForm record) {
            return record;
        }
        throw new IllegalStateException(type + " is no record");
    }

    private interface Writing {
        void to(JsonGenerator out) throws IOException;
    }

    private interface Reading {
        Object from(JsonParser in) throws IOException;
    }

    private static String written(Writing writing) {
        StringWriter text = new StringWriter(256);
        try (JsonGenerator out = JSON.createGenerator(text)) {
            writing.to(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    private T read(String text, Reading reading) {
        try (JsonParser in = JSON.createParser(text)) {
            in.nextToken();
            Object value = reading.from(in);
            if (in.nextToken() != null) {
                throw new Unreadable("something follows a stored " + type.getSimpleName());
            }
            return type.cast(value);
        } catch (IOException e) {
            throw new Unreadable("a stored " + type.getSimpleName() + " is no JSON", e);
        }
    }
}
