/**
 * The door: HTTP/1.1 on Vert.x event loops, which alone may be seen here. It bounds what comes in, finds out who asks, reads
 * requests with {@code wire}, hands commands to the {@code loop}'s desk and reads answers from the store on virtual threads.
 * Nothing depends on it but the place where the gateway is put together; it never decides what becomes of a job.
 */
@NullMarked
package dev.sluice.gateway.http;

import org.jspecify.annotations.NullMarked;
