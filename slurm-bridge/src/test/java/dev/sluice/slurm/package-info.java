@NullMarked
package dev.sluice.slurm;

import org.jspecify.annotations.NullMarked;
