package dev.sluice.slurm.script;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * sbatch's filename pattern for one job of ours (sbatch(1), "filename pattern"): its ids are ours, the rest stays SLURM's. What
 * SLURM cannot know, since each task of an array has an id of ours, the batch file expands.
 */
final class OutputPath {
    private static final int MOST_DIGITS = 10;

    /** @param width 0 for none; digits are filled up to it */
    private record Token(char letter, int width) {}

    private final List<Object> parts;
    private final boolean array;
    private final boolean sameIndices;

    private OutputPath(List<Object> parts, boolean array, boolean sameIndices) {
        this.parts = parts;
        this.array = array;
        this.sameIndices = sameIndices;
    }

    /** @param sameIndices whether SLURM's indices are ours */
    static OutputPath of(String pattern, boolean array, boolean sameIndices) {
        return new OutputPath(
                pattern.startsWith("\\") ? List.of(pattern.substring(1)) : parts(pattern), array, sameIndices);
    }

    private static List<Object> parts(String pattern) {
        List<Object> parts = new ArrayList<>();
        StringBuilder literal = new StringBuilder();
        for (int i = 0; i < pattern.length(); i++) {
            int digits = i + 1;
            while (digits < pattern.length() && Character.isDigit(pattern.charAt(digits))) {
                digits++;
            }
            boolean token = pattern.charAt(i) == '%'
                    && digits < pattern.length()
                    && "AabJjNnstux%".indexOf(pattern.charAt(digits)) >= 0;
            if (!token) {
                literal.append(pattern.charAt(i));
                continue;
            }
            parts.add(literal.toString());
            literal.setLength(0);
            parts.add(new Token(pattern.charAt(digits), width(pattern.substring(i + 1, digits))));
            i = digits;
        }
        parts.add(literal.toString());
        return parts;
    }

    private static int width(String digits) {
        return digits.isEmpty() || digits.length() > 2 ? 0 : Math.min(Integer.parseInt(digits), MOST_DIGITS);
    }

    /** The pattern for SLURM to go on with; empty where only the batch file can. */
    Optional<String> forSlurm(int job) {
        StringBuilder out = new StringBuilder();
        for (Object part : parts) {
            if (!(part instanceof Token token)) {
                out.append(((String) part).replace("%", "%%"));
                continue;
            }
            switch (token.letter()) {
                case 'A' -> out.append(padded(job, token.width()));
                case 'j', 'J' -> {
                    if (array) {
                        return Optional.empty();
                    }
                    out.append(padded(job, token.width()));
                }
                case 'a', 'b' -> {
                    if (array && !sameIndices) {
                        return Optional.empty();
                    }
                    slurm(token, out);
                }
                default -> slurm(token, out);
            }
        }
        return Optional.of(out.toString());
    }

    private static void slurm(Token token, StringBuilder out) {
        out.append('%').append(token.width() == 0 ? "" : token.width()).append(token.letter());
    }

    private static String padded(int number, int width) {
        String digits = Integer.toString(number);
        return "0".repeat(Math.max(0, width - digits.length())) + digits;
    }

    /** The same as a word of the batch file's shell. */
    String forShell(int job, String name) {
        Map<Character, String> values = Map.ofEntries(
                Map.entry('A', Integer.toString(job)),
                Map.entry('a', "$sluice_index"),
                Map.entry('b', "$((sluice_index % 10))"),
                Map.entry('j', "$sluice_own"),
                Map.entry('J', "$sluice_own"),
                Map.entry('N', "${SLURMD_NODENAME:-}"),
                Map.entry('n', "0"),
                Map.entry('s', "batch"),
                Map.entry('t', "0"),
                Map.entry('u', "$sluice_user"));
        StringBuilder out = new StringBuilder();
        for (Object part : parts) {
            if (!(part instanceof Token token)) {
                out.append(ShellWord.quoted((String) part));
            } else if (token.letter() == '%' || token.letter() == 'x') {
                out.append(ShellWord.quoted(token.letter() == '%' ? "%" : name));
            } else {
                String value = values.getOrDefault(token.letter(), "");
                boolean number = "AabJjnt".indexOf(token.letter()) >= 0 && token.width() > 0;
                out.append('"')
                        .append(number ? "$(printf %0" + token.width() + "d " + value + ")" : value)
                        .append('"');
            }
        }
        return out.toString();
    }
}
