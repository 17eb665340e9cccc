package dev.sluice.gateway.settings;

import java.util.Comparator;

/**
 * One thing that is wrong in a configuration file.
 *
 * @param line and column: from 1, as editors count
 * @param key dotted from the top, {@code http.max-body}; empty where the whole file is meant
 * @param expected what would be right; found: what is there, shortened, and never a secret
 * @param advice what to do about it
 */
public record Problem(String file, int line, int column, String key, String expected, String found, String advice)
        implements Comparable<Problem> {
    private static final Comparator<Problem> ORDER = Comparator.comparingInt(Problem::line)
            .thenComparingInt(Problem::column)
            .thenComparing(Problem::key);

    /** {@code file:line:column: key: expected …, found …; advice}, in one line. */
    public String text() {
        String where = file + ":" + line + ":" + column + ": ";
        String what = key.isEmpty() ? "" : key + ": ";
        return where + what + "expected " + expected + ", found " + found + "; " + advice;
    }

    @Override
    public int compareTo(Problem other) {
        return ORDER.compare(this, other);
    }
}
