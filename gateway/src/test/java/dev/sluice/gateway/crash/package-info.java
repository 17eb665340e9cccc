/**
 * A real gateway, killed with signal 9 again and again under load, and a checker that reads what its jobs have left.
 */
@NullMarked
package dev.sluice.gateway.crash;

import org.jspecify.annotations.NullMarked;
