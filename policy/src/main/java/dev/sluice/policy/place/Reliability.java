package dev.sluice.policy.place;

import java.time.Duration;
import java.time.Instant;

/**
 * How much of what a cluster was given ended by its own fault of late: what was so a half-life ago counts half.
 *
 * @param ends of tasks, however they ended, as they count at {@code asOf}
 * @param faults those among them that no job was to blame for
 */
public record Reliability(double ends, double faults, Instant asOf) {
    public static final Duration HALF_LIFE = Duration.ofMinutes(30);

    /** Ends without a fault that every cluster is believed to have had: one fault alone condemns none. */
    private static final double BELIEVED = 4;

    public static final Reliability UNKNOWN = new Reliability(0, 0, Instant.EPOCH);

    /** With tasks that ended then; what comes late counts as if it came now. */
    public Reliability plus(int tasks, boolean fault, Instant at) {
        Instant now = at.isAfter(asOf) ? at : asOf;
        double kept = kept(now);
        return new Reliability(ends * kept + tasks, faults * kept + (fault ? tasks : 0), now);
    }

    private double kept(Instant now) {
        double halfLives = (double) Duration.between(asOf, now).toMillis() / HALF_LIFE.toMillis();
        return Math.pow(0.5, Math.max(0, halfLives));
    }

    /** The part of its ends that were faults, from 0 to less than 1. */
    public double faultiness(Instant now) {
        double kept = kept(now);
        return faults * kept / (ends * kept + BELIEVED);
    }
}
