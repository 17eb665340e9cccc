/**
 * A real Kubernetes for tests: in one container of ours, or the one that KUBECONFIG names. For tests of any module; knows nothing of a
 * bridge.
 */
@NullMarked
package dev.sluice.testkit.kubernetes;

import org.jspecify.annotations.NullMarked;
