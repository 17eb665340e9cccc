package dev.sluice.spec;

import dev.sluice.job.InvalidValue;
import java.util.Map;
import java.util.SortedMap;
import java.util.regex.Pattern;

/**
 * The user's own keys and values on a job, in Kubernetes' label syntax: a key is {@code name} or {@code dns.prefix/name}, name
 * and value have at most 63 characters, a value may be empty. At most {@value #MAX}.
 *
 * <p>Prefixes below {@code kubernetes.io}, {@code k8s.io} and {@code sluice.dev} are refused: controllers and Sluice act on
 * those, and a user's label must not speak for them.
 */
public record Labels(SortedMap<String, String> values) {
    public static final int MAX = 64;
    public static final Labels NONE = new Labels(Check.sorted(Map.<String, String>of()));

    private static final int MAX_PREFIX = 253;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?");
    private static final Pattern DNS_LABEL = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");
    private static final Pattern RESERVED = Pattern.compile("(.*\\.)?(kubernetes\\.io|k8s\\.io|sluice\\.dev)");

    public Labels {
        if (values.size() > MAX) {
            throw new InvalidValue("labels", "at most " + MAX, Integer.toString(values.size()));
        }
        values = Check.sorted(values);
        values.forEach(Labels::check);
    }

    public static Labels of(Map<String, String> values) {
        return new Labels(Check.sorted(values));
    }

    private static void check(String key, String value) {
        int slash = key.indexOf('/');
        if (slash >= 0) {
            checkPrefix(key.substring(0, slash), key);
        }
        if (!NAME.matcher(key.substring(slash + 1)).matches()) {
            throw new InvalidValue(
                    "label",
                    "[dns.prefix/]name, the name 1 to 63 letters, digits, '-', '_' and '.', alphanumeric at both ends",
                    key);
        }
        if (!value.isEmpty() && !NAME.matcher(value).matches()) {
            throw new InvalidValue(
                    "label " + key,
                    "at most 63 letters, digits, '-', '_' and '.', alphanumeric at both ends, or nothing",
                    value);
        }
    }

    private static void checkPrefix(String prefix, String key) {
        boolean good = !prefix.isEmpty() && prefix.length() <= MAX_PREFIX;
        for (String label : prefix.split("\\.", -1)) {
            good &= DNS_LABEL.matcher(label).matches();
        }
        if (!good) {
            throw new InvalidValue("label", "a DNS name in lower case before the '/'", key);
        }
        if (RESERVED.matcher(prefix).matches()) {
            throw new InvalidValue("label", "a prefix outside kubernetes.io, k8s.io and sluice.dev", key);
        }
    }
}
