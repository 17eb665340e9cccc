/**
 * All threads of the gateway but the event loops of HTTP: the one that owns the state, and the lanes that make its calls.
 * Knows the engine and the bridges' port; never HTTP, never a setting's spelling.
 */
@NullMarked
package dev.sluice.gateway.loop;

import org.jspecify.annotations.NullMarked;
