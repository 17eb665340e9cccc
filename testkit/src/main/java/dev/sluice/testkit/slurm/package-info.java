/**
 * Real SLURM clusters in containers, three generations of them, and what goes wrong with them on purpose. The images and what
 * can be set are in docker/slurm-test-cluster. For tests, demos and benches; never part of the product.
 */
@NullMarked
package dev.sluice.testkit.slurm;

import org.jspecify.annotations.NullMarked;
