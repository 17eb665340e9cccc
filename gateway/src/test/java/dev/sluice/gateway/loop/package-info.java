/** The loop over a store and clusters that fail as told. */
@NullMarked
package dev.sluice.gateway.loop;

import org.jspecify.annotations.NullMarked;
