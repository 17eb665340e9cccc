package dev.sluice.gateway.settings;

import dev.sluice.job.ClusterName;
import dev.sluice.job.InvalidValue;
import dev.sluice.job.ProjectPath;
import dev.sluice.policy.place.ClusterTerms;
import dev.sluice.policy.place.Placement;
import dev.sluice.policy.plan.PolicySettings;
import dev.sluice.policy.project.HalfLife;
import dev.sluice.policy.project.ProjectTree;
import dev.sluice.settings.Setting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Whose job goes next, and where. The projects themselves are in {@code access.projects}. */
public record PolicyConfig(
        @Setting(
                text = "After which time what a project has used counts half as much (SLURM: PriorityDecayHalfLife), in"
                        + " whole seconds.",
                fallback = "7d",
                least = "1s",
                most = "3650d")
        Duration halfLife,

        @Setting(
                text =
                        "The least priority of each band above the lowest, ascending. All jobs of a higher band go before"
                                + " all of a lower one, whatever their projects have used. Without any there is one band.",
                least = "1",
                most = "1_000_000_000")
        List<Integer> bands,

        @Setting(
                text =
                        "How much of a partition may be handed over besides what is free, in percent of all it has, so that"
                                + " its next job is there when one ends. 0 hands over only what fits now.",
                fallback = "0",
                least = "0",
                most = "1000")
        int windowPercent,

        @Setting(
                text = "For how many projects' blocked jobs a partition is kept free at the most.",
                fallback = "8",
                least = "0",
                most = "1000")
        int reservations,

        @Setting(
                text = "For how long a job waits for the clusters that it prefers before it goes to another.",
                fallback = "0s",
                least = "0s",
                most = "30d")
        Duration overflowAfter,

        @Setting(
                text =
                        "For how long a job waits in a cluster's own queue before it is taken back, if another cluster has"
                                + " room for it.",
                fallback = "10m",
                least = "0s",
                most = "30d")
        Duration withdrawAfter,

        @Setting(text = "How much each reason counts to place a job on one cluster rather than on another.")
        PlacementConfig placement,

        @Setting(text = "What is so of a cluster when jobs are placed, by its name.")
        SortedMap<ClusterName, PlacementConfig.OfCluster> clusters,

        @Setting(
                text =
                        "A program that tells more projects than access.projects has. What access.projects says goes first.")
        Optional<Sync> sync,

        @Setting(
                text =
                        "A SLURM cluster whose accounts are projects, too. What access.projects and sync say goes first.")
        Optional<Accounts> accounts) {
    /** A program that tells projects. */
    public record Sync(
            @Setting(
                    text = "The program and its arguments. It is started without a shell, and with PATH alone in its"
                            + " environment.",
                    presence = Setting.Presence.REQUIRED)
            List<String> command,

            @Setting(
                    text = "What it prints: a table with a head (csv), or an object with the keys of access (json).",
                    presence = Setting.Presence.REQUIRED)
            Format format,

            @Setting(text = "How often it is asked.", fallback = "15m", least = "1s", most = "7d")
            Duration every,

            @Setting(text = "After which it is killed.", fallback = "1m", least = "1s", most = "1h")
            Duration timeout) {
        public enum Format {
            CSV,
            JSON
        }

        /** @throws InvalidValue for a command that names no program */
        public Sync {
            command = List.copyOf(command);
            if (command.isEmpty() || command.getFirst().isBlank()) {
                throw new InvalidValue("command", "a program and its arguments", "none");
            }
        }
    }

    /** The accounts of a cluster. */
    public record Accounts(
            @Setting(text = "The cluster's name; it has to be of type slurm.", presence = Setting.Presence.REQUIRED)
            ClusterName cluster,

            @Setting(text = "How often it is asked.", fallback = "15m", least = "1s", most = "7d")
            Duration every,

            @Setting(
                    text = "Whether each of them is charged for what it runs there beside Sluice, but for those that"
                            + " charge-native of the cluster names.",
                    fallback = "false")
            boolean chargeNative) {
        /** Its terms, with the projects that it told charged for natives of the accounts that they are. */
        private Placement in(Placement placement, Set<ProjectPath> told) {
            ClusterTerms terms = placement.of(cluster);
            SortedMap<String, ProjectPath> natives = new TreeMap<>();
            told.forEach(project -> natives.put(account(project), project));
            natives.putAll(terms.natives());
            return chargeNative ? placement.with(cluster, terms.withNatives(natives)) : placement;
        }

        /** The last name of its path: accounts of a cluster have different names, wherever in the tree they are. */
        private static String account(ProjectPath project) {
            return project.value().substring(project.value().lastIndexOf('/') + 1);
        }
    }

    /** @throws InvalidValue for what contradicts itself */
    public PolicyConfig {
        bands = List.copyOf(bands);
        clusters = Collections.unmodifiableSortedMap(new TreeMap<>(clusters));
        List<InvalidValue> problems = new ArrayList<>();
        try {
            new HalfLife(halfLife);
        } catch (InvalidValue e) {
            problems.add(e);
        }
        try {
            PolicySettings.DEFAULTS.withBands(bands);
        } catch (InvalidValue e) {
            problems.add(e);
        }
        InvalidValue.throwIfAny(problems);
    }

    /** @param told by the cluster of {@link #accounts} */
    PolicySettings settings(ProjectTree projects, Set<ProjectPath> told) {
        Placement plain = placement.with(clusters);
        return PolicySettings.DEFAULTS
                .withProjects(projects)
                .withHalfLife(new HalfLife(halfLife))
                .withBands(bands)
                .withWindowPercent(windowPercent)
                .withReservations(reservations)
                .withOverflowAfter(overflowAfter)
                .withWithdrawAfter(withdrawAfter)
                .withPlacement(accounts.map(them -> them.in(plain, told)).orElse(plain));
    }
}
