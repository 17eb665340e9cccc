package dev.sluice.gateway.settings;

import java.util.List;

/** What came of reading a configuration file. */
public sealed interface Reading<T> {
    record Good<T>(T settings) implements Reading<T> {}

    /** All of its problems, by line; at least one. */
    record Bad<T>(List<Problem> problems) implements Reading<T> {
        public Bad {
            problems = List.copyOf(problems);
        }

        /** A line each. */
        public String text() {
            return String.join("\n", problems.stream().map(Problem::text).toList());
        }
    }
}
