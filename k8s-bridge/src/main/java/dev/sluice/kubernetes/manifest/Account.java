package dev.sluice.kubernetes.manifest;

import dev.sluice.job.InvalidValue;
import java.util.Collection;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The account of the site's directory that a user's pods run as: never one of the system's (FAULTS.md, B22).
 *
 * @param name as useradd(8) takes it
 * @param uid {@value #LEAST_UID} and more
 * @param gid of its first group, 1 and more
 * @param groups the others that it is a member of, 1 and more each
 */
public record Account(String name, long uid, long gid, SortedSet<Long> groups) {
    /** Below it lie the accounts of the system (login.defs(5), UID_MIN). */
    public static final long LEAST_UID = 1000;

    /** Kubernetes takes no higher one (core/v1, PodSecurityContext: an int32). */
    private static final long MOST = Integer.MAX_VALUE;

    private static final Pattern NAME = Pattern.compile("[a-z_][a-z0-9_.-]{0,31}");

    public Account {
        if (!NAME.matcher(name).matches() || name.equals("root")) {
            throw new InvalidValue("account", "a user's login name, not root", name);
        }
        if (uid < LEAST_UID || uid > MOST) {
            throw new InvalidValue("user id", "a number from " + LEAST_UID + " to " + MOST, Long.toString(uid));
        }
        groups = Collections.unmodifiableSortedSet(new TreeSet<>(groups));
        checkGroup(gid);
        groups.forEach(Account::checkGroup);
    }

    public static Account of(String name, long uid, long gid, Collection<Long> groups) {
        return new Account(name, uid, gid, new TreeSet<>(groups));
    }

    private static void checkGroup(long group) {
        if (group < 1 || group > MOST) {
            throw new InvalidValue("group id", "a number from 1 to " + MOST + ", not root's", Long.toString(group));
        }
    }
}
