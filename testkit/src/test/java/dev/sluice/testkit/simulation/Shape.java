package dev.sluice.testkit.simulation;

import dev.sluice.spec.JobSpec;

/** The jobs that every row of the protocol is about: each row holds for a plain job and for all tasks of an array. */
enum Shape {
    PLAIN,
    ARRAY;

    JobSpec spec() {
        return switch (this) {
            case PLAIN -> Scenario.plain();
            case ARRAY -> Scenario.array(4);
        };
    }
}
