package dev.sluice.cluster;

import dev.sluice.spec.Bytes;

/** What a read of a log came to. */
public sealed interface LogReading {
    /** @param next the offset behind it, bytes; end: nothing will follow */
    record Chunk(Bytes bytes, long next, boolean end) implements LogReading {}

    /** The log does not exist yet. */
    record None() implements LogReading {}

    /** The bridge cannot read logs of this attempt. */
    record Cannot(String why) implements LogReading {}

    record Unknown(Doubt doubt) implements LogReading {}

    /** Which output of a task. */
    enum Stream {
        OUTPUT,
        ERROR
    }
}
