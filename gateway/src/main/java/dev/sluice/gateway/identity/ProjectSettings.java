package dev.sluice.gateway.identity;

import dev.sluice.job.ClusterName;
import dev.sluice.job.InvalidValue;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.UserName;
import dev.sluice.policy.load.Dimension;
import dev.sluice.policy.project.Caps;
import dev.sluice.policy.project.Project;
import dev.sluice.policy.project.Quota;
import dev.sluice.policy.project.Resource;
import dev.sluice.settings.Amount;
import dev.sluice.settings.Setting;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** All that is said of a project: who is what in it, what it is promised, and what it may. */
public record ProjectSettings(
        @Setting(text = "What the project is, for people.") String description,

        @Setting(
                text =
                        "Its members: the user's name, and what he is: viewer (sees all its jobs), submitter (submits, and"
                                + " touches his own), operator (touches all its jobs) or admin.")
        SortedMap<String, Role> members,

        @Setting(
                text = "Its part of what guarantees leave, against those of the projects beside it.",
                fallback = "1",
                least = "1",
                most = "1_000_000")
        int weight,

        @Setting(
                text = "Its part of single resources: cpus, memory, gpus (of whatever type) or gpus:TYPE over all"
                        + " clusters, or on one, as cpus@CLUSTER.")
        SortedMap<Resource, Share> shares,

        @Setting(text = "How many tasks it may have, those of the projects below it counted.")
        Limits caps,

        @Setting(text = "The clusters where its jobs may run, and those of the projects below it. Without any: all.")
        List<ClusterName> clusters,

        @Setting(
                text =
                        "The highest priority that its jobs may have, and those of the projects below it. Without it: any.",
                least = "0",
                most = "1_000_000_000")
        Optional<Integer> mostPriority) {
    /** @throws InvalidValue for a member whose name no user can have, and for amounts of another kind than their resource's */
    public ProjectSettings {
        List<InvalidValue> problems = new ArrayList<>();
        for (String member : members.keySet()) {
            try {
                new UserName(member);
            } catch (InvalidValue e) {
                problems.add(e);
            }
        }
        shares.forEach((resource, share) -> share.check(resource, problems));
        InvalidValue.throwIfAny(problems);
        members = Collections.unmodifiableSortedMap(new TreeMap<>(members));
        shares = Collections.unmodifiableSortedMap(new TreeMap<>(shares));
        clusters = List.copyOf(clusters);
    }

    /** One that only says who its members are. */
    public static ProjectSettings of(SortedMap<String, Role> members) {
        return new ProjectSettings("", members, 1, new TreeMap<>(), Limits.NONE, List.of(), Optional.empty());
    }

    /** Its part of one resource. */
    public record Share(
            @Setting(
                    text = "How much it is guaranteed at any instant: CPUs, GPUs, or memory with a unit, 1TiB.",
                    fallback = "0")
            Amount nominal,

            @Setting(text = "How much it may hold above that. Without it: no limit.")
            Optional<Amount> borrowing,

            @Setting(
                    text = "Its part of what guarantees leave of this resource. Without it: the project's weight.",
                    least = "1",
                    most = "1_000_000")
            Optional<Integer> weight) {
        private void check(Resource resource, List<InvalidValue> problems) {
            check(resource, "nominal", nominal, problems);
            borrowing.ifPresent(amount -> check(resource, "borrowing", amount, problems));
        }

        private static void check(Resource resource, String key, Amount amount, List<InvalidValue> problems) {
            boolean memory = resource.dimension() == Dimension.Plain.MEMORY;
            boolean fits = memory == (amount.kind() == Amount.Kind.BYTES) || memory && amount.value() == 0;
            if (!fits || amount.value() < 0) {
                problems.add(new InvalidValue(
                        "shares." + resource + "." + key,
                        memory ? "an amount of memory with a unit, as 4GiB" : "a number of 0 or more, without a unit",
                        amount.value() + (amount.kind() == Amount.Kind.BYTES ? " bytes" : "")));
            }
        }

        private Quota quota() {
            return new Quota(
                    nominal.value(),
                    borrowing.map(amount -> OptionalLong.of(amount.value())).orElseGet(OptionalLong::empty),
                    optional(weight));
        }
    }

    /** How many tasks a project may have. */
    public record Limits(
            @Setting(
                    text = "Waiting ones, held ones among them. A job that would be more is refused with 429.",
                    least = "0",
                    most = "20_000_000")
            Optional<Integer> queued,

            @Setting(text = "Those on a cluster. Others wait.", least = "0", most = "20_000_000")
            Optional<Integer> running,

            @Setting(text = "Waiting ones of one user.", least = "0", most = "20_000_000")
            Optional<Integer> queuedPerUser,

            @Setting(text = "Those of one user on a cluster.", least = "0", most = "20_000_000")
            Optional<Integer> runningPerUser) {
        static final Limits NONE = new Limits(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

        private Caps caps() {
            return new Caps(optional(queued), optional(running), optional(queuedPerUser), optional(runningPerUser));
        }
    }

    private static OptionalInt optional(Optional<Integer> value) {
        return value.map(OptionalInt::of).orElseGet(OptionalInt::empty);
    }

    /** What planning needs to know of it. */
    public Project project(ProjectPath path) {
        SortedMap<Resource, Quota> quotas = new TreeMap<>();
        shares.forEach((resource, share) -> quotas.put(resource, share.quota()));
        return new Project(path, weight, quotas, caps.caps(), new TreeSet<>(clusters), optional(mostPriority));
    }
}
