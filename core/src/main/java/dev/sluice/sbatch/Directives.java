package dev.sluice.sbatch;

import dev.sluice.spec.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The {@code #SBATCH} lines of a script, up to its first command.
 *
 * <p>The word stands at the very beginning of a line; {@code # SBATCH} and {@code ##SBATCH} are comments. Quotes group, a
 * backslash takes the next character as it is, and an unquoted {@code #} begins a comment, even inside a word.
 *
 * @param words all of them as one command line
 */
record Directives(List<String> words) {
    private static final String WORD = "#SBATCH";
    /** The word of releases long ago; sbatch still reads it, and says so. */
    private static final String OLD_WORD = "#SLURM";

    private static final Pattern COMPONENT = Pattern.compile("(?i)(?:packjob|hetjob)(?:\\s.*)?");

    Directives {
        words = List.copyOf(words);
    }

    /**
     * Reads them.
     *
     * @param name of the script, for messages
     * @throws Stop for an unmatched quote, a colon of its own, and for the components of a heterogeneous job
     */
    static Directives of(Bytes script, String name) {
        List<String> words = new ArrayList<>();
        int number = 0;
        for (String line : lines(script)) {
            number++;
            if (line.startsWith(WORD)) {
                words(line.substring(WORD.length()), name + ": line " + number, words);
            } else if (line.startsWith(OLD_WORD)) {
                words(line.substring(OLD_WORD.length()), name + ": line " + number, words);
            } else if (isCommand(line)) {
                break;
            }
        }
        return new Directives(words);
    }

    /** The lines of a script, a character a byte: what is UTF-8 is decoded word by word, and the words of sbatch are ASCII. */
    static List<String> lines(Bytes script) {
        return List.of(script.toLatin1().split("\n", -1));
    }

    private static boolean isCommand(String line) {
        int i = 0;
        while (i < line.length() && isSpace(line.charAt(i))) {
            i++;
        }
        return i < line.length() && line.charAt(i) != '#';
    }

    /** C's isspace in the POSIX locale. */
    private static boolean isSpace(char c) {
        return c == ' ' || (c >= '\t' && c <= '\r');
    }

    /** Adds the words of a line. */
    static void words(String text, String where, List<String> into) {
        if (COMPONENT.matcher(text.strip()).matches()) {
            throw Stop.components(text.strip().split("\\s", 2)[0].toLowerCase(Locale.ROOT));
        }
        int at = 0;
        while (true) {
            // A message shows the blanks in front of a word, but for the first of its line.
            int shown = at;
            while (at < text.length() && isSpace(text.charAt(at))) {
                at++;
            }
            shown = shown == 0 ? at : shown;
            if (at == text.length() || text.charAt(at) == '#') {
                return;
            }
            if (text.charAt(at) == ':') {
                throw Stop.fatal(where + ": Unexpected `:` in [" + utf8(text.substring(shown)) + "]");
            }
            at = word(text, at, shown, where, into);
        }
    }

    /** @return where it ends */
    private static int word(String text, int from, int shown, String where, List<String> into) {
        StringBuilder word = new StringBuilder();
        char quote = 0;
        int at = from;
        while (at < text.length() && (quote != 0 || !isSpace(text.charAt(at)))) {
            char c = text.charAt(at);
            if (c == '\\') {
                if (at + 1 < text.length()) {
                    word.append(text.charAt(at + 1));
                }
                at += 2;
            } else if (quote != 0 && c == quote) {
                quote = 0;
                at++;
            } else if (quote == 0 && (c == '"' || c == '\'')) {
                quote = c;
                at++;
            } else if (quote == 0 && c == '#') {
                at = text.length();
            } else {
                word.append(c);
                at++;
            }
        }
        if (quote != 0) {
            throw Stop.fatal(where + ": Unmatched `" + quote + "` in [" + utf8(text.substring(shown)) + "]");
        }
        // As in sbatch, an argument of nothing but quotes ends its line.
        if (word.isEmpty()) {
            return text.length();
        }
        into.add(utf8(word.toString()));
        return Math.min(at, text.length());
    }

    private static String utf8(String latin1) {
        return new String(latin1.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }
}
