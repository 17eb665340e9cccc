package dev.sluice.spec;

import java.time.Duration;

/**
 * All of a job that placement reads. Jobs with equal asks are one shape to the planner, so nothing is in here that only the
 * running job needs.
 *
 * @param limit wall-clock time, whole seconds from 1 to {@link #UNLIMITED}; SLURM rounds up to minutes
 */
public record Ask(Resources resources, Duration limit, Routing routing, Needs needs) {
    /** Stands for no limit ({@code -t 0}, {@code UNLIMITED}): a hundred years of 365 days, the longest that is accepted. */
    public static final Duration UNLIMITED = Duration.ofDays(36_500);

    /** An hour on one CPU anywhere. */
    public static final Ask DEFAULTS = new Ask(Resources.DEFAULTS, Duration.ofHours(1), Routing.ANYWHERE, Needs.NONE);

    public Ask {
        Check.seconds("time limit", limit, Duration.ofSeconds(1), UNLIMITED);
    }

    public boolean isUnlimited() {
        return limit.equals(UNLIMITED);
    }

    public Ask withResources(Resources value) {
        return new Ask(value, limit, routing, needs);
    }

    public Ask withLimit(Duration value) {
        return new Ask(resources, value, routing, needs);
    }

    public Ask withRouting(Routing value) {
        return new Ask(resources, limit, value, needs);
    }

    public Ask withNeeds(Needs value) {
        return new Ask(resources, limit, routing, value);
    }
}
