/** The batch file that every job of ours is on SLURM: its gate, the ids inside the job, and the user's script. */
@NullMarked
package dev.sluice.slurm.script;

import org.jspecify.annotations.NullMarked;
