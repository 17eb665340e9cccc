/** The door by slurmrestd: versions, JSON and HTTP. Depends on {@code door}; never on {@code ssh}. */
@NullMarked
package dev.sluice.slurm.rest;

import org.jspecify.annotations.NullMarked;
