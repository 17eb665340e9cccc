/**
 * What SLURM can be asked, whichever way it is spoken to: the port that {@code rest} and {@code ssh} implement, and the values
 * that pass through it. Knows the words of core and nothing of JSON, shells or sessions.
 */
@NullMarked
package dev.sluice.slurm.door;

import org.jspecify.annotations.NullMarked;
