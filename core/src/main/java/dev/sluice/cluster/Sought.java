package dev.sluice.cluster;

import dev.sluice.job.Attempt;
import dev.sluice.job.Binding;
import java.util.Set;

/**
 * An attempt whose objects are to be looked for.
 *
 * @param bindings those that it is known to have: a record of what ended may keep the native id and not the key
 */
public record Sought(Attempt attempt, Set<Binding> bindings) {
    public Sought {
        bindings = Set.copyOf(bindings);
    }

    /** By its key alone. */
    public static Sought of(Attempt attempt) {
        return new Sought(attempt, Set.of());
    }
}
