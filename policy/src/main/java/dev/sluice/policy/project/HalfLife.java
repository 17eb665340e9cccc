package dev.sluice.policy.project;

import dev.sluice.job.InvalidValue;
import java.time.Duration;
import java.time.Instant;

/** After this time what was used counts half as much (SLURM: PriorityDecayHalfLife); whole seconds, 1 s to 10 years. */
public record HalfLife(Duration duration) {
    public static final HalfLife DEFAULT = new HalfLife(Duration.ofDays(7));
    private static final double LN_2 = StrictMath.log(2);

    public HalfLife {
        boolean sensible = duration.getNano() == 0
                && duration.compareTo(Duration.ofSeconds(1)) >= 0
                && duration.compareTo(Duration.ofDays(3_653)) <= 0;
        if (!sensible) {
            throw new InvalidValue("half-life", "whole seconds from 1 s to 10 years", duration.toString());
        }
    }

    public double seconds() {
        return duration.toSeconds();
    }

    /** For how long a constant use has to go on to count, undecayed, as much as it does when it went on for ever: H / ln 2. */
    public double meanSeconds() {
        return seconds() / LN_2;
    }

    /** How much remains after some time, 2^(−t/H): 1 for none, above 1 for a time to come. */
    public double remains(Instant from, Instant to) {
        return StrictMath.pow(2, -seconds(from, to) / seconds());
    }

    /**
     * What a use of 1 from one instant to another counts at the end of it, in seconds: ∫ 2^(−(to−t)/H) dt = H/ln 2 · (1 −
     * 2^(−(to−from)/H)).
     */
    public double counts(Instant from, Instant to) {
        return to.isAfter(from) ? -meanSeconds() * StrictMath.expm1(-seconds(from, to) / meanSeconds()) : 0;
    }

    private static double seconds(Instant from, Instant to) {
        Duration between = Duration.between(from, to);
        return between.getSeconds() + between.getNano() / 1e9;
    }
}
