package dev.sluice.sbatch;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * sbatch's pattern of a file's name (its manual, "filename pattern"): {@code %} and a letter stand for a value, {@code %5j} for a
 * number filled with zeros up to so many digits, {@code %%} for a per cent sign. A backslash in front of all switches this off.
 *
 * <p>The letters: {@code A} the array's job id, {@code a} the index in the array, {@code b} that modulo ten, {@code j} the job id,
 * {@code J} the job id and the step, {@code N} the short host name, {@code n} the node's number in the job, {@code s} the step,
 * {@code t} the task, {@code u} the user, {@code x} the job's name.
 */
public record FilenamePattern(String text) {
    private static final String LETTERS = "AabJjNnstux%";
    private static final int MOST_DIGITS = 10;

    /** A piece of a pattern. */
    public sealed interface Part {}

    /** Text that stands for itself. */
    public record Literal(String text) implements Part {}

    /**
     * A letter that stands for a value.
     *
     * @param width digits that a number is filled up to, 10 at the most; 0 for none
     * @param written as the pattern has it
     */
    public record Value(char letter, int width, String written) implements Part {
        /** Numbers are filled with zeros; other words stay. */
        public String padded(String value) {
            boolean number = value.chars().allMatch(FilenamePattern::isDigit);
            return number ? "0".repeat(Math.max(0, width - value.length())) + value : value;
        }
    }

    /** What the pattern is made of, in its order. A letter that means nothing is text. */
    public List<Part> parts() {
        if (text.startsWith("\\")) {
            return List.of(new Literal(text.substring(1)));
        }
        List<Part> parts = new ArrayList<>();
        int literal = 0;
        int at = 0;
        while (at < text.length()) {
            int letter = at + 1;
            while (letter < text.length() && isDigit(text.charAt(letter))) {
                letter++;
            }
            if (text.charAt(at) != '%' || letter == text.length() || LETTERS.indexOf(text.charAt(letter)) < 0) {
                at++;
                continue;
            }
            parts.add(new Literal(text.substring(literal, at)));
            int width = width(text.substring(at + 1, letter));
            parts.add(new Value(text.charAt(letter), width, text.substring(at, letter + 1)));
            at = letter + 1;
            literal = at;
        }
        parts.add(new Literal(text.substring(literal)));
        return parts;
    }

    /** The name, by the values of letters; what has none is kept as written. */
    public String expanded(Map<Character, String> values) {
        StringBuilder out = new StringBuilder();
        for (Part part : parts()) {
            out.append(
                    switch (part) {
                        case Literal literal -> literal.text();
                        case Value value when value.written().equals("%%") -> "%";
                        case Value value -> {
                            String put = values.get(value.letter());
                            yield put == null ? value.written() : value.padded(put);
                        }
                    });
        }
        return out.toString();
    }

    private static int width(String digits) {
        return digits.isEmpty() || digits.length() > 2 ? 0 : Math.min(Integer.parseInt(digits), MOST_DIGITS);
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }
}
