/**
 * The bridge to a Kubernetes cluster, as far as it is values: what is seen of Jobs and pods, in core's words. Depends on core and
 * its own packages; never on HTTP, policy or the store.
 */
@NullMarked
package dev.sluice.kubernetes;

import org.jspecify.annotations.NullMarked;
