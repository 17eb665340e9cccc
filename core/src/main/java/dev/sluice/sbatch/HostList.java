package dev.sluice.sbatch;

import dev.sluice.job.InvalidValue;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Names of hosts as SLURM lists them, {@code n[1-3,07],login}: brackets hold numbers and ascending ranges, whose leading zeros are
 * kept.
 *
 * @param names each once, in the order named
 */
public record HostList(List<String> names) {
    /** SLURM's own bound on one list (MAX_RANGE in its hostlist). */
    public static final int MOST = 65_536;

    private static final String FIELD = "host list";
    private static final int MAX_TEXT = 1 << 20;
    private static final int MOST_DIGITS = 9;

    public HostList {
        names = List.copyOf(names);
    }

    /** @throws InvalidValue for brackets that do not close or nest, ranges that descend, and more than {@value #MOST} names */
    public static HostList parse(String text) {
        if (text.length() > MAX_TEXT) {
            throw new InvalidValue(FIELD, "at most " + MAX_TEXT + " characters", text);
        }
        Set<String> names = new LinkedHashSet<>();
        for (String part : split(text, text)) {
            if (!part.isEmpty()) {
                expand(part, text, names);
            }
        }
        return new HostList(new ArrayList<>(names));
    }

    /** At the commas outside brackets. */
    private static List<String> split(String text, String whole) {
        List<String> parts = new ArrayList<>();
        boolean inside = false;
        int from = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if ((c == '[') == inside && (c == '[' || c == ']')) {
                throw new InvalidValue(FIELD, "brackets in pairs, none inside another", whole);
            }
            if (c == '[' || c == ']') {
                inside = c == '[';
            } else if (c == ',' && !inside) {
                parts.add(text.substring(from, i));
                from = i + 1;
            }
        }
        if (inside) {
            throw new InvalidValue(FIELD, "brackets in pairs, none inside another", whole);
        }
        parts.add(text.substring(from));
        return parts;
    }

    private static void expand(String part, String whole, Set<String> into) {
        int open = part.indexOf('[');
        if (open < 0) {
            add(part, whole, into);
            return;
        }
        int close = part.indexOf(']', open);
        Set<String> tails = new LinkedHashSet<>();
        expand(part.substring(close + 1), whole, tails);
        for (String range : part.substring(open + 1, close).split(",", -1)) {
            int dash = range.indexOf('-');
            String first = dash < 0 ? range : range.substring(0, dash);
            int from = number(first, whole);
            int to = number(range.substring(dash + 1), whole);
            if (to < from || to - from >= MOST) {
                throw new InvalidValue(FIELD, "ascending ranges of at most " + MOST, whole);
            }
            for (int i = from; i <= to; i++) {
                String digits = Integer.toString(i);
                String padded = "0".repeat(Math.max(0, first.length() - digits.length())) + digits;
                for (String tail : tails) {
                    add(part.substring(0, open) + padded + tail, whole, into);
                }
            }
        }
    }

    private static void add(String name, String whole, Set<String> into) {
        into.add(name);
        if (into.size() > MOST) {
            throw new InvalidValue(FIELD, "at most " + MOST + " names", whole);
        }
    }

    private static int number(String digits, String whole) {
        boolean plain = !digits.isEmpty()
                && digits.length() <= MOST_DIGITS
                && digits.chars().allMatch(c -> c >= '0' && c <= '9');
        if (!plain) {
            throw new InvalidValue(FIELD, "numbers and ranges in brackets, as n[1-3,7]", whole);
        }
        return Integer.parseInt(digits);
    }
}
