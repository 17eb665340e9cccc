/** Tests of who shares the federation, and of how that changes. */
@NullMarked
package dev.sluice.gateway.projects;

import org.jspecify.annotations.NullMarked;
