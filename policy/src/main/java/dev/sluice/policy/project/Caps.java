package dev.sluice.policy.project;

import dev.sluice.job.InvalidValue;
import java.util.OptionalInt;

/**
 * How many tasks a project, with all projects below it, may have; empty for any number.
 *
 * @param queued unfinished and not on a cluster
 * @param running on a cluster, from the decision to start them to their end
 * @param queuedPerUser those of one user in the project
 * @param runningPerUser those of one user in the project
 */
public record Caps(OptionalInt queued, OptionalInt running, OptionalInt queuedPerUser, OptionalInt runningPerUser) {
    public static final Caps NONE =
            new Caps(OptionalInt.empty(), OptionalInt.empty(), OptionalInt.empty(), OptionalInt.empty());

    public Caps {
        check("most queued", queued);
        check("most running", running);
        check("most queued of a user", queuedPerUser);
        check("most running of a user", runningPerUser);
    }

    private static void check(String field, OptionalInt most) {
        if (most.isPresent() && most.getAsInt() < 0) {
            throw new InvalidValue(field, "0 or more", Integer.toString(most.getAsInt()));
        }
    }
}
