package dev.sluice.kubernetes;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/** How an object is deleted (meta/v1, DeleteOptions): that one alone, never another of its name. */
final class Deletion {
    private final Map<String, Object> preconditions = new TreeMap<>();

    private Deletion(String uid) {
        preconditions.put("uid", uid);
    }

    static Deletion of(String uid) {
        return new Deletion(uid);
    }

    /** Only as it was read. */
    Deletion at(String version) {
        preconditions.put("resourceVersion", version);
        return this;
    }

    /** What belongs to it goes after it. */
    Map<String, Object> inBackground() {
        return Map.of("preconditions", preconditions, "propagationPolicy", "Background");
    }

    /** @param grace between the polite signal and the last one; a second at the least, for with 0 nobody waits for its end */
    Map<String, Object> within(Duration grace) {
        return Map.of("preconditions", preconditions, "gracePeriodSeconds", Math.max(1, grace.toSeconds()));
    }
}
