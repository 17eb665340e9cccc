/** Tests of this package. */
@NullMarked
package dev.sluice.gateway.simulate;

import org.jspecify.annotations.NullMarked;
