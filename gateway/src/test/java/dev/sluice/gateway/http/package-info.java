/** Tests of the door: a real server on a loopback port, real sockets, and a real loop behind it. */
@NullMarked
package dev.sluice.gateway.http;

import org.jspecify.annotations.NullMarked;
