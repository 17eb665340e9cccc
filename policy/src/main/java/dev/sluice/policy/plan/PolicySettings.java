package dev.sluice.policy.plan;

import dev.sluice.job.InvalidValue;

/**
 * What an administrator says about planning.
 *
 * @param windowPercent how much of a partition's total may be handed over besides what is free, so that it has a next job the
 *     moment one ends: percent of each dimension, 0 to {@value #MOST_WINDOW_PERCENT}; 0 starts only what fits now
 */
public record PolicySettings(int windowPercent) {
    public static final int MOST_WINDOW_PERCENT = 1000;
    public static final PolicySettings DEFAULTS = new PolicySettings(0);

    public PolicySettings {
        if (windowPercent < 0 || windowPercent > MOST_WINDOW_PERCENT) {
            throw new InvalidValue(
                    "window", "0 to " + MOST_WINDOW_PERCENT + " percent", Integer.toString(windowPercent));
        }
    }
}
