/**
 * Speaking with one API server of Kubernetes: single calls, lists and watches, each with an end. Depends on core and fabric8's client;
 * knows nothing of attempts.
 */
@NullMarked
package dev.sluice.kubernetes.api;

import org.jspecify.annotations.NullMarked;
