/**
 * What can be told from the bytes of a script without running it: its interpreter, the environment modules that it loads, the
 * file systems that it names. And how text is written into one of ours.
 *
 * <p>Pure functions at intake's service, so that placement never opens a script. They take any bytes, throw for none, cost
 * linear time and give bounded answers. They read what people write, not what a shell could be made to do: what depends on
 * a variable or a condition is left out, since a need that is not one keeps a job from a cluster where it would run.
 *
 * <p>May depend on {@code dev.sluice.spec}, {@code dev.sluice.job} and the JDK. Must never refuse a job because of a module or a
 * path that it believes to have found.
 */
@NullMarked
package dev.sluice.script;

import org.jspecify.annotations.NullMarked;
