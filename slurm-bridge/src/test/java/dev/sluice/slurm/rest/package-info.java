@NullMarked
package dev.sluice.slurm.rest;

import org.jspecify.annotations.NullMarked;
