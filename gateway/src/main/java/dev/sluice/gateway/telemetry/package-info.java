/**
 * What the gateway tells of itself: every meter in one class, and the log of what happened to jobs. May know the loop; nothing
 * but the assembly knows it. Never a job or a user in a tag.
 */
@NullMarked
package dev.sluice.gateway.telemetry;

import org.jspecify.annotations.NullMarked;
