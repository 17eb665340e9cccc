/**
 * The form of images, events and specs on disk. Depends on engine and Jackson; holds no logic of the lifecycle.
 */
@NullMarked
package dev.sluice.codec;

import org.jspecify.annotations.NullMarked;
