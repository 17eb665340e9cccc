/**
 * What the tests of all modules share. Never part of the product.
 */
@NullMarked
package dev.sluice.testkit;

import org.jspecify.annotations.NullMarked;
