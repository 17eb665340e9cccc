/** Tests of this package. */
@NullMarked
package dev.sluice.gateway.identity;

import org.jspecify.annotations.NullMarked;
