/** Amounts of what jobs take and clusters have. Depends on core; pure values. */
@NullMarked
package dev.sluice.policy.load;

import org.jspecify.annotations.NullMarked;
