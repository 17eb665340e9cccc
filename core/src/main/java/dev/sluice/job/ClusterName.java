package dev.sluice.job;

import java.util.regex.Pattern;

/** The administrator's name of a cluster: a DNS label (RFC 1123), so that it serves in labels, paths and metrics. */
public record ClusterName(String value) implements Comparable<ClusterName> {
    private static final Pattern LABEL = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

    public ClusterName {
        if (!LABEL.matcher(value).matches()) {
            throw new InvalidValue("cluster", "a DNS label: 1 to 63 of a-z, 0-9 and '-'", value);
        }
    }

    @Override
    public int compareTo(ClusterName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
