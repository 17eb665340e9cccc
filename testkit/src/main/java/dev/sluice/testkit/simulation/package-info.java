/**
 * The engine against hostile clusters in virtual time, by seed. One thread; for tests only.
 */
@NullMarked
package dev.sluice.testkit.simulation;

import org.jspecify.annotations.NullMarked;
