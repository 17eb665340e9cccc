/**
 * The state of all jobs and what follows from an input: one handler a stage. Depends on core and policy; one
 * thread, no I/O, clock, randomness of its own or log.
 */
@NullMarked
package dev.sluice.engine;

import org.jspecify.annotations.NullMarked;
