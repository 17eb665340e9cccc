/**
 * The policy tried on a trace: workloads, read or generated, and modelled clusters on virtual time, driven by the same {@link
 * dev.sluice.policy.plan.Planner} as the gateway. Depends on core and on the other packages of policy; it reads lines that others
 * have opened, and draws from the random source that it is given. It must never know a gateway.
 */
@NullMarked
package dev.sluice.policy.trace;

import org.jspecify.annotations.NullMarked;
