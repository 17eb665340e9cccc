package dev.sluice.slurm.script;

/** Text as one word of a POSIX shell (XCU 2.2.2, single-quotes). */
final class ShellWord {
    private ShellWord() {}

    /** @param text without NUL, which no word can carry */
    static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }
}
