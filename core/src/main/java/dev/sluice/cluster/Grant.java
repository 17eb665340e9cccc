package dev.sluice.cluster;

import dev.sluice.job.Attempt;
import dev.sluice.job.Binding;
import dev.sluice.job.TaskSet;
import java.time.Instant;

/**
 * The order to release one binding.
 *
 * @param tasks those of the attempt that shall run
 * @param notAfter when sending it must have begun: the evidence that the binding is ours is stale from then on
 */
public record Grant(Attempt attempt, Binding binding, TaskSet tasks, Instant notAfter) {}
