package dev.sluice.spec;

import java.time.Duration;
import java.util.Optional;

/**
 * All of a job that placement reads. Jobs with equal asks are one shape to the planner, so nothing is in here that only the
 * running job needs.
 *
 * @param limit wall-clock time, whole seconds from 1 to {@link #UNLIMITED}; SLURM rounds up to minutes. Empty for what the
 *     cluster gives to who does not say: on SLURM the partition's DefaultTime, else its MaxTime (slurm.conf(5))
 */
public record Ask(Resources resources, Optional<Duration> limit, Routing routing, Needs needs) {
    /** Stands for no limit ({@code -t 0}, {@code UNLIMITED}): a hundred years of 365 days, the longest that is accepted. */
    public static final Duration UNLIMITED = Duration.ofDays(36_500);

    /** One CPU anywhere, for as long as its cluster gives by default. */
    public static final Ask DEFAULTS = new Ask(Resources.DEFAULTS, Optional.empty(), Routing.ANYWHERE, Needs.NONE);

    public Ask {
        limit.ifPresent(given -> Check.seconds("time limit", given, Duration.ofSeconds(1), UNLIMITED));
    }

    public boolean isUnlimited() {
        return limit.equals(Optional.of(UNLIMITED));
    }

    public Ask withResources(Resources value) {
        return new Ask(value, limit, routing, needs);
    }

    public Ask withLimit(Duration value) {
        return withLimit(Optional.of(value));
    }

    public Ask withLimit(Optional<Duration> value) {
        return new Ask(resources, value, routing, needs);
    }

    public Ask withRouting(Routing value) {
        return new Ask(resources, limit, value, needs);
    }

    public Ask withNeeds(Needs value) {
        return new Ask(resources, limit, routing, value);
    }
}
