/**
 * Who shares the federation: the tree of projects, what each is promised and may have, and what it has used. Depends on core
 * and on {@code policy.load}; pure values, without a clock.
 */
@NullMarked
package dev.sluice.policy.project;

import org.jspecify.annotations.NullMarked;
