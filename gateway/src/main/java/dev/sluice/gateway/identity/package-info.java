/**
 * Who asks, and what he may: principals, tokens, roles in projects. Knows the words of core and the engine's scopes and
 * requesters; never HTTP, a command line or a database, and never keeps a token's text.
 */
@NullMarked
package dev.sluice.gateway.identity;

import org.jspecify.annotations.NullMarked;
