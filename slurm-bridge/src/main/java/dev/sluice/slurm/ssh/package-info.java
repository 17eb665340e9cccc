/** The door by SSH and SLURM's own commands, one class a command: argv and parser. Depends on {@code door}; never on {@code rest}. */
@NullMarked
package dev.sluice.slurm.ssh;

import org.jspecify.annotations.NullMarked;
