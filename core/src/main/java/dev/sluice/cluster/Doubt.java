package dev.sluice.cluster;

/**
 * Why nobody knows what came of a request: a time-out, a cut answer, an unreadable one, a full lane.
 *
 * @param why for a person
 */
public record Doubt(String why) {}
