/**
 * How a component declares what a site may configure of it. Depends on the JDK only; reading files and reporting what is
 * wrong in them is the gateway's.
 */
@NullMarked
package dev.sluice.settings;

import org.jspecify.annotations.NullMarked;
