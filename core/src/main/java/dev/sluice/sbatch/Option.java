package dev.sluice.sbatch;

import java.util.List;
import java.util.Optional;

/**
 * One long option of sbatch.
 *
 * @param name without its dashes
 * @param letter the short form
 * @param variables of the environment that set it too, a later one over an earlier
 * @param since the first of the three releases looked at that has it
 */
public record Option(
        String name,
        Optional<Character> letter,
        Argument argument,
        List<String> variables,
        Release since,
        Treatment treatment) {
    /** getopt's three kinds. */
    public enum Argument {
        NONE,
        REQUIRED,
        /** Only as {@code --name=value}. */
        OPTIONAL
    }

    /** The releases whose options were recorded. */
    public enum Release {
        R22_05("22.05"),
        R24_11("24.11"),
        R26_05("26.05");

        private final String text;

        Release(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    public enum Treatment {
        HONOURED,
        /** Refused by its name: never ignored. */
        REFUSED
    }

    public Option {
        variables = List.copyOf(variables);
    }

    public boolean isHonoured() {
        return treatment == Treatment.HONOURED;
    }

    /** As it is written: {@code --time}. */
    @Override
    public String toString() {
        return "--" + name;
    }
}
