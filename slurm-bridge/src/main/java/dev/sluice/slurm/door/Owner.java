package dev.sluice.slurm.door;

import dev.sluice.job.InvalidValue;
import java.util.regex.Pattern;

/**
 * The account of a cluster's operating system that a job belongs to: a name as useradd(8) takes it, in lower case, never root.
 */
public record Owner(String name) {
    /** Below it lie the accounts of the system (login.defs(5), UID_MIN); nothing of ours ever runs as one. */
    public static final int LEAST_UID = 1000;

    private static final Pattern NAME = Pattern.compile("[a-z_][a-z0-9_.-]{0,31}");

    public Owner {
        if (!NAME.matcher(name).matches() || name.equals("root")) {
            throw new InvalidValue("account", "a user's login name, not root", name);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
