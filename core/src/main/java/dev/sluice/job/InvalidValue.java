package dev.sluice.job;

import java.util.List;

/**
 * The refusal of a value from outside: which field, what was expected, what was found. Where several values of one record are
 * refused at once, the others are {@linkplain #getSuppressed suppressed} by the first.
 *
 * <p>The text of what was found is cut to {@value #MAX_FOUND} characters and its control characters are written as
 * {@code \\uXXXX}, so that a message never carries a line break or a terminal sequence of the sender's. Callers never pass
 * a secret (an environment value, say) as found.
 */
public final class InvalidValue extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;
    private static final int MAX_FOUND = 80;

    private final String field;
    private final String expected;
    private final String found;

    public InvalidValue(String field, String expected, String found) {
        super(field + ": expected " + expected + ", found " + shown(found));
        this.field = field;
        this.expected = expected;
        this.found = shown(found);
    }

    /** Throws all of them as one, if there are any. */
    public static void throwIfAny(List<InvalidValue> problems) {
        if (!problems.isEmpty()) {
            InvalidValue first = problems.getFirst();
            problems.stream().skip(1).forEach(first::addSuppressed);
            throw first;
        }
    }

    public String field() {
        return field;
    }

    public String expected() {
        return expected;
    }

    /** What was found, shortened and escaped. */
    public String found() {
        return found;
    }

    private static String shown(String raw) {
        StringBuilder out = new StringBuilder();
        int end = Math.min(raw.length(), MAX_FOUND);
        for (int i = 0; i < end; i++) {
            char c = raw.charAt(i);
            if (Character.isISOControl(c) || Character.isSurrogate(c) || c == '\u2028' || c == '\u2029') {
                out.append("\\u").append(String.format("%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        return raw.length() > end ? out.append('…').toString() : out.toString();
    }
}
