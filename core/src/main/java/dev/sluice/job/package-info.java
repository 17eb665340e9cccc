/**
 * Ids, task sets and the two lifecycles: the words that every other package speaks. Depends on the JDK only;
 * knows no cluster, no policy and no time but what it is told.
 */
@NullMarked
package dev.sluice.job;

import org.jspecify.annotations.NullMarked;
