/**
 * The configuration file: read once, bound to the settings records of every component, and every problem of it told at once
 * with its line. Knows the records that it binds; whoever assembles the gateway and the command line may use it. Never knows a
 * server, a socket or the command line, and never prints a secret.
 */
@NullMarked
package dev.sluice.gateway.settings;

import org.jspecify.annotations.NullMarked;
