/**
 * The store on SQLite: rows of the engine's state, the sequence of events, archive, outbox and tokens. Depends on the engine's
 * port and the words of core; knows no loop, no HTTP and no command line. Nothing of SQLite shows in what it offers, so that
 * another database may take its place. It must never answer before what it was given is on disk.
 */
@NullMarked
package dev.sluice.gateway.store;

import org.jspecify.annotations.NullMarked;
