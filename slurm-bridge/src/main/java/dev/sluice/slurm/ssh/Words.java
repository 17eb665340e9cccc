package dev.sluice.slurm.ssh;

import dev.sluice.job.InvalidValue;
import dev.sluice.script.ShellWord;
import java.util.List;
import java.util.stream.Collectors;

/** Words for the remote shell, on one line of characters that it can carry. */
final class Words {
    private Words() {}

    /**
     * The word in single quotes, so that {@code sh} takes it for one word of exactly these characters.
     *
     * @throws InvalidValue when it holds a NUL or a line break, which the remote program's line cannot carry, or half a character
     */
    static String quoted(String word) {
        for (int i = 0; i < word.length(); i++) {
            char c = word.charAt(i);
            if (c == '\0' || c == '\n' || isLone(word, i)) {
                throw new InvalidValue("argument", "characters without NUL and line break", word);
            }
        }
        return ShellWord.quoted(word);
    }

    private static boolean isLone(String word, int at) {
        char c = word.charAt(at);
        if (Character.isHighSurrogate(c)) {
            return at + 1 == word.length() || !Character.isLowSurrogate(word.charAt(at + 1));
        }
        return Character.isLowSurrogate(c) && (at == 0 || !Character.isHighSurrogate(word.charAt(at - 1)));
    }

    /** A program of ours, which has lines: each break is the remote program's own variable {@code n}. */
    static String quotedProgram(String program) {
        return program.lines().map(Words::quoted).collect(Collectors.joining("\"$n\""));
    }

    static String line(List<String> words) {
        return words.stream().map(Words::quoted).collect(Collectors.joining(" "));
    }
}
