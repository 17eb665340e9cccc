package dev.sluice.gateway.wire;

import dev.sluice.job.InvalidValue;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The parameters of one request, read by name; what is wrong with any of them is collected, and {@link #reading} tells it all. A
 * parameter that nobody asked for is unknown. For one thread.
 */
public final class Parameters {
    private final Map<String, List<String>> raw;
    private final List<String> known = new ArrayList<>();
    private final List<Problem.Error> errors = new ArrayList<>();

    /** @param raw decoded, each with all its values in their order */
    public Parameters(Map<String, List<String>> raw) {
        this.raw = raw;
    }

    /**
     * The value made of the parameters, unless one of them was wrong.
     *
     * @param value called after all parameters were asked for, and only when all are good
     */
    public <T> Reading<T> reading(Supplier<T> value) {
        for (String name : raw.keySet()) {
            if (!known.contains(name)) {
                String hint = Nearest.to(name, known)
                        .map(near -> "did you mean " + near + "?")
                        .orElse(known.isEmpty() ? "there is none" : "there are " + String.join(", ", known));
                error(name, Objection.text("a known parameter", name) + "; " + hint);
            }
        }
        return errors.isEmpty() ? Reading.good(value.get()) : Reading.bad(Problem.invalid(errors));
    }

    private void error(String name, String detail) {
        if (errors.size() < Problem.MAX_ERRORS) {
            errors.add(new Problem.Error(name, detail));
        }
    }

    /** What is given at most once, and not empty. */
    public Optional<String> text(String name) {
        known.add(name);
        List<String> values = raw.getOrDefault(name, List.of());
        if (values.size() > 1) {
            error(name, "expected it once, found it " + values.size() + " times");
            return Optional.empty();
        }
        if (!values.isEmpty() && values.getFirst().isEmpty()) {
            error(name, "expected a value, found none");
            return Optional.empty();
        }
        return values.stream().findFirst();
    }

    /** What is made of a text; the making refuses by {@link InvalidValue}. */
    public <T> Optional<T> value(String name, Function<String, T> make) {
        return text(name).flatMap(text -> made(name, text, make));
    }

    private <T> Optional<T> made(String name, String text, Function<String, T> make) {
        try {
            return Optional.of(make.apply(text));
        } catch (InvalidValue e) {
            error(name, "expected " + e.expected() + ", found " + e.found());
            return Optional.empty();
        }
    }

    /** What may be given several times, or once with commas. */
    public <T> List<T> values(String name, Function<String, T> make) {
        known.add(name);
        return raw.getOrDefault(name, List.of()).stream()
                .flatMap(value -> Arrays.stream(value.split(",", -1)))
                .flatMap(text -> made(name, text, make).stream())
                .toList();
    }

    public OptionalLong number(String name, long least, long most) {
        Optional<Long> number = value(name, text -> {
            boolean plain = text.length() <= 19 && text.chars().allMatch(c -> c >= '0' && c <= '9');
            // Nineteen digits may still be too many for a long.
            long parsed = plain && (text.length() < 19 || text.compareTo(Long.toString(Long.MAX_VALUE)) <= 0)
                    ? Long.parseLong(text)
                    : -1;
            if (parsed < least || parsed > most) {
                throw new InvalidValue(name, "a whole number from " + least + " to " + most, text);
            }
            return parsed;
        });
        return number.map(OptionalLong::of).orElseGet(OptionalLong::empty);
    }

    public OptionalInt count(String name, int least, int most) {
        OptionalLong number = number(name, least, most);
        return number.isPresent() ? OptionalInt.of((int) number.getAsLong()) : OptionalInt.empty();
    }

    /** {@code true} or {@code false}; false when absent. */
    public boolean flag(String name) {
        return value(name, text -> {
                    if (!text.equals("true") && !text.equals("false")) {
                        throw new InvalidValue(name, "true or false", text);
                    }
                    return text.equals("true");
                })
                .orElse(false);
    }

    public Optional<Instant> time(String name) {
        return value(name, text -> Times.parse(text).orElseThrow(() -> new InvalidValue(name, Times.EXPECTED, text)));
    }

    /** Refuses by hand what the making of a value could not see. */
    public void refuse(String name, String expected, String found) {
        error(name, Objection.text(expected, found));
    }

    /** Which names were asked for so far. */
    Collection<String> known() {
        return known;
    }
}
