/** Real gateways in front of real SLURM clusters. Needs Docker. */
@NullMarked
package dev.sluice.gateway.slurm;

import org.jspecify.annotations.NullMarked;
