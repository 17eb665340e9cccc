/**
 * The port to one cluster and its outcomes. Depends on the job and spec packages; a bridge implements it, the
 * engine speaks of it in values and never calls it.
 */
@NullMarked
package dev.sluice.cluster;

import org.jspecify.annotations.NullMarked;
