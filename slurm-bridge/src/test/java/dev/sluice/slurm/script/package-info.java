/** The batch file, run by real shells on this machine; no Docker. */
@NullMarked
package dev.sluice.slurm.script;

import org.jspecify.annotations.NullMarked;
