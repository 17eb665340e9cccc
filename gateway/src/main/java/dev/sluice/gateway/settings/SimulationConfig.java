package dev.sluice.gateway.settings;

import dev.sluice.cluster.CapacityReading.Amount;
import dev.sluice.cluster.Supply.Ownership;
import dev.sluice.job.ClusterName;
import dev.sluice.job.InvalidValue;
import dev.sluice.job.ProjectPath;
import dev.sluice.policy.plan.PolicySettings;
import dev.sluice.policy.trace.ModelCluster;
import dev.sluice.policy.trace.Scenario;
import dev.sluice.policy.trace.Takes;
import dev.sluice.policy.trace.Trace;
import dev.sluice.settings.Setting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** What {@code sluice simulate} tries a trace on. */
public record SimulationConfig(
        @Setting(
                text =
                        "The modelled clusters by name. Without any there is one, owned, of as many CPUs as the head of the"
                                + " trace says that its machine had.")
        SortedMap<ClusterName, Model> clusters,

        @Setting(
                text =
                        "Which jobs of the trace are whose, by the project's path. A job is the first project's, by path, that"
                                + " takes it. Without any, group 7 of the trace is the project group-7.")
        SortedMap<ProjectPath, Picked> projects,

        @Setting(
                text = "For how long a job that is taken back for another still runs.",
                fallback = "2m",
                least = "0s",
                most = "1d")
        Duration grace,

        @Setting(
                text = "How often a job that was taken back is tried again; taken back once more, it is given up.",
                fallback = "5",
                least = "0",
                most = "1000")
        int requeues,

        @Setting(
                text =
                        "How often the state is written down. Of a long simulation it is written down less often, so that there"
                                + " are 2,000 samples at the most.",
                fallback = "1h",
                least = "1s",
                most = "30d")
        Duration sample) {
    private static final int DEFAULT_CPUS_A_NODE = 1;

    public SimulationConfig {
        clusters = Collections.unmodifiableSortedMap(new TreeMap<>(clusters));
        projects = Collections.unmodifiableSortedMap(new TreeMap<>(projects));
    }

    /** A modelled cluster: alike nodes that are one pool. */
    public record Model(
            @Setting(
                    text =
                            "How its own queue is served: slurm keeps room for the first of it and lets go what does not delay"
                                    + " that; kubernetes starts whatever fits, in the order of arrival.",
                    fallback = "slurm")
            ModelCluster.Kind kind,

            @Setting(
                    text =
                            "owned: only Sluice hands jobs in, so that shares, reservations and reclaim hold there; guest: others"
                                    + " do, too.",
                    fallback = "owned")
            Ownership ownership,

            @Setting(text = "How many nodes it has.", fallback = "1", least = "1", most = "1_000_000")
            int nodes,

            @Setting(text = "CPUs of a node.", least = "1", most = "65535", presence = Setting.Presence.REQUIRED)
            int cpus,

            @Setting(
                    text = "Memory of a node; it binds jobs of which the trace says how much they take.",
                    fallback = "1TiB",
                    least = "1MiB",
                    most = "1024TiB",
                    spelling = Setting.Spelling.BYTES)
            long memory,

            @Setting(text = "GPUs of a node, by type.") SortedMap<String, Integer> gpus,

            @Setting(text = "The longest limit of a job.", fallback = "365d", least = "1m", most = "36500d")
            Duration maxTime,

            @Setting(
                    text =
                            "On a guest cluster: which jobs of the trace others hand in here, of those that no project takes;"
                                    + " with no key below it, all of those.")
            Optional<Picked> natives) {
        public Model {
            if (ownership == Ownership.OWNED && natives.isPresent()) {
                throw new InvalidValue("natives", "'ownership: guest' beside it", "natives of an owned cluster");
            }
            gpus.forEach((type, count) -> {
                if (count < 0 || count > 1024) {
                    throw new InvalidValue("gpus." + type, "0 to 1024", Integer.toString(count));
                }
            });
        }

        private ModelCluster model(ClusterName name) {
            SortedMap<String, Long> each = new TreeMap<>();
            gpus.forEach((type, count) -> each.put(type, (long) count));
            return new ModelCluster(
                    name, kind, ownership, nodes, new Amount(cpus, memory, each), maxTime, natives.map(Picked::takes));
        }
    }

    /** Jobs of a trace: those that are in one of each list; a list that is empty is no condition. */
    public record Picked(
            @Setting(text = "Groups of the trace: numbers in SWF, names in CSV.")
            List<String> groups,

            @Setting(text = "Users of the trace.") List<String> users,
            @Setting(text = "Queues of the trace.") List<String> queues) {
        private Takes takes() {
            return new Takes(new TreeSet<>(groups), new TreeSet<>(users), new TreeSet<>(queues));
        }
    }

    /**
     * What the trace is tried on.
     *
     * @throws InvalidValue where neither this nor the trace says of which size the machine is
     */
    public Scenario scenario(String label, PolicySettings policy, Trace trace, Optional<Duration> until) {
        SortedMap<ProjectPath, Takes> takes = new TreeMap<>();
        projects.forEach((path, picked) -> takes.put(path, picked.takes()));
        List<ModelCluster> models = new ArrayList<>();
        clusters.forEach((name, model) -> models.add(model.model(name)));
        if (models.isEmpty()) {
            int cpus = trace.processors()
                    .orElseThrow(() -> new InvalidValue(
                            "simulation.clusters", "a cluster, since the trace does not say MaxProcs", "none"));
            models.add(ModelCluster.owned("trace", ModelCluster.Kind.SLURM, cpus, DEFAULT_CPUS_A_NODE));
        }
        return new Scenario(label, models, takes, policy, grace, requeues, sample, until);
    }
}
