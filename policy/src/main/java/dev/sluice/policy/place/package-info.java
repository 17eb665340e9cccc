/** What an administrator says about where jobs go: what counts how much, and what is so of each cluster. */
@NullMarked
package dev.sluice.policy.place;

import org.jspecify.annotations.NullMarked;
