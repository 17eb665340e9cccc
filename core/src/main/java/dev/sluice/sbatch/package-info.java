/**
 * SLURM's language towards its users: what {@code sbatch} is told on the command line, in the environment and in a script, and the
 * words that SLURM uses in answers (file name patterns, host lists, states). A {@link dev.sluice.sbatch.Sbatch} turns it into a
 * {@link dev.sluice.spec.JobSpec}, or says what sbatch would have said.
 *
 * <p>What sbatch does here was recorded (22.05.8, 24.11.5 and 26.05.5), and looked up in its manual and its source where nothing
 * was. May depend on {@code dev.sluice.job}, {@code dev.sluice.spec} and the JDK. Must never read a file, a clock or an environment
 * variable: all of them are passed in.
 */
@NullMarked
package dev.sluice.sbatch;

import org.jspecify.annotations.NullMarked;
