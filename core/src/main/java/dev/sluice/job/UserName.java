package dev.sluice.job;

import java.util.regex.Pattern;

/**
 * The name of a person or service at the gate, before any mapping to an account of a cluster.
 *
 * <p>Lower-case ASCII only: no two names differ by case or by look-alike letters (FAULTS.md, B22).
 */
public record UserName(String value) implements Comparable<UserName> {
    private static final Pattern NAME = Pattern.compile("[a-z_][a-z0-9_.@-]{0,63}");

    public UserName {
        if (!NAME.matcher(value).matches()) {
            throw new InvalidValue("user", "1 to 64 of a-z, 0-9, '_', '.', '@' and '-', a letter or '_' first", value);
        }
    }

    @Override
    public int compareTo(UserName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
