package dev.sluice.policy.trace;

import dev.sluice.policy.project.HalfLife;

/** What is held over time: how much at the moment, how much up to now, and how much of that still counts. */
final class Meter {
    private final double perSecond;
    private final double mean;
    private long since;
    private long held;
    private double total;
    private double decayed;

    Meter(HalfLife halfLife) {
        this.perSecond = 1 / halfLife.meanSeconds();
        this.mean = halfLife.meanSeconds();
    }

    /** From now on so much more is held, or less. */
    void add(long more, long now) {
        advance(now);
        held += more;
    }

    long held() {
        return held;
    }

    /** Amount times seconds. */
    double total(long now) {
        advance(now);
        return total;
    }

    /** The same, where what is a half-life ago counts half. */
    double decayed(long now) {
        advance(now);
        return decayed;
    }

    private void advance(long now) {
        double seconds = now - since;
        total += held * seconds;
        // ∫ held · e^(−t/mean) dt, and what was there before has decayed.
        decayed = decayed * StrictMath.exp(-seconds * perSecond) - held * mean * StrictMath.expm1(-seconds * perSecond);
        since = now;
    }
}
