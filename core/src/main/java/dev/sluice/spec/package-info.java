/**
 * What a job is when it is handed in: the work, what it asks for, and the rules that it runs by.
 *
 * <p>Values only, complete and checked: whoever holds a {@link dev.sluice.spec.JobSpec} need not ask again whether a name has
 * a line break in it or a memory overflows. Whether a certain cluster can honour it is that cluster's bridge to say.
 *
 * <p>May depend on {@code dev.sluice.job}, {@code dev.sluice.image} and the JDK. Must never read a clock, a file or a
 * setting; must never put the value of an environment variable into a message or a {@code toString}.
 */
@NullMarked
package dev.sluice.spec;

import org.jspecify.annotations.NullMarked;
