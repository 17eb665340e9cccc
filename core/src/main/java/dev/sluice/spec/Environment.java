package dev.sluice.spec;

import dev.sluice.job.InvalidValue;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The environment variables that the user gives to the job; what a cluster, an image or Sluice adds comes on top.
 *
 * <p>A name is printable ASCII without {@code =}, as newer Kubernetes has it, and without blanks (bash needs such names for
 * exported functions, {@code BASH_FUNC_ml%%}), at most {@value #MAX_NAME} bytes; a value holds anything but NUL. Name and
 * value together are at most 131,070 bytes (Linux's MAX_ARG_STRLEN), all of them {@value #MAX_BYTES} bytes and {@value
 * #MAX_VARIABLES} variables. Values may be secrets: no message and no {@code toString} shows one.
 */
public record Environment(SortedMap<String, String> variables) {
    public static final int MAX_NAME = 1024;
    public static final int MAX_VARIABLES = 4096;
    public static final int MAX_BYTES = 1 << 20;

    public static final Environment EMPTY = new Environment(Check.sorted(Map.<String, String>of()));

    private static final String FIELD = "environment";

    public Environment {
        if (variables.size() > MAX_VARIABLES) {
            throw new InvalidValue(FIELD, "at most " + MAX_VARIABLES + " variables", variables.size() + " variables");
        }
        variables = Check.sorted(variables);
        long total = 0;
        for (Map.Entry<String, String> variable : variables.entrySet()) {
            total += checkedSize(variable.getKey(), variable.getValue());
        }
        if (total > MAX_BYTES) {
            throw new InvalidValue(FIELD, "at most " + MAX_BYTES + " bytes in all", total + " bytes");
        }
    }

    public static Environment of(Map<String, String> variables) {
        return new Environment(Check.sorted(variables));
    }

    /** Bytes of {@code NAME=value} and its NUL. */
    private static int checkedSize(String name, String value) {
        boolean named = !name.isEmpty()
                && name.length() <= MAX_NAME
                && name.chars().allMatch(c -> c > ' ' && c < 0x7f && c != '=');
        if (!named) {
            throw new InvalidValue(
                    FIELD, "names of 1 to " + MAX_NAME + " printable ASCII characters without '=' and blanks", name);
        }
        int bytes = utf8Size(name, value);
        if (bytes > Check.MAX_WORD) {
            throw new InvalidValue(
                    FIELD + " " + name,
                    "at most " + Check.MAX_WORD + " bytes as NAME=value",
                    bytes + " bytes (value not shown)");
        }
        return bytes + 1;
    }

    private static int utf8Size(String name, String value) {
        int bytes = Check.utf8Length(value);
        if (bytes < 0 || value.indexOf('\0') >= 0) {
            throw new InvalidValue(
                    FIELD + " " + name,
                    "a value that UTF-8 can carry, without NUL",
                    value.length() + " characters (value not shown)");
        }
        return name.length() + 1 + bytes;
    }

    /**
     * The names that are no identifier of a POSIX shell. Apptainer drops <em>all</em> injected variables when it meets one, and
     * says nothing (facts/apptainer.md), so a bridge that uses it refuses them.
     */
    public SortedSet<String> notIdentifiers() {
        SortedSet<String> names = new TreeSet<>();
        for (String name : variables.keySet()) {
            boolean identifier = !isDigit(name.charAt(0))
                    && name.chars()
                            .allMatch(c -> (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || isDigit(c) || c == '_');
            if (!identifier) {
                names.add(name);
            }
        }
        return Check.sorted(names);
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    /** The names, without the values. */
    @Override
    public String toString() {
        return "Environment" + variables.keySet();
    }
}
