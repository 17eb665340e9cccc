/**
 * Where the gateway is put together and started. Everything may be known here; nothing knows it.
 */
@NullMarked
package dev.sluice.gateway;

import org.jspecify.annotations.NullMarked;
