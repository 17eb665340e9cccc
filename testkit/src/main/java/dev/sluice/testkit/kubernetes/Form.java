package dev.sluice.testkit.kubernetes;

import java.util.Locale;

/** What a cluster in a container is made of. */
public enum Form {
    /** Kubelet, containers, Services and DNS on one node. */
    FULL,
    /** The control plane, and nodes and pods that are simulated: thousands of them, without containers and logs. */
    LIGHT;

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
