package dev.sluice.cluster;

import dev.sluice.job.Attempt;
import dev.sluice.job.Binding;
import dev.sluice.job.TaskSet;
import java.util.Set;

/**
 * An attempt whose objects are to be looked for.
 *
 * @param tasks those whose ends are not known yet: an absence of the others says nothing
 * @param bindings those that it is known to have: a record of what ended may keep the native id and not the key
 */
public record Sought(Attempt attempt, TaskSet tasks, Set<Binding> bindings) {
    public Sought {
        bindings = Set.copyOf(bindings);
    }

    /** By its key alone. */
    public static Sought of(Attempt attempt) {
        return new Sought(attempt, attempt.tasks(), Set.of());
    }
}
