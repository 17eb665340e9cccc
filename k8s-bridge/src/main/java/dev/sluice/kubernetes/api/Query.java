package dev.sluice.kubernetes.api;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Collection;

/** Parts of an address behind its question mark. */
public final class Query {
    private Query() {}

    static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }

    public static String label(String key, String value) {
        return "labelSelector=" + encoded(key + "=" + value);
    }

    /** All of the conditions, {@code field=value} with commas between them. */
    public static String fields(String conditions) {
        return "fieldSelector=" + encoded(conditions);
    }

    /** With the label besides, whatever its value. */
    public static String label(String key, String value, String besides) {
        return "labelSelector=" + encoded(key + "=" + value + "," + besides);
    }

    /** Any of the values. */
    public static String label(String key, Collection<String> values) {
        return "labelSelector=" + encoded(key + " in (" + String.join(",", values) + ")");
    }
}
