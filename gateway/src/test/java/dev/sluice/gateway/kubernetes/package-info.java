/** Real gateways in front of a real Kubernetes. Needs Docker. */
@NullMarked
package dev.sluice.gateway.kubernetes;

import org.jspecify.annotations.NullMarked;
