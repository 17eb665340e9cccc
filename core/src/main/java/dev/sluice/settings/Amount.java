package dev.sluice.settings;

/**
 * How much of something, where only what it is of says whether it is counted or measured: a number, or bytes that were written
 * with a unit.
 */
public record Amount(long value, Kind kind) {
    public enum Kind {
        /** As {@code 100}. */
        COUNT,
        /** As {@code 4GiB}. */
        BYTES
    }
}
