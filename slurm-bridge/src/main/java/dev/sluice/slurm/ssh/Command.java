package dev.sluice.slurm.ssh;

import dev.sluice.job.InvalidValue;
import dev.sluice.spec.Bytes;
import java.util.ArrayList;
import java.util.List;

/**
 * A command as the remote program gets it.
 *
 * @param text its quoted words
 * @param input what it finds on standard input
 */
record Command(String text, Bytes input) {
    /** @throws InvalidValue when a word cannot be carried */
    static Command of(List<String> environment, List<String> words, Bytes input) {
        List<String> all = new ArrayList<>(List.of("env"));
        all.addAll(environment);
        all.addAll(words);
        return new Command(Words.line(all), input);
    }

    /** A program of ours run by {@code sh}, with words of its own. */
    static Command program(String program, List<String> words, Bytes input) {
        return new Command(
                "env LC_ALL=C sh -c " + Words.quotedProgram(program) + " sluice " + Words.line(words), input);
    }
}
