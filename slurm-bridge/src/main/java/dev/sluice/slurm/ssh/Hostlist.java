package dev.sluice.slurm.ssh;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** SLURM's short form of many host names: {@code n[1-3,07],login,r[1-2]n[1-4]}. */
final class Hostlist {
    private static final int MOST = 1_000_000;
    private static final Pattern RANGE = Pattern.compile("([0-9]{1,9})(?:-([0-9]{1,9}))?");

    private Hostlist() {}

    /** @throws UnreadableOutput when it is no such list, or of more than a million names */
    static List<String> names(String text) throws UnreadableOutput {
        List<String> names = new ArrayList<>();
        int start = 0;
        int depth = 0;
        for (int i = 0; i <= text.length(); i++) {
            char c = i < text.length() ? text.charAt(i) : ',';
            depth += c == '[' ? 1 : c == ']' ? -1 : 0;
            if (c == ',' && depth == 0) {
                expand("", text.substring(start, i), names);
                start = i + 1;
            }
        }
        if (depth != 0) {
            throw new UnreadableOutput("host list '" + text + "'");
        }
        return names;
    }

    private static void expand(String before, String rest, List<String> names) throws UnreadableOutput {
        int open = rest.indexOf('[');
        if (open < 0) {
            if (!(before + rest).isEmpty()) {
                names.add(before + rest);
            }
            if (names.size() > MOST) {
                throw new UnreadableOutput("a host list of more than " + MOST + " names");
            }
            return;
        }
        int close = rest.indexOf(']', open);
        for (String range : rest.substring(open + 1, close).split(",", -1)) {
            Matcher bounds = RANGE.matcher(range);
            if (!bounds.matches()) {
                throw new UnreadableOutput("host range '" + range + "'");
            }
            String first = bounds.group(1);
            long last = Long.parseLong(bounds.group(2) == null ? first : bounds.group(2));
            for (long number = Long.parseLong(first); number <= last; number++) {
                String digits = Long.toString(number);
                String zeros = "0".repeat(Math.max(0, first.length() - digits.length()));
                expand(before + rest.substring(0, open) + zeros + digits, rest.substring(close + 1), names);
            }
        }
    }
}
