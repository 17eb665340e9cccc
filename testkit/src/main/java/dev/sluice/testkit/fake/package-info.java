/**
 * A cluster of one pure model that does whatever real ones were seen to do. For tests only.
 */
@NullMarked
package dev.sluice.testkit.fake;

import org.jspecify.annotations.NullMarked;
