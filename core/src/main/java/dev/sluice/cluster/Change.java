package dev.sluice.cluster;

import java.time.Duration;

/** A change of an object of ours on its cluster. */
public sealed interface Change {
    /** It shall not start. On Kubernetes conditioned on a version without a started container. */
    record Hold() implements Change {}

    /** A hold of ours shall go, and with it its bite at the next requeue. */
    record Unhold() implements Change {}

    record Limit(Duration limit) implements Change {}
}
