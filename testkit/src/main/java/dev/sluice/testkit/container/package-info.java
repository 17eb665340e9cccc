/**
 * What test clusters in containers have in common: Docker's engine by Testcontainers, and the scripts below docker/ that build their
 * images. For the packages of the clusters alone.
 */
@NullMarked
package dev.sluice.testkit.container;

import org.jspecify.annotations.NullMarked;
