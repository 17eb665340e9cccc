package dev.sluice.engine;

import java.time.Instant;

/**
 * An event in the sequence.
 *
 * @param sequence from 1, without a gap
 * @param at when it was decided
 */
public record StoredEvent(long sequence, Instant at, Event.Recorded event) {}
