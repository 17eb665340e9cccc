package dev.sluice.sbatch;

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
    private static final int MOST_DIGITS = 10;

    /** What a letter without a value becomes. */
    private enum Others {
        KEPT,
        /** Kept so that SLURM finds them: what is put in is guarded from it. */
        LEFT_TO_SLURM
    }

    /** The name, by the values of letters; what has none is kept as written. */
    public String expanded(Map<Character, String> values) {
        return text.startsWith("\\") ? text.substring(1) : replaced(values, Others.KEPT);
    }

    /**
     * A pattern in which the letters that have a value are replaced, and that SLURM makes the rest of a name of: per cent signs of
     * values are doubled, and {@code %%} stays.
     */
    public FilenamePattern partly(Map<Character, String> values) {
        return text.startsWith("\\") ? this : new FilenamePattern(replaced(values, Others.LEFT_TO_SLURM));
    }

    private String replaced(Map<Character, String> values, Others others) {
        StringBuilder out = new StringBuilder();
        int at = 0;
        while (at < text.length()) {
            int letter = at + 1;
            while (letter < text.length() && isDigit(text.charAt(letter))) {
                letter++;
            }
            if (text.charAt(at) != '%' || letter == text.length()) {
                out.append(text.charAt(at));
                at++;
                continue;
            }
            String width = text.substring(at + 1, letter);
            String value = values.get(text.charAt(letter));
            if (text.charAt(letter) == '%' && width.isEmpty()) {
                out.append(
                        switch (others) {
                            case KEPT -> "%";
                            case LEFT_TO_SLURM -> "%%";
                        });
            } else if (value == null) {
                out.append(text, at, letter + 1);
            } else {
                String put = padded(value, width);
                out.append(
                        switch (others) {
                            case KEPT -> put;
                            case LEFT_TO_SLURM -> put.replace("%", "%%");
                        });
            }
            at = letter + 1;
        }
        return out.toString();
    }

    /** Numbers are filled with zeros, up to ten digits; other words stay. */
    private static String padded(String value, String width) {
        boolean number = value.chars().allMatch(FilenamePattern::isDigit);
        if (width.isEmpty() || width.length() > 2 || !number) {
            return value;
        }
        int wanted = Math.min(Integer.parseInt(width), MOST_DIGITS);
        return "0".repeat(Math.max(0, wanted - value.length())) + value;
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }
}
