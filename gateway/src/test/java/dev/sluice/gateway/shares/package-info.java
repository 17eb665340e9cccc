/** Tests of the whole gateway on what projects get of several real clusters together. */
@NullMarked
package dev.sluice.gateway.shares;

import org.jspecify.annotations.NullMarked;
