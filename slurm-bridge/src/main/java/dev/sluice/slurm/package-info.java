/**
 * The bridge to a SLURM cluster: park, bind, release, watch, stop, as docs/dispatch.md has it, over whichever doors a site has.
 * Depends on core and its own packages; never on HTTP, policy or the store.
 */
@NullMarked
package dev.sluice.slurm;

import org.jspecify.annotations.NullMarked;
