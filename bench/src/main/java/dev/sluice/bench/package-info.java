/** How fast the engine decides and how much heap a queued job takes, beside a peer that is measured in the same run. */
@NullMarked
package dev.sluice.bench;

import org.jspecify.annotations.NullMarked;
