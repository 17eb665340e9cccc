package dev.sluice.policy.trace;

import dev.sluice.job.InvalidValue;
import dev.sluice.job.ProjectPath;
import dev.sluice.policy.plan.PolicySettings;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a trace is tried on.
 *
 * @param label its name among others that it is compared with
 * @param projects whose jobs are whose; a job is the first project's that takes it, else native to the first guest cluster that
 *     does, else nobody's. Without any, each group of the trace is a project
 * @param grace how long a job that is taken back goes on
 * @param requeues how often a job that was taken back is tried again; taken back once more, it is given up
 * @param sample how often the state is written down at the finest
 * @param until when to stop; empty for when all is over
 */
public record Scenario(
        String label,
        List<ModelCluster> clusters,
        SortedMap<ProjectPath, Takes> projects,
        PolicySettings policy,
        Duration grace,
        int requeues,
        Duration sample,
        Optional<Duration> until) {
    public Scenario {
        clusters = List.copyOf(clusters);
        projects = Collections.unmodifiableSortedMap(new TreeMap<>(projects));
        if (clusters.isEmpty()) {
            throw new InvalidValue("clusters", "at least one", "none");
        }
        if (clusters.stream().map(ModelCluster::name).distinct().count() < clusters.size()) {
            throw new InvalidValue("clusters", "each once", clusters.toString());
        }
        if (grace.isNegative() || requeues < 0) {
            throw new InvalidValue("grace and requeues", "0 or more", grace + " and " + requeues);
        }
        if (sample.toSeconds() < 1) {
            throw new InvalidValue("sample", "1 s or more", sample.toString());
        }
    }

    public static Scenario of(
            List<ModelCluster> clusters, SortedMap<ProjectPath, Takes> projects, PolicySettings policy) {
        return new Scenario(
                "", clusters, projects, policy, Duration.ofMinutes(2), 5, Duration.ofHours(1), Optional.empty());
    }

    public Scenario until(Duration value) {
        return new Scenario(label, clusters, projects, policy, grace, requeues, sample, Optional.of(value));
    }
}
