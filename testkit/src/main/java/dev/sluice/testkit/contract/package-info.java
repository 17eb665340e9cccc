/**
 * What every cluster bridge and every store must do, as suites that their own tests run.
 */
@NullMarked
package dev.sluice.testkit.contract;

import org.jspecify.annotations.NullMarked;
