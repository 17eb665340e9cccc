package dev.sluice.gateway.store.codec;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.sluice.image.ImageReference;
import dev.sluice.job.AttemptId;
import dev.sluice.job.ClusterName;
import dev.sluice.job.JobId;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.TaskSet;
import dev.sluice.job.UserName;
import dev.sluice.spec.Bytes;
import java.io.IOException;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The forms of single values: numbers and texts. */
final class Scalars {
    private static final Map<Class<?>, Form> FORMS = new HashMap<>();

    static {
        FORMS.put(int.class, new Figure(0, in -> in.getIntValue(), v -> (Integer) v));
        FORMS.put(Integer.class, new Figure(0, in -> in.getIntValue(), v -> (Integer) v));
        FORMS.put(long.class, new Figure(0L, in -> in.getLongValue(), v -> (Long) v));
        FORMS.put(Long.class, new Figure(0L, in -> in.getLongValue(), v -> (Long) v));
        FORMS.put(JobId.class, new Figure(null, in -> new JobId(in.getIntValue()), v -> ((JobId) v).value()));
        FORMS.put(OptionalInt.class, new MaybeNumber());
        FORMS.put(Duration.class, new Seconds());
        FORMS.put(Double.class, new Real());
        text(String.class, "", v -> v, v -> v);
        text(Instant.class, Instant.EPOCH, Instant::toString, Instant::parse);
        text(TaskSet.class, TaskSet.SOLE, TaskSet::toString, TaskSet::parse);
        text(AttemptId.class, null, AttemptId::toString, AttemptId::parse);
        text(ClusterName.class, null, ClusterName::value, ClusterName::new);
        text(UserName.class, null, UserName::value, UserName::new);
        text(ProjectPath.class, null, ProjectPath::value, ProjectPath::new);
        text(ImageReference.class, null, ImageReference::toString, ImageReference::parse);
        text(URI.class, null, URI::toString, URI::create);
        text(
                Bytes.class,
                Bytes.EMPTY,
                bytes -> Base64.getEncoder().encodeToString(bytes.toArray()),
                base64 -> Bytes.of(Base64.getDecoder().decode(base64)));
    }

    private Scalars() {}

    /** Null when it is none. */
    static @Nullable Form of(Class<?> type) {
        return type.isEnum() ? new Constant(type) : FORMS.get(type);
    }

    private static <T> void text(
            Class<T> type, @Nullable T absent, Function<T, String> write, Function<String, T> read) {
        FORMS.put(type, new Text(type.getSimpleName(), absent, v -> write.apply(type.cast(v)), read::apply));
    }

    private record Text(
            String name, @Nullable Object absent, Function<Object, String> writing, Function<String, Object> reading)
            implements Form {
        @Override
        public void write(JsonGenerator out, Object value) throws IOException {
            out.writeString(writing.apply(value));
        }

        @Override
        public Object read(JsonParser in) throws IOException {
            Forms.expect(in, JsonToken.VALUE_STRING, name);
            try {
                return reading.apply(in.getText());
            } catch (IllegalArgumentException | DateTimeException e) {
                throw new Unreadable("a stored " + name + " is refused: " + e.getMessage(), e);
            }
        }
    }

    private interface Reading {
        Object from(JsonParser in) throws IOException;
    }

    private interface Widening {
        long of(Object value);
    }

    private record Figure(@Nullable Object absent, Reading reading, Widening widening) implements Form {
        @Override
        public void write(JsonGenerator out, Object value) throws IOException {
            out.writeNumber(widening.of(value));
        }

        @Override
        public Object read(JsonParser in) throws IOException {
            Forms.expect(in, JsonToken.VALUE_NUMBER_INT, "number");
            return reading.from(in);
        }
    }

    /** A double, to its last bit: Java writes as many digits as tell it from its neighbours. */
    private record Real() implements Form {
        @Override
        public Object absent() {
            return 0.0;
        }

        @Override
        public void write(JsonGenerator out, Object value) throws IOException {
            out.writeNumber((Double) value);
        }

        @Override
        public Object read(JsonParser in) throws IOException {
            Forms.expect(in, JsonToken.VALUE_NUMBER_FLOAT, "number");
            return in.getDoubleValue();
        }
    }

    private record MaybeNumber() implements Form {
        @Override
        public Object absent() {
            return OptionalInt.empty();
        }

        @Override
        public void write(JsonGenerator out, Object value) throws IOException {
            OptionalInt number = (OptionalInt) value;
            if (number.isPresent()) {
                out.writeNumber(number.getAsInt());
            } else {
                out.writeNull();
            }
        }

        @Override
        public Object read(JsonParser in) throws IOException {
            if (in.currentToken() == JsonToken.VALUE_NULL) {
                return OptionalInt.empty();
            }
            Forms.expect(in, JsonToken.VALUE_NUMBER_INT, "number");
            return OptionalInt.of(in.getIntValue());
        }
    }

    /** A duration: its seconds, or its text where it is not made of whole ones. */
    private record Seconds() implements Form {
        @Override
        public Object absent() {
            return Duration.ZERO;
        }

        @Override
        public void write(JsonGenerator out, Object value) throws IOException {
            Duration duration = (Duration) value;
            if (duration.getNano() == 0) {
                out.writeNumber(duration.getSeconds());
            } else {
                out.writeString(duration.toString());
            }
        }

        @Override
        public Object read(JsonParser in) throws IOException {
            if (in.currentToken() == JsonToken.VALUE_NUMBER_INT) {
                return Duration.ofSeconds(in.getLongValue());
            }
            Forms.expect(in, JsonToken.VALUE_STRING, "duration");
            try {
                return Duration.parse(in.getText());
            } catch (DateTimeException e) {
                throw new Unreadable("a stored duration is refused: " + e.getMessage(), e);
            }
        }
    }

    /** A constant of an enum, by its name. */
    private static final class Constant implements Form {
        private final String name;
        private final Map<String, Object> constants = new HashMap<>();

        Constant(Class<?> type) {
            name = type.getSimpleName();
            Arrays.stream(type.getEnumConstants())
                    .forEach(constant -> constants.put(((Enum<?>) constant).name(), constant));
        }

        @Override
        public void write(JsonGenerator out, Object value) throws IOException {
            out.writeString(((Enum<?>) value).name());
        }

        @Override
        public Object read(JsonParser in) throws IOException {
            Forms.expect(in, JsonToken.VALUE_STRING, name);
            Object constant = constants.get(in.getText());
            if (constant == null) {
                throw new Unreadable(
                        "a stored %s is one that this release does not know: %s".formatted(name, in.getText()));
            }
            return constant;
        }
    }
}
