/**
 * What the engine costs, measured by JMH. Never part of the product.
 */
@NullMarked
package dev.sluice.bench;

import org.jspecify.annotations.NullMarked;
