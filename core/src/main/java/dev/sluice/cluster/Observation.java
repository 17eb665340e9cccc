package dev.sluice.cluster;

import dev.sluice.job.AttemptId;
import dev.sluice.job.Binding;
import dev.sluice.job.TaskSet;

/**
 * Tasks of one object with our realm's key, as one look at the cluster had them.
 *
 * @param raw the cluster's own words for the state, kept for people
 */
public record Observation(AttemptId attempt, Binding binding, TaskSet tasks, Sighting seen, String raw) {}
