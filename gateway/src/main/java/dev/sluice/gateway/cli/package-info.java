/**
 * The command line: commands that ask a gateway over HTTP, a few that work on its data directory, and {@code serve}, whose server
 * is handed in. Knows the settings and what works on a data directory; never the loop, the engine or the HTTP server. Nothing
 * may depend on it but what starts it.
 */
@NullMarked
package dev.sluice.gateway.cli;

import org.jspecify.annotations.NullMarked;
