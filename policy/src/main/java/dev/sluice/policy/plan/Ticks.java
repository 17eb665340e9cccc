package dev.sluice.policy.plan;

import dev.sluice.policy.project.HalfLife;
import java.time.Instant;

/**
 * Time in steps of 1/{@value #PER_HALF_LIFE} of a half-life, or of a second where that is less: what runs is counted by whole steps, so
 * that usage is worked out once a step. A run that is over is counted by its own times.
 */
final class Ticks {
    private static final int PER_HALF_LIFE = 4096;

    private final HalfLife halfLife;
    private final long seconds;
    private double[] counts = {};

    Ticks(HalfLife halfLife) {
        this.halfLife = halfLife;
        this.seconds = Math.max(1, halfLife.duration().toSeconds() / PER_HALF_LIFE);
    }

    HalfLife halfLife() {
        return halfLife;
    }

    long at(Instant time) {
        return Math.floorDiv(time.getEpochSecond(), seconds);
    }

    Instant start(long tick) {
        return Instant.ofEpochSecond(tick * seconds);
    }

    /** What a use of 1 counts at the end of so many ticks, in seconds; 0 for one that is to come. */
    double counts(long ticks) {
        if (ticks <= 0) {
            return 0;
        }
        if (ticks > 16L * PER_HALF_LIFE) {
            return count(ticks);
        }
        if (counts.length <= ticks) {
            double[] more =
                    new double[(int) Math.min(16L * PER_HALF_LIFE + 1, Math.max(ticks + 1, 2L * counts.length))];
            for (int i = 0; i < more.length; i++) {
                more[i] = i < counts.length ? counts[i] : count(i);
            }
            counts = more;
        }
        return counts[(int) ticks];
    }

    private double count(long ticks) {
        return halfLife.counts(Instant.EPOCH, Instant.ofEpochSecond(ticks * seconds));
    }
}
