/**
 * The bridge to this machine's own processes: for trials and laptops. Depends on core alone.
 */
@NullMarked
package dev.sluice.local;

import org.jspecify.annotations.NullMarked;
