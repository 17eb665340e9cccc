/**
 * Container images as values: references and digests.
 *
 * <p>May depend on {@code dev.sluice.job} and the JDK. Must never ask a registry: what a tag means today is found out at
 * intake, by an adapter, and written into the reference as its digest.
 */
@NullMarked
package dev.sluice.image;

import org.jspecify.annotations.NullMarked;
