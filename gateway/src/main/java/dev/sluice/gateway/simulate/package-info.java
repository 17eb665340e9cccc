/**
 * Traces from files, and what a simulation came to as files: CSV, JSON and SVG. Depends on {@code policy.trace}, which does the
 * work; knows no gateway and no command line.
 */
@NullMarked
package dev.sluice.gateway.simulate;

import org.jspecify.annotations.NullMarked;
