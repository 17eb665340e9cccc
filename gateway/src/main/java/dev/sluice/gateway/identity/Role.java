package dev.sluice.gateway.identity;

import dev.sluice.job.InvalidValue;
import java.util.Arrays;
import java.util.Locale;

/** What somebody is in a project; each may all that those before it may. */
public enum Role {
    /** Sees all jobs of the project. */
    VIEWER,
    /** Submits, and touches his own. */
    SUBMITTER,
    /** Touches all jobs of the project. */
    OPERATOR,
    ADMIN;

    /** In lower case. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Reads the form of {@link #text()}.
     *
     * @throws InvalidValue when it is no role
     */
    public static Role parse(String text) {
        return Arrays.stream(values())
                .filter(role -> role.text().equals(text))
                .findFirst()
                .orElseThrow(() -> new InvalidValue("role", "viewer, submitter, operator or admin", text));
    }

    boolean atLeast(Role other) {
        return compareTo(other) >= 0;
    }

    Role atMost(Role cap) {
        return compareTo(cap) <= 0 ? this : cap;
    }
}
