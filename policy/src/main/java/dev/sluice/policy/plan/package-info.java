/**
 * Which job goes next, and where. Depends on core; holds only what it was told, and never reads a clock, a
 * script or a random number.
 */
@NullMarked
package dev.sluice.policy.plan;

import org.jspecify.annotations.NullMarked;
