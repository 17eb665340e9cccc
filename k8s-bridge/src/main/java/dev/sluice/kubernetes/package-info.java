/**
 * The bridge to a Kubernetes cluster: a class for each stage of dispatch, and what is seen of Jobs and pods in core's words. Depends on
 * core, its own packages and fabric8's model; never on policy, the engine or the store.
 */
@NullMarked
package dev.sluice.kubernetes;

import org.jspecify.annotations.NullMarked;
