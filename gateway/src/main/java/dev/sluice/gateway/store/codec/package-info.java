/**
 * The stored form of values: JSON made from the records themselves. Depends on the words of core and engine, and on Jackson's
 * streams; must never know a database, and must never change the meaning of what an earlier release has written.
 */
@NullMarked
package dev.sluice.gateway.store.codec;

import org.jspecify.annotations.NullMarked;
