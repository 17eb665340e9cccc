package dev.sluice.gateway.store.codec;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.sluice.policy.project.Resource;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The forms of all types, made once each. */
final class Forms {
    private static final Map<Type, Form> KNOWN = new HashMap<>();

    private Forms() {}

    /** @throws IllegalArgumentException for a type without a stored form */
    static synchronized Form of(Type type) {
        Form known = KNOWN.get(type);
        if (known == null) {
            known = make(type);
            KNOWN.put(type, known);
        }
        return known;
    }

    private static Form make(Type type) {
        if (type instanceof ParameterizedType generic && generic.getRawType() instanceof Class<?> raw) {
            Type[] of = generic.getActualTypeArguments();
            if (raw == Optional.class) {
                return new OptionalForm(of(of[0]));
            }
            if (raw == List.class) {
                return new CollectionForm(of(of[0]), List.of(), ArrayList::new);
            }
            if (raw == Set.class) {
                return new CollectionForm(of(of[0]), Set.of(), LinkedHashSet::new);
            }
            if (raw == SortedSet.class) {
                return new CollectionForm(of(of[0]), new TreeSet<>(), TreeSet::new);
            }
            if (raw == SortedMap.class && of[0] == String.class) {
                return new MapForm(of(of[1]), key -> key);
            }
            if (raw == SortedMap.class && of[0] == Resource.class) {
                return new MapForm(of(of[1]), Resource::of);
            }
        }
        if (type instanceof Class<?> plain) {
            Form scalar = Scalars.of(plain);
            if (scalar != null) {
                return scalar;
            }
            if (plain.isRecord()) {
                return new RecordForm(plain);
            }
            if (plain.isSealed()) {
                return new SealedForm(plain);
            }
        }
        throw new IllegalArgumentException(type + " has no stored form");
    }

    static void expect(JsonParser in, JsonToken token, String of) {
        if (in.currentToken() != token) {
            throw new Unreadable("a stored %s: expected %s, found %s".formatted(of, token, in.currentToken()));
        }
    }

    /** An empty one is null; as a component it is left out. */
    private record OptionalForm(Form of) implements Form {
        @Override
        public Object absent() {
            return Optional.empty();
        }

        @Override
        public void write(JsonGenerator out, Object value) throws IOException {
            Optional<?> optional = (Optional<?>) value;
            if (optional.isEmpty()) {
                out.writeNull();
            } else {
                of.write(out, optional.get());
            }
        }

        @Override
        public Object read(JsonParser in) throws IOException {
            return in.currentToken() == JsonToken.VALUE_NULL ? Optional.empty() : Optional.of(of.read(in));
        }
    }

    private record CollectionForm(Form of, Collection<?> empty, Supplier<Collection<Object>> fresh) implements Form {
        @Override
        public @Nullable Object absent() {
            return empty;
        }

        @Override
        public void write(JsonGenerator out, Object value) throws IOException {
            out.writeStartArray();
            for (Object element : (Collection<?>) value) {
                of.write(out, element);
            }
            out.writeEndArray();
        }

        @Override
        public Object read(JsonParser in) throws IOException {
            expect(in, JsonToken.START_ARRAY, "list");
            Collection<Object> values = fresh.get();
            while (in.nextToken() != JsonToken.END_ARRAY) {
                values.add(of.read(in));
            }
            return values;
        }
    }

    /** @param key of the text that its own toString gives */
    private record MapForm(Form of, Function<String, Object> key) implements Form {
        @Override
        public Object absent() {
            return new TreeMap<Object, Object>();
        }

        @Override
        public void write(JsonGenerator out, Object value) throws IOException {
            out.writeStartObject();
            for (Map.Entry<?, ?> entry : ((Map<?, ?>) value).entrySet()) {
                out.writeFieldName(entry.getKey().toString());
                of.write(out, entry.getValue());
            }
            out.writeEndObject();
        }

        @Override
        public Object read(JsonParser in) throws IOException {
            expect(in, JsonToken.START_OBJECT, "map");
            SortedMap<Object, Object> values = new TreeMap<>();
            while (in.nextToken() != JsonToken.END_OBJECT) {
                Object name = key.apply(in.currentName());
                in.nextToken();
                values.put(name, of.read(in));
            }
            return values;
        }
    }
}
