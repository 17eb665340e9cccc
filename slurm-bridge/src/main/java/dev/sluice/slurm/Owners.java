package dev.sluice.slurm;

import dev.sluice.job.InvalidValue;
import dev.sluice.job.UserName;
import dev.sluice.slurm.door.Owner;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/**
 * As which account of a cluster each user's jobs run. What is not said has no account (FAULTS.md, B22).
 *
 * @param unnamed what becomes of a user whom the table does not name
 * @param table user to login name; case and look-alikes do not matter, since user names are lower-case ASCII
 * @param banned login names that no job ever runs as, whatever the table says; root is one always
 */
public record Owners(Unnamed unnamed, SortedMap<UserName, String> table, Set<String> banned) {
    public enum Unnamed {
        /** His account has his own name. */
        SAME_NAME,
        /** He has none. */
        REFUSED
    }

    /** Empty where this user has no account there. */
    Optional<Owner> of(UserName user) {
        String name = table.get(user);
        if (name == null && unnamed == Unnamed.SAME_NAME) {
            name = user.value();
        }
        if (name == null || banned.contains(name)) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Owner(name));
        } catch (InvalidValue e) {
            return Optional.empty();
        }
    }
}
