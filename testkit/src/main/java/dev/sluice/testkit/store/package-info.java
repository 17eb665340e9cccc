/**
 * A store in memory for simulations and tests. It forgets everything with its process, and is no part of the product.
 */
@NullMarked
package dev.sluice.testkit.store;

import org.jspecify.annotations.NullMarked;
