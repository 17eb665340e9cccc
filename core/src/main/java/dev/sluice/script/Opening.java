package dev.sluice.script;

import dev.sluice.spec.Bytes;
import java.util.List;
import java.util.Set;

/** How a script begins: with an interpreter, or so that sbatch does not take it. */
public sealed interface Opening {
    /**
     * A {@code #!} line, split as Linux does: the interpreter up to the first blank, and all the rest as one argument.
     *
     * @param interpreter never empty
     * @param argument without blanks around it; empty for none
     */
    record Runs(Bytes interpreter, Bytes argument) implements Opening {
        private static final Set<String> SHELLS =
                Set.of("sh", "ash", "bash", "csh", "dash", "ksh", "ksh93", "mksh", "tcsh", "zsh");

        /** Whether a Bourne or C shell reads the script, also by way of {@code env}. */
        public boolean isShell() {
            String name = baseName(interpreter.toLatin1());
            if (!name.equals("env")) {
                return SHELLS.contains(name);
            }
            for (String word : argument.toLatin1().split("[ \t]+", -1)) {
                boolean settles = !word.isEmpty() && word.charAt(0) != '-' && word.indexOf('=') < 0;
                if (settles) {
                    return SHELLS.contains(baseName(word));
                }
            }
            return false;
        }

        private static String baseName(String path) {
            return path.substring(path.lastIndexOf('/') + 1);
        }
    }

    /** What sbatch has against a script. */
    enum Refused implements Opening {
        EMPTY("Batch script is empty!"),
        ONLY_WHITESPACE("Batch script contains only whitespace!"),
        NO_INTERPRETER(
                "This does not look like a batch script.  The first",
                "line must start with #! followed by the path to an interpreter.",
                "For instance: #!/bin/sh"),
        NUL("The Slurm controller does not allow scripts that", "contain a NULL character '\\0'."),
        DOS_LINE_BREAKS(
                "Batch script contains DOS line breaks (\\r\\n)", "instead of expected UNIX line breaks (\\n).");

        private final String text;

        Refused(String... lines) {
            this.text = String.join("\n", lines);
        }

        /** sbatch's own words (24.11), without its {@code sbatch: error: } before each line. */
        public List<String> lines() {
            return text.lines().toList();
        }
    }

    /**
     * Looks at a script as sbatch does, in its order. One thing is refused here that sbatch lets through and no kernel then
     * runs: a {@code #!} with nothing behind it.
     */
    static Opening of(Bytes script) {
        if (script.isEmpty()) {
            return Refused.EMPTY;
        }
        String text = script.toLatin1();
        int nul = text.indexOf('\0');
        // sbatch reads a C string here, so what begins with NUL is blank to it.
        if (isBlank(nul < 0 ? text : text.substring(0, nul))) {
            return Refused.ONLY_WHITESPACE;
        }
        if (!text.startsWith("#!")) {
            return Refused.NO_INTERPRETER;
        }
        if (nul >= 0) {
            return Refused.NUL;
        }
        return text.contains("\r\n") ? Refused.DOS_LINE_BREAKS : interpreter(script, text);
    }

    private static boolean isBlank(String text) {
        return text.chars().allMatch(c -> c == ' ' || (c >= '\t' && c <= '\r'));
    }

    private static Opening interpreter(Bytes script, String text) {
        int newline = text.indexOf('\n');
        int end = newline < 0 ? text.length() : newline;
        int from = 2;
        while (from < end && isGap(text.charAt(from))) {
            from++;
        }
        while (end > from && isGap(text.charAt(end - 1))) {
            end--;
        }
        if (from == end) {
            return Refused.NO_INTERPRETER;
        }
        int gap = from;
        while (gap < end && !isGap(text.charAt(gap))) {
            gap++;
        }
        int argument = gap;
        while (argument < end && isGap(text.charAt(argument))) {
            argument++;
        }
        return new Runs(script.slice(from, gap), script.slice(argument, end));
    }

    private static boolean isGap(char c) {
        return c == ' ' || c == '\t';
    }
}
