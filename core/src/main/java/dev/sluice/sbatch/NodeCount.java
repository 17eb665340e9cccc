package dev.sluice.sbatch;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A number of nodes as {@code --nodes} takes it: {@code 4}, {@code 2-4}, {@code 1k}.
 *
 * @param least 0 and more
 * @param most 0 for as many as there are
 */
record NodeCount(int least, int most) {
    private static final int KILO = 1024;
    private static final int NONE = -1;
    private static final Pattern NUMBER = Pattern.compile("\\s*([+-]?\\d{1,10})([kK]?)([mM]?)\\s*");

    /** @throws Stop with sbatch's text; and for a list of counts, which no planner here could place */
    static NodeCount parse(String text) {
        if (text.contains(",") || text.contains(":")) {
            throw Stop.unsupported("a list of counts in --nodes");
        }
        int dash = text.indexOf('-');
        int least = dash < 0 ? number(text) : Math.max(1, bound(text.substring(0, dash)));
        int most = dash < 0 ? least : bound(text.substring(dash + 1));
        if (dash < 0 && least < 0) {
            throw invalid(text);
        }
        if (most != 0 && most < least) {
            throw Stop.option("Maximum node count " + most + " is less than minimum node count " + least);
        }
        return new NodeCount(least, most);
    }

    /** Nothing but blanks is a number, one below zero. */
    private static int bound(String text) {
        return text.isBlank() ? NONE : number(text);
    }

    private static int number(String text) {
        Matcher matcher = NUMBER.matcher(text);
        if (!matcher.matches()) {
            throw invalid(text);
        }
        long count = Long.parseLong(matcher.group(1));
        count *= matcher.group(2).isEmpty() ? 1 : KILO;
        count *= matcher.group(3).isEmpty() ? 1 : KILO * KILO;
        return count < 0 || count > Integer.MAX_VALUE ? NONE : (int) count;
    }

    private static Stop invalid(String text) {
        return Stop.option("\"" + text + "\" is not a valid node count");
    }
}
