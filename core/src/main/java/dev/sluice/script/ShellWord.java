package dev.sluice.script;

/** Text as one word of a POSIX shell (XCU 2.2.2, single-quotes): the one place that quotes. */
public final class ShellWord {
    private ShellWord() {}

    /** @param text without NUL, which no word can carry */
    public static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }
}
