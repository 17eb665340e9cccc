/**
 * Tells other people's servers what became of their jobs: takes deliveries from an outbox, in order per job, and posts them.
 * Knows the words of core; never the API, a database, or how an event is written. Whatever it connects to was checked first.
 */
@NullMarked
package dev.sluice.gateway.webhook;

import org.jspecify.annotations.NullMarked;
