/** What holds for the house as a whole. */
@NullMarked
package dev.sluice.gateway.house;

import org.jspecify.annotations.NullMarked;
