package dev.sluice.gateway.settings;

import dev.sluice.job.InvalidValue;
import dev.sluice.policy.project.Resource;
import dev.sluice.settings.Amount;
import dev.sluice.settings.Secret;
import dev.sluice.settings.Setting;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A kind of single value: how it is spelled, and how it is read.
 *
 * @param kind for the reference page, in a word or two
 * @param read throws {@link InvalidValue}, whose field says nothing
 */
record Scalar(Class<?> type, String kind, Function<String, Object> read) {
    /** What spells a value of the type; empty where it is none of a single value. */
    static Optional<Scalar> of(Class<?> type, Setting.Spelling spelling) {
        if (isWhole(type)) {
            return Optional.of(number(type, spelling));
        }
        if (type == boolean.class) {
            return Optional.of(new Scalar(type, "true or false", Scalar::truth));
        }
        if (type == String.class) {
            return Optional.of(new Scalar(type, "text", text -> text));
        }
        if (type == Duration.class) {
            return Optional.of(new Scalar(type, "duration", Spelled::duration));
        }
        if (type == Path.class) {
            return Optional.of(new Scalar(type, "path", Scalar::path));
        }
        if (type == Secret.class) {
            return Optional.of(new Scalar(type, "path of a secret file", text -> new Secret(path(text))));
        }
        if (type == URI.class) {
            return Optional.of(new Scalar(type, "address", Scalar::address));
        }
        if (type == Amount.class) {
            return Optional.of(new Scalar(type, "number or bytes", Scalar::amount));
        }
        if (type == BigDecimal.class) {
            return Optional.of(new Scalar(type, "decimal number", Scalar::decimal));
        }
        if (type == Resource.class) {
            return Optional.of(new Scalar(type, "resource", Resource::of));
        }
        if (type.isEnum()) {
            return Optional.of(word(type));
        }
        return type.isRecord() ? wrapped(type) : Optional.empty();
    }

    private static boolean isWhole(Class<?> type) {
        return type == int.class || type == long.class || type == Integer.class || type == Long.class;
    }

    private static Scalar number(Class<?> type, Setting.Spelling spelling) {
        Function<String, Long> reading = switch (spelling) {
            case PLAIN -> Spelled::whole;
            case BYTES -> Spelled::bytes;
        };
        String kind = switch (spelling) {
            case PLAIN -> "number";
            case BYTES -> "bytes";
        };
        if (type == long.class || type == Long.class) {
            return new Scalar(type, kind, reading::apply);
        }
        return new Scalar(type, kind, text -> {
            long value = reading.apply(text);
            if (value < Integer.MIN_VALUE || value > Integer.MAX_VALUE) {
                throw new InvalidValue(kind, "less than 2147483648", text);
            }
            return (int) value;
        });
    }

    private static Object truth(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new InvalidValue("truth", "true or false", text);
        };
    }

    private static Path path(String text) {
        try {
            if (!text.isEmpty()) {
                return Path.of(text);
            }
        } catch (InvalidPathException e) {
            // Said below, in our words.
        }
        throw new InvalidValue("path", "a path", text);
    }

    private static URI address(String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            throw new InvalidValue("address", "an address as https://host/path", text);
        }
    }

    private static Amount amount(String text) {
        return text.matches(".*[0-9]")
                ? new Amount(Spelled.whole(text), Amount.Kind.COUNT)
                : new Amount(Spelled.bytes(text), Amount.Kind.BYTES);
    }

    private static BigDecimal decimal(String text) {
        if (text.matches("[0-9]{1,9}(\\.[0-9]{1,9})?")) {
            return new BigDecimal(text);
        }
        throw new InvalidValue("decimal number", "a number of 0 or more, as 12 or 0.05", text);
    }

    private static Scalar word(Class<?> type) {
        Object[] constants = type.getEnumConstants();
        List<String> words = Arrays.stream(constants)
                .map(constant -> Spelled.dashed(((Enum<?>) constant).name()))
                .toList();
        return new Scalar(type, String.join(" or ", words), text -> {
            int index = words.indexOf(text);
            if (index < 0) {
                String meant =
                        Nearest.to(text, words).map(word -> " (" + word + "?)").orElse("");
                throw new InvalidValue("word", "one of " + String.join(", ", words) + meant, text);
            }
            return constants[index];
        });
    }

    /** A record of one text or one int that is no setting itself. */
    private static Optional<Scalar> wrapped(Class<?> type) {
        RecordComponent[] components = type.getRecordComponents();
        if (components.length != 1 || components[0].isAnnotationPresent(Setting.class)) {
            return Optional.empty();
        }
        Class<?> inner = components[0].getType();
        if (inner != String.class && inner != int.class) {
            return Optional.empty();
        }
        Constructor<?> constructor = Shapes.constructor(type);
        String kind = Spelled.dashed(type.getSimpleName()).replace('-', ' ');
        return Optional.of(new Scalar(type, kind, text -> {
            Object value = inner == String.class ? text : wrappedNumber(text);
            return made(constructor, value);
        }));
    }

    private static Object wrappedNumber(String text) {
        return number(int.class, Setting.Spelling.PLAIN).read().apply(text);
    }

    private static Object made(Constructor<?> constructor, Object value) {
        try {
            return constructor.newInstance(value);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof InvalidValue invalid) {
                throw invalid;
            }
            throw new IllegalStateException("a value that refuses with anything but InvalidValue", e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("a value that cannot be made", e);
        }
    }
}
