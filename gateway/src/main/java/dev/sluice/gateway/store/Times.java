package dev.sluice.gateway.store;

import java.time.Instant;

/** Instants as numbers of nanoseconds since 1970, which reach from 1677 to 2262: for the gateway's own clock. */
final class Times {
    private static final long SECOND = 1_000_000_000L;

    private Times() {}

    /** @throws ArithmeticException when it is out of reach */
    static long nanos(Instant instant) {
        return Math.addExact(Math.multiplyExact(instant.getEpochSecond(), SECOND), instant.getNano());
    }

    static Instant instant(long nanos) {
        return Instant.ofEpochSecond(Math.floorDiv(nanos, SECOND), Math.floorMod(nanos, SECOND));
    }

    /** The same for a bound of a search, which may be anything: the nearest within reach. */
    static long bound(Instant instant) {
        if (instant.isBefore(instant(Long.MIN_VALUE))) {
            return Long.MIN_VALUE;
        }
        return instant.isAfter(instant(Long.MAX_VALUE)) ? Long.MAX_VALUE : nanos(instant);
    }
}
