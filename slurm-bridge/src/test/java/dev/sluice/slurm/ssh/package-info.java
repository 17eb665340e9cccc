/** Tests of the door by SSH: parsers on recordings of three versions, quoting by real shells, a hostile server. */
@NullMarked
package dev.sluice.slurm.ssh;

import org.jspecify.annotations.NullMarked;
