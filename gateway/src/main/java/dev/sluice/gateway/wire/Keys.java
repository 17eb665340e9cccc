package dev.sluice.gateway.wire;

import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The texts that an enum's constants have in JSON, and which of them a stranger's text may have meant. */
final class Keys<E extends Enum<E>> {
    private final Map<String, E> byText = new HashMap<>();
    private final Map<E, String> texts;
    private final String all;

    private Keys(Class<E> type, Collection<E> constants, Spelling spelling) {
        texts = new EnumMap<>(type);
        for (E constant : constants) {
            String text = spelling.of(constant.name());
            byText.put(text, constant);
            texts.put(constant, text);
        }
        all = String.join(", ", texts.values());
    }

    /** How a constant's name is written. */
    private enum Spelling {
        CAMEL,
        KEBAB;

        String of(String name) {
            String lower = name.toLowerCase(Locale.ROOT);
            return switch (this) {
                case KEBAB -> lower.replace('_', '-');
                case CAMEL -> {
                    StringBuilder out = new StringBuilder();
                    for (int i = 0; i < lower.length(); i++) {
                        boolean raised = i > 0 && lower.charAt(i - 1) == '_';
                        if (lower.charAt(i) != '_') {
                            out.append(raised ? Character.toUpperCase(lower.charAt(i)) : lower.charAt(i));
                        }
                    }
                    yield out.toString();
                }
            };
        }
    }

    /** Keys of an object: {@code CPUS_PER_TASK} is {@code cpusPerTask}. */
    static <E extends Enum<E>> Keys<E> ofObject(Class<E> type) {
        return new Keys<>(type, List.of(type.getEnumConstants()), Spelling.CAMEL);
    }

    static <E extends Enum<E>> Keys<E> ofObject(Class<E> type, Collection<E> some) {
        return new Keys<>(type, some, Spelling.CAMEL);
    }

    /** Values: {@code EXCLUSIVE_USER} is {@code exclusive-user}. */
    static <E extends Enum<E>> Keys<E> ofValues(Class<E> type) {
        return new Keys<>(type, List.of(type.getEnumConstants()), Spelling.KEBAB);
    }

    @Nullable
    E get(String text) {
        return byText.get(text);
    }

    String text(E constant) {
        String text = texts.get(constant);
        if (text == null) {
            throw new IllegalArgumentException(constant.name());
        }
        return text;
    }

    /** All of them, joined by commas. */
    String all() {
        return all;
    }

    /** What is to be said of a key that there is none of. */
    String unknown(String name) {
        String hint = Nearest.to(name, texts.values())
                .map(near -> "did you mean " + near + "?")
                .orElse("there are " + all);
        return Objection.text("a known key", name) + "; " + hint;
    }

    /** The one of them that was probably meant, among texts of parameters and the like. */
    static Optional<String> nearest(String name, Collection<String> known) {
        return Nearest.to(name, known);
    }
}
