package dev.sluice.gateway.wire;

import dev.sluice.job.InvalidValue;
import dev.sluice.job.TaskSet;
import dev.sluice.spec.ArraySpec;

/** Task sets in requests: ranges in any order, with steps, counted before they are made. */
final class Tasks {
    private static final String EXPECTED = "indices and ranges as 0-15:4,32";

    private Tasks() {}

    /** @throws InvalidValue for everything else, an empty set among it */
    static TaskSet parse(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean plain = (c >= '0' && c <= '9') || c == '-' || c == ',' || c == ':';
            if (!plain) {
                throw new InvalidValue("tasks", EXPECTED, text);
            }
        }
        // Not TaskSet.parse: there, a text of many wide ranges costs far more than it weighs.
        return ArraySpec.parse(text).indices();
    }
}
