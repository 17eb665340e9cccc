/**
 * The JSON of the HTTP interface, both ways: requests are read into the values of {@code core} and {@code engine}, and those are
 * written for people and programs, as the contract ({@code openapi.yaml}) says.
 *
 * <p>Pure functions of bytes and values. May depend on core, policy, engine and Jackson's streaming parser and generator. Must
 * never see HTTP, a thread, a clock or a store; must never put the value of an environment variable, a word of a command line or a
 * part of a script into a message, an event or a list.
 */
@NullMarked
package dev.sluice.gateway.wire;

import org.jspecify.annotations.NullMarked;
